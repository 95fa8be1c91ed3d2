# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from executorch.codegen import gen_kernels

SCHEMA = "add.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)"


def entry(kernel: str = "torch::executor::add_out", **fields: str) -> dict[str, object]:
    return {**fields, "kernels": [{"arg_meta": None, "kernel_name": kernel}]}


def write(path: Path, *entries: dict[str, object]) -> Path:
    path.write_text(yaml.safe_dump(list(entries)))
    return path


def test_all_portable_kernels_can_be_bound() -> None:
    schemas = gen_kernels.load_schemas(gen_kernels.PORTABLE_YAML)
    bindings = gen_kernels.load_bindings(gen_kernels.PORTABLE_YAML, schemas)
    assert {binding.schema.full_name for binding in bindings} == set(schemas)


def test_short_form_and_foreign_namespaces(tmp_path: Path) -> None:
    schemas = write(tmp_path / "schemas.yaml", entry(func=SCHEMA))
    kernels = write(
        tmp_path / "kernels.yaml",
        entry("custom::fast_add_out", op="add.out"),
        entry("mine::scale", func="my::scale.out(Tensor x, float s, *, Tensor(a!) out) -> Tensor"),
    )
    gen_kernels.generate([kernels], "fast", tmp_path, schemas)

    headers = tmp_path / "executorch" / "kernels" / "fast"
    native = (headers / "NativeFunctions.h").read_text()
    assert "namespace custom::native {" in native
    assert "Tensor& fast_add_out(" in native
    functions = (headers / "Functions.h").read_text()
    assert "namespace torch::executor::aten {" in functions
    assert "return ::custom::native::fast_add_out(context, self, other, alpha, out);" in functions
    assert "namespace torch::executor::my {" in functions
    source = (tmp_path / "RegisterKernels.cpp").read_text()
    add, scale = source.index('"aten::add.out"'), source.index('"my::scale.out"')
    assert add < scale
    assert "::mine::native::scale" in source
    assert "void executorch::kernels::register_fast_kernels()" in source


def specialized(arg_meta: dict[str, list[str]]) -> dict[str, object]:
    return {
        "func": SCHEMA,
        "type_alias": {"T": ["Float", "Bool"], "U": ["Double"]},
        "dim_order_alias": {"D": [[0, 1], [1, 0]], "E": [[0]]},
        "kernels": [
            {"arg_meta": None, "kernel_name": "torch::executor::add_out"},
            {"arg_meta": arg_meta, "kernel_name": "torch::executor::fast_add_out"},
        ],
    }


def test_specialized_kernels(tmp_path: Path) -> None:
    kernels = specialized({"self": ["T", "D"], "other": ["U", "E"], "out": ["T", "D"]})
    bindings = gen_kernels.load_bindings(write(tmp_path / "kernels.yaml", kernels), {})
    assert [(binding.function, binding.key) for binding in bindings] == [
        ("add_out", None),
        *(
            ("fast_add_out", f"v1/{dtype};{order}|7;0|{dtype};{order}|{dtype};{order}")
            for dtype in (11, 6)
            for order in ("0,1", "1,0")
        ),
    ]
    gen_kernels.generate([tmp_path / "kernels.yaml"], "fast", tmp_path, tmp_path / "kernels.yaml")
    source = (tmp_path / "RegisterKernels.cpp").read_text()
    assert 'KernelKey("v1/6;0,1|7;0|6;0,1|6;0,1"), ET_BOXED_FUNCTION("add.out"' in source
    functions = (tmp_path / "executorch" / "kernels" / "fast" / "Functions.h").read_text()
    assert "fast_add_out" not in functions


@pytest.mark.parametrize(
    ("arg_meta", "reason"),
    [
        ({"that": ["T", "D"]}, r"has no arguments \['that'\]"),
        ({"self": ["V", "D"]}, "'V' is not defined"),
        ({"self": ["T", "F"]}, "'F' is not defined"),
    ],
)
def test_wrong_specializations(tmp_path: Path, arg_meta: dict[str, list[str]], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        gen_kernels.load_bindings(write(tmp_path / "kernels.yaml", specialized(arg_meta)), {})


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([entry(op="nothing.out")], "schema of aten::nothing.out is unknown"),
        ([entry(func=SCHEMA), entry(func=SCHEMA)], "listed twice"),
        ([entry()], "neither `func` nor `op`"),
        ([{"func": SCHEMA}], "has no kernels"),
    ],
)
def test_errors_say_what_is_wrong(
    tmp_path: Path, entries: list[dict[str, object]], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        gen_kernels.load_bindings(write(tmp_path / "kernels.yaml", *entries), {})


def test_the_script_exits_with_the_reason(tmp_path: Path) -> None:
    kernels = write(tmp_path / "kernels.yaml", entry(op="nothing.out"))
    module = "executorch.codegen.gen_kernels"
    command = [sys.executable, "-m", module, "--yaml", str(kernels), "--library", "x"]
    result = subprocess.run(
        [*command, "--output-dir", tmp_path], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "schema of aten::nothing.out is unknown" in result.stderr
