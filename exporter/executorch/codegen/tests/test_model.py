# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from torchgen.model import BackendMetadata, DispatchKey, OperatorName

from executorch.codegen.gen_kernels import PORTABLE_YAML
from executorch.codegen.model import ETKernelIndex, ETKernelKey
from executorch.codegen.parse import (
    extract_kernel_fields,
    parse_et_yaml_struct,
    parse_from_yaml,
    strip_et_fields,
)

ENTRY: dict[str, object] = {
    "func": "add.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)",
    "kernels": [
        {"arg_meta": None, "kernel_name": "torch::executor::add_out"},
        {"arg_meta": {"self": ["T0", "D0"], "out": ["T1", "D0"]}, "kernel_name": "mine::add"},
    ],
    "type_alias": {"T0": ["Double", "Int"], "T1": ["Half"]},
    "dim_order_alias": {"D0": [0, 1]},
}
ADD = OperatorName.parse("add.out")
DEFAULT = ETKernelKey(default=True)


def test_kernels_of_an_entry() -> None:
    kernels = parse_from_yaml(deepcopy(ENTRY))
    assert {key.to_native_string(): kernel.kernel for key, kernel in kernels.items()} == {
        "default": "add_out",
        "v1/7;0,1|5;0,1": "add",
        "v1/3;0,1|5;0,1": "add",
    }
    assert kernels[DEFAULT].cpp_namespace == "torch::executor::native"
    with pytest.raises(AssertionError, match="Undefined type alias: T9"):
        ETKernelKey.gen_from_yaml({"self": ("T9", "D0")}, {}, {"D0": [0]})


def test_fields_are_split_off() -> None:
    entries = [deepcopy(ENTRY)]
    assert set(extract_kernel_fields(entries)[ADD]) == {"kernels", "type_alias", "dim_order_alias"}
    strip_et_fields(entries)
    assert entries == [{"func": ENTRY["func"]}]


def test_index() -> None:
    index = parse_et_yaml_struct([deepcopy(ENTRY)])
    other = BackendMetadata("fast_add", structured=False, cpp_namespace="fast::native")
    cpu = ETKernelIndex.from_backend_indices({DispatchKey.CPU: {ADD: other}})
    assert cpu.index == {ADD: {DEFAULT: other}}
    merged = ETKernelIndex.merge_indices(cpu, index)
    assert merged.index[ADD][DEFAULT] == other
    assert len(merged.index[ADD]) == 3
    assert merged._to_backend_index().index == {ADD: other}


def test_command_line(tmp_path: Path) -> None:
    selection = tmp_path / "selected_operators.yaml"
    selection.write_text("operators: {'aten::mm.out': {}}\n")
    command = [sys.executable, "-m", "executorch.codegen.gen", "--source-path", "unused"]
    command += ["--functions_yaml_path", str(PORTABLE_YAML), "--op_selection_yaml_path"]
    subprocess.run([*command, str(selection), "--install_dir", str(tmp_path)], check=True)
    source = (tmp_path / "RegisterCodegenUnboxedKernelsEverything.cpp").read_text()
    assert source.count("ET_BOXED_FUNCTION") == 1 and '"aten::mm.out"' in source
    assert "mm_out(" in (tmp_path / "NativeFunctions.h").read_text()
    assert "mm_outf(" in (tmp_path / "Functions.h").read_text()
