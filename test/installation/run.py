# SPDX-License-Identifier: BSD-3-Clause
"""Uses installations as their users do: `make test-installation`.

Builds examples/cmake_app against a static and a shared installation, each moved to another folder
after it was made, and against the wheel; with pkg-config where that is installed; and
examples/custom_ops against the wheel, whose Python runtime then loads it. Checks the size of the
wheel, how long it takes to import, and that it runs programs without torch.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "installation"
SITE = OUTPUT / "site"
PROGRAM = ROOT / "test" / "data" / "corpus" / "p_mlp" / "program.pte"
MAX_WHEEL_BYTES = 45_000_000
# Of a busy machine; on an idle one it is a third of that.
MAX_IMPORT_SECONDS = 0.5

WITHOUT_TORCH = "import sys; sys.modules['torch'] = None; "


def run(*command: str | Path) -> str:
    print("+", *command, flush=True)
    environment = {**os.environ, "PYTHONPATH": str(SITE)}
    result = subprocess.run(
        list(map(str, command)), env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return result.stdout


def build_example(name: str, kind: str, prefix: Path | str) -> Path:
    """Configures and builds the example as a project of its own. Returns its build folder."""
    folder = OUTPUT / kind / name
    run(
        "cmake", "-S", ROOT / "examples" / name, "-B", folder, "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release", "--fresh",
    )  # fmt: skip
    run("cmake", "--build", folder)
    return folder


def check_app(app: Path) -> str:
    output = run(app, PROGRAM)
    assert "tensor(sizes=" in output, output
    return output


def install(preset: str) -> Path:
    """An installation that is not where it was made."""
    made = OUTPUT / preset / "made"
    moved = OUTPUT / preset / "moved"
    shutil.rmtree(OUTPUT / preset, ignore_errors=True)
    run("cmake", "--install", ROOT / "build" / preset, "--prefix", made)
    made.rename(moved)
    return moved


def check_pkg_config(prefix: Path) -> None:
    if shutil.which("pkg-config") is None:
        print("pkg-config: not tried, it is not installed")
        return
    folder = next(prefix.glob("lib*/pkgconfig"))
    flags = run("pkg-config", f"--with-path={folder}", "--cflags", "--libs", "executorch").split()
    app = OUTPUT / "pkg_config_app"
    main = ROOT / "examples" / "cmake_app" / "main.cpp"
    run(os.environ.get("CXX", "c++"), "-std=c++17", main, "-o", app, *flags)
    check_app(app)


def check_wheel() -> None:
    wheel = max((ROOT / "dist").glob("executorch-*.whl"), key=lambda path: path.stat().st_mtime)
    size = wheel.stat().st_size
    print(f"wheel: {size / 1e6:.1f} MB")
    assert size <= MAX_WHEEL_BYTES
    shutil.rmtree(SITE, ignore_errors=True)
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", SITE, wheel)

    code = WITHOUT_TORCH + "from executorch.runtime import Runtime; Runtime.get()"
    times = []
    for _ in range(5):
        start = time.perf_counter()
        run(sys.executable, "-c", code)
        times.append(time.perf_counter() - start)
    print(f"import: {min(times):.3f} s")
    assert min(times) <= MAX_IMPORT_SECONDS

    code = (
        WITHOUT_TORCH
        + f"""
import numpy as np
from executorch.runtime import Runtime
program = Runtime.get().load_program({str(PROGRAM)!r})
info = program.metadata("forward").input_tensor_meta(0)
print(program.load_method("forward").execute([np.ones(info.sizes(), np.float32)]))
import executorch
assert executorch.__file__.startswith({str(SITE)!r}), executorch.__file__
"""
    )
    assert "array(" in run(sys.executable, "-c", code)

    prefix = run(sys.executable, "-m", "executorch.config", "--cmake-prefix").strip()
    check_app(build_example("cmake_app", "wheel", prefix) / "cmake_app")

    library = build_example("custom_ops", "wheel", prefix) / "libcustom_ops.so"
    model = OUTPUT / "custom_ops.pte"
    folder = ROOT / "examples" / "custom_ops"
    run(sys.executable, folder / "export.py", model)
    print(run(sys.executable, folder / "run.py", library, model))


def main() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    static = install("release")
    output = check_app(build_example("cmake_app", "release", static) / "cmake_app")
    check_pkg_config(static)
    shared = install("shared")
    assert check_app(build_example("cmake_app", "shared", shared) / "cmake_app") == output
    check_wheel()
    print("installations: passed")


if __name__ == "__main__":
    main()
