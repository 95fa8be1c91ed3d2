# SPDX-License-Identifier: BSD-3-Clause
"""The backend of `examples/custom_backend`, from a model to the results of its C++ half."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn
from torch.export import Dim, export

from executorch.devtools.backend_debug import get_delegation_info
from executorch.exir import to_edge_transform_and_lower

ROOT = Path(__file__).parents[2]
RUNNER = ROOT / "build" / "release" / "examples" / "custom_backend_runner"


@pytest.fixture(scope="module")
def backend() -> ModuleType:
    path = ROOT / "examples" / "custom_backend" / "expression_backend.py"
    spec = importlib.util.spec_from_file_location("expression_backend", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Model(nn.Module):
    """Two parts for the backend, with a softmax between; one has a constant of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.linspace(-1, 1, 12).reshape(3, 4))

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        first = torch.relu(x - y) + x
        return torch.softmax(first, -1) * self.weight + y, first


class WithoutConstants(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.relu(x - y) * x, x + y


def run(folder: Path, *inputs: torch.Tensor) -> tuple[int, str]:
    names = []
    for index, tensor in enumerate(inputs):
        names.append(str(folder / f"input{index}.bin"))
        Path(names[-1]).write_bytes(tensor.numpy().tobytes())
    command = [str(RUNNER), f"--model_path={folder / 'model.pte'}", f"--inputs={','.join(names)}"]
    command.append(f"--output_file={folder / 'output'}")
    process = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return process.returncode, process.stdout + process.stderr


def output(folder: Path, index: int, shape: torch.Size) -> torch.Tensor:
    data = np.fromfile(folder / f"output-{index}.bin", np.float32)
    return torch.from_numpy(data).reshape(shape)


def test_model_runs_on_the_backend(backend: ModuleType, tmp_path: Path) -> None:
    model, inputs = Model().eval(), (torch.randn(3, 4), torch.randn(3, 4))
    manager = to_edge_transform_and_lower(
        export(model, inputs), partitioner=[backend.ExpressionPartitioner()]
    )
    info = get_delegation_info(manager.exported_program().graph_module)
    assert info.num_delegated_subgraphs == 2
    assert info.delegation_by_operator["aten__softmax_default"].non_delegated == 1
    manager.to_executorch().save(tmp_path / "model.pte")
    status, text = run(tmp_path, *inputs)
    assert status == 0, text
    with torch.no_grad():
        for index, expected in enumerate(model(*inputs)):
            torch.testing.assert_close(output(tmp_path, index, expected.shape), expected)


def test_compile_specs_arrive(backend: ModuleType, tmp_path: Path) -> None:
    inputs = (torch.tensor([1.0, 2]), torch.tensor([3.0, 1]))
    partitioner = backend.ExpressionPartitioner(slope=0.5)
    manager = to_edge_transform_and_lower(
        export(WithoutConstants(), inputs), partitioner=[partitioner]
    )
    manager.to_executorch().save(tmp_path / "model.pte")
    status, text = run(tmp_path, *inputs)
    assert status == 0, text
    expected = torch.tensor([-1.0, 2])  # (1 - 3) / 2 * 1, (2 - 1) * 2
    torch.testing.assert_close(output(tmp_path, 0, expected.shape), expected)


def test_shapes_may_vary(backend: ModuleType, tmp_path: Path) -> None:
    n = Dim("n", max=8)
    inputs = (torch.randn(5), torch.randn(5))
    program = export(WithoutConstants(), inputs, dynamic_shapes=({0: n}, {0: n}))
    manager = to_edge_transform_and_lower(program, partitioner=[backend.ExpressionPartitioner()])
    manager.to_executorch().save(tmp_path / "model.pte")
    largest = (torch.randn(8), torch.randn(8))
    status, text = run(tmp_path, *largest)
    assert status == 0, text
    for index, expected in enumerate(WithoutConstants()(*largest)):
        torch.testing.assert_close(output(tmp_path, index, expected.shape), expected)


def test_damaged_payloads_are_refused(backend: ModuleType, tmp_path: Path) -> None:
    inputs = (torch.randn(2), torch.randn(2))
    manager = to_edge_transform_and_lower(
        export(WithoutConstants(), inputs), partitioner=[backend.ExpressionPartitioner()]
    )
    intact = manager.to_executorch().buffer
    start = intact.index(b"EXP1")
    # Magic; number of values; opcode and operand of the first step.
    for position in (0, 4, 20, 24):
        damaged = bytearray(intact)
        damaged[start + position] ^= 0xF0
        (tmp_path / "model.pte").write_bytes(damaged)
        status, text = run(tmp_path, *inputs)
        assert status != 0
        assert "ExpressionBackend" in text, text
