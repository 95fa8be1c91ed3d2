# SPDX-License-Identifier: BSD-3-Clause
"""A backend that passes data to the runtime by name."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.fx.passes.operator_support import OperatorSupportBase

from executorch.exir._serialize._named_data_store import NamedDataStore
from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.canonical_partitioners.pattern_op_partitioner import (
    generate_partitions_from_list_of_nodes,
)
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner, PartitionResult
from executorch.exir.backend.utils import tag_constant_data
from executorch.exir.dialects._ops import ops as exir_ops

# How many bytes of zeros each operator stores under its name.
_SIZES = {
    exir_ops.edge.aten.sin.default: 0,
    exir_ops.edge.aten.add.Tensor: 1,
    exir_ops.edge.aten.sub.Tensor: 2,
    exir_ops.edge.aten.mul.Tensor: 3,
}


class BackendWithNamedDataMap(BackendDetails):
    """Stores, under the name of each operator that it is given, some zeros."""

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        store = NamedDataStore()
        for node in edge_program.graph.nodes:
            if node.target in _SIZES:
                store.add_named_data(node.target.__name__, bytes(_SIZES[node.target]))
        return PreprocessResult(
            processed_bytes=b"",
            debug_handle_map={},
            data_store_output=store.get_named_data_store_output(),
        )


class SimpleOperatorSupport(OperatorSupportBase):
    """Supports the operators that the backend knows."""

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        return node.op == "call_function" and node.target in _SIZES


class BackendWithNDMPartitioner(Partitioner):
    """Tags what the backend supports."""

    def __init__(self) -> None:
        super().__init__()
        self._op_support = SimpleOperatorSupport()
        self.backend_id = BackendWithNamedDataMap.__name__

    def partition(self, edge_program: ExportedProgram) -> PartitionResult:
        tags: dict[str, DelegationSpec] = {}
        for partition in generate_partitions_from_list_of_nodes(
            edge_program.graph_module, op_support=self._op_support
        ):
            tag = f"tag{partition.id}"
            tags[tag] = DelegationSpec(self.backend_id, [])
            for node in partition.nodes:
                node.meta["delegation_tag"] = tag
        tag_constant_data(edge_program)
        return PartitionResult(edge_program, tags)
