# SPDX-License-Identifier: BSD-3-Clause
"""Programs that call backends can be saved and loaded."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from torch.export import Dim, export

from executorch.exir import EdgeProgramManager, load, save, to_edge_transform_and_lower
from executorch.exir.backend.partitioner import Partitioner
from executorch.exir.backend.test.backend_with_named_data_map import BackendWithNDMPartitioner
from executorch.exir.backend.test.op_partitioner_demo import AddMulPartitionerDemo
from executorch.exir.lowered_backend_module import get_lowered_backend_modules


class Mixed(torch.nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> Any:
        return (x + y) * y, torch.sin(x) + 1


class Branches(torch.nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> Any:
        return torch.cond(x.sum() > 0, lambda x, y: x + y, lambda x, y: x * y, (x, y))


def saved_and_loaded(manager: EdgeProgramManager) -> EdgeProgramManager:
    file = io.BytesIO()
    save(manager.exported_program(), file)
    file.seek(0)
    return EdgeProgramManager(load(file), None, manager.compile_config)


@pytest.mark.parametrize("model", [Mixed(), Branches()])
@pytest.mark.parametrize("partitioner", [AddMulPartitionerDemo, BackendWithNDMPartitioner])
@pytest.mark.parametrize("is_dynamic", [False, True])
def test_what_comes_back(
    model: torch.nn.Module, partitioner: type[Partitioner], is_dynamic: bool
) -> None:
    inputs = (torch.randn(3, 2), torch.randn(3, 2))
    shapes = ({0: Dim("n", max=8)},) * 2 if is_dynamic else None
    program = export(model, inputs, dynamic_shapes=shapes)
    manager = to_edge_transform_and_lower(program, partitioner=[partitioner()])
    expected = manager.exported_program()
    loaded = saved_and_loaded(manager)
    actual = loaded.exported_program()
    lowered = get_lowered_backend_modules(expected.graph_module)
    for before, after in zip(
        lowered, get_lowered_backend_modules(actual.graph_module), strict=True
    ):
        assert after.backend_id == before.backend_id
        assert after.processed_bytes == before.processed_bytes
        assert after.compile_specs == before.compile_specs
        assert after.named_data_store_output == before.named_data_store_output
    assert lowered or isinstance(model, Branches)
    torch.testing.assert_close(actual.module()(*inputs), expected.module()(*inputs))
    assert loaded.to_executorch().buffer == manager.to_executorch().buffer
