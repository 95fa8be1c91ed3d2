# SPDX-License-Identifier: BSD-3-Clause
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.export import export

from executorch.exir import EdgeCompileConfig, EdgeProgramManager, ExecutorchBackendConfig, to_edge
from executorch.exir.error import ExportError
from executorch.exir.kernel_check import (
    MissingKernelWarning,
    TargetKernels,
    known_kernels,
    known_libraries,
    missing_kernels,
    read_manifest,
)
from executorch.exir.tests.graph_execution import Function

aten = torch.ops.aten


def config(**options: Any) -> ExecutorchBackendConfig:
    return ExecutorchBackendConfig(target_kernels=TargetKernels(**options))


def edge(function: Any, *inputs: Any, **options: Any) -> EdgeProgramManager:
    return to_edge(export(Function(function), inputs), compile_config=EdgeCompileConfig(**options))


def only_add(folder: Path) -> Path:
    path = folder / "tiny.yaml"
    path.write_text(
        "- op: add.out\n  dtypes: float half\n  kernels:\n    - arg_meta: null\n"
        "- func: my::f.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)\n"
    )
    return path


def test_libraries_that_come_with_the_runtime_are_known() -> None:
    assert "portable" in known_libraries()
    kernels = known_kernels(TargetKernels(libraries=("portable",)))
    dtypes = kernels["aten::add.out"]
    assert dtypes is not None and {torch.float32, torch.bool} <= dtypes
    assert "aten::copy_" in kernels and "dim_order_ops::_clone_dim_order.out" in kernels


def test_manifests_are_read() -> None:
    text = (
        "- op: a.out\n  dtypes: float  # only\n"
        "- func: my::b.out(Tensor x)\n"
        "- op: c\n  dtypes: odd\n"
    )
    assert read_manifest(text) == {
        "aten::a.out": frozenset({torch.float32}),
        "my::b.out": None,
        "aten::c": None,
    }


def test_every_missing_kernel_is_named_at_once(tmp_path: Path) -> None:
    def several(x: torch.Tensor, n: torch.Tensor) -> Any:
        return (x + x).sin(), n + n, x.cos()

    methods = {
        "one": export(Function(several), (torch.ones(2), torch.ones(2, dtype=torch.int64))),
        "two": export(Function(lambda x: x.tanh()), (torch.ones(2),)),
    }
    library = (only_add(tmp_path),)
    with pytest.raises(ExportError) as error:
        to_edge(methods).to_executorch(config(libraries=library, missing="raise"))
    text = str(error.value)
    assert "aten::sin.out(float32): method one, node 'aten_sin_default'. File" in text
    assert "(x + x).sin(), n + n, x.cos()" in text or "self._function" in text
    assert "aten::add.out(int64) (there is a kernel for float16, float32: convert" in text
    assert "aten::cos.out" in text
    assert "aten::tanh.out(float32): method two" in text
    assert "aten::add.out(float32)" not in text
    assert "TargetKernels(namespaces=" in text


def test_by_default_it_is_a_warning() -> None:
    with pytest.warns(MissingKernelWarning, match=r"aten::_cdist_backward.out"):
        program = edge(
            lambda a, b, c, d: aten._cdist_backward(a, b, c, 2.0, d),
            *[torch.ones(2, 2)] * 4,
            _check_ir_validity=False,
        )
        assert program.to_executorch().buffer
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program.to_executorch(config(missing="ignore"))
        edge(lambda x: torch.softmax(x + 1, 0).view(1, -1), torch.ones(3)).to_executorch()


def test_namespaces_of_the_application_are_trusted() -> None:
    library = torch.library.Library("test_kernel_check", "FRAGMENT")
    library.define("f(Tensor x) -> Tensor")
    library.define("f.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)")
    library.impl("f", lambda x: x * 2, "CompositeExplicitAutograd")
    program = edge(torch.ops.test_kernel_check.f, torch.ones(2))
    with pytest.warns(MissingKernelWarning, match=r"test_kernel_check::f\.out"):
        program.to_executorch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program.to_executorch(config(namespaces=frozenset({"test_kernel_check"})))


def test_arithmetic_on_sizes_needs_no_kernels() -> None:
    n = torch.export.Dim("n", max=8)
    program = to_edge(
        export(
            Function(lambda x: x.sum() * (x.shape[0] + 1)),
            (torch.ones(3),),
            dynamic_shapes=(({0: n},),),
        )
    )
    manager = program.to_executorch()
    assert missing_kernels({"forward": manager.exported_program()}, TargetKernels()) == []


def test_unknown_libraries_are_refused() -> None:
    with pytest.raises(ExportError, match=r"'nowhere.yaml' is neither one of .*portable.*nor"):
        edge(torch.sin, torch.ones(2)).to_executorch(config(libraries=("nowhere.yaml",)))
