# SPDX-License-Identifier: BSD-3-Clause
"""Gives everything, also calls of other backends, to `ExecutorBackend`."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.fx.passes.operator_support import OperatorSupportBase, any_chain

from executorch.exir.backend.canonical_partitioners.pattern_op_partitioner import (
    generate_partitions_from_list_of_nodes,
)
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner, PartitionResult
from executorch.exir.backend.test.demos.rpc.executor_backend_preprocess import ExecutorBackend
from executorch.exir.backend.utils import tag_constant_data
from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.dialects.edge._ops import EdgeOpOverload


class AnyOperatorSupport(OperatorSupportBase):
    """Supports every edge operator."""

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        return node.op == "call_function" and isinstance(node.target, EdgeOpOverload)


class AnyDelegateSupport(OperatorSupportBase):
    """Supports calls of other backends, and what takes their results apart."""

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        if node.op != "call_function":
            return node.op == "get_attr"
        if node.target is executorch_call_delegate:
            return True
        source = node.args[0] if node.args else None
        return isinstance(source, fx.Node) and source.target is executorch_call_delegate


class ExecutorBackendPartitioner(Partitioner):
    """Tags all operators and all calls of backends."""

    def __init__(self) -> None:
        super().__init__()
        self.op_support = any_chain(AnyOperatorSupport(), AnyDelegateSupport())
        self.delegation_spec = DelegationSpec(ExecutorBackend.__name__, [])

    def partition(self, edge_exported_program: ExportedProgram) -> PartitionResult:
        tags: dict[str, DelegationSpec] = {}
        for partition in generate_partitions_from_list_of_nodes(
            edge_exported_program.graph_module, op_support=self.op_support
        ):
            tag = f"tag{partition.id}"
            tags[tag] = self.delegation_spec
            for node in partition.nodes:
                node.meta["delegation_tag"] = tag
        tag_constant_data(edge_exported_program)
        return PartitionResult(edge_exported_program, tags)
