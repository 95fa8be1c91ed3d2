#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What one call of a tiny program costs, from Python and from C++, beside another runtime.

    python test/benchmarks/call_overhead.py --peer-python PATH

The peer is the runtime that `executorch` means to the interpreter PATH; its C++ side is what its
wheel contains. The program adds two tensors of 8 floats. Both run in processes of their own that
take turns. Ours is build/release, which has to be built. Times are in nanoseconds.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3


def least_mean(action: Callable[[], object], calls: int = 5000, rounds: int = 15) -> float:
    """The least of several means, which other work on the machine disturbs least."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter_ns()
        for _ in range(calls):
            action()
        best = min(best, (time.perf_counter_ns() - begin) / calls)
    return best


def measure_python(model: str) -> dict[str, float]:
    """The costs of the runtime in this process."""
    import torch

    from executorch.runtime import Runtime

    torch.set_num_threads(1)
    execute = Runtime.get().load_program(model).load_method("forward").execute
    tensors = [torch.ones(8), torch.ones(8)]
    results = {"Python, torch tensors": least_mean(lambda: execute(tensors))}
    arrays = [tensor.numpy() for tensor in tensors]
    with contextlib.suppress(Exception):  # the peer takes torch tensors only
        results["Python, NumPy arrays"] = least_mean(lambda: execute(arrays))
    return results


def measure_cpp(program: Path, model: str) -> dict[str, float]:
    lines = subprocess.run([program, model], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in lines.splitlines())
    return {f"C++ {name}": float(value) for name, value in pairs}


def compile_cpp(output: Path, flags: list[str]) -> Path:
    source = ROOT / "test" / "benchmarks" / "call_overhead.cpp"
    subprocess.run(
        ["c++", "-std=c++17", "-O2", "-DNDEBUG", "-w", source, "-o", output, *flags],
        check=True, capture_output=True,
    )  # fmt: skip
    return output


def our_cpp(directory: Path) -> Path:
    prefix = directory / "prefix"
    command = ["cmake", "--install", str(ROOT / "build" / "release"), "--prefix", str(prefix)]
    subprocess.run(command, check=True, capture_output=True)
    flags = subprocess.run(
        ["pkg-config", f"--with-path={prefix / 'lib' / 'pkgconfig'}", "--cflags", "--libs",
         "executorch"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    return compile_cpp(directory / "ours", flags)


def peer_cpp(directory: Path, python: str) -> Path:
    code = "import executorch; print(list(executorch.__path__)[0])"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    package = subprocess.run(
        [python, "-c", code], check=True, capture_output=True, text=True, env=environment
    ).stdout.strip()
    return compile_cpp(
        directory / "peer",
        [
            f"-I{package}/include",
            f"-I{package}/include/executorch/runtime/core/portable_type/c10",
            "-DC10_USING_CUSTOM_GENERATED_MACROS",
            f"-L{package}/lib",
            f"-Wl,-rpath,{package}/lib",
            "-Wl,--no-as-needed",
            "-lexecutorch",
            "-lexecutorch_kernels_optimized",
            "-lexecutorch_threadpool",
        ],
    )


def run_python(python: str, model: Path, path: str | None) -> dict[str, float]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = path
    output = subprocess.run(
        [python, __file__, "--measure", model],
        check=True, capture_output=True, text=True, env=environment,
    ).stdout  # fmt: skip
    results: dict[str, float] = json.loads(output.splitlines()[-1])
    return results


def export(path: Path) -> None:
    import torch

    from executorch.exir import to_edge

    class Add(torch.nn.Module):
        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return x + y

    program = torch.export.export(Add(), (torch.ones(8), torch.ones(8)))
    to_edge(program).to_executorch().save(str(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure_python(arguments.measure)))
        return
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        model = directory / "add.pte"
        export(model)
        program = our_cpp(directory)
        measures: dict[str, list[Callable[[], dict[str, float]]]] = {
            "ours": [
                lambda: run_python(sys.executable, model, str(ROOT / "exporter")),
                partial(measure_cpp, program, str(model)),
            ]
        }
        if arguments.peer_python:
            peer_program = peer_cpp(directory, arguments.peer_python)
            measures["peer"] = [
                lambda: run_python(arguments.peer_python, model, None),
                partial(measure_cpp, peer_program, str(model)),
            ]
        best: dict[str, dict[str, float]] = {who: {} for who in measures}
        for _ in range(ROUNDS):
            for who, functions in measures.items():
                for function in functions:
                    for key, value in function().items():
                        best[who][key] = min(value, best[who].get(key, value))
    for key, ours in best["ours"].items():
        # The peer's Python takes torch tensors only: a call is a call.
        peer = best.get("peer", {})
        other = peer.get(key, peer.get("Python, torch tensors"))
        compared = f"   peer {other:8.1f}   ratio {ours / other:.2f}" if other else ""
        print(f"{key:24} {ours:8.1f}{compared}")


if __name__ == "__main__":
    main()
