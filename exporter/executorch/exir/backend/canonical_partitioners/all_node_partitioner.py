# SPDX-License-Identifier: BSD-3-Clause
"""Gives a whole program to one backend."""

from __future__ import annotations

from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import ConstantArgument, InputKind

from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner, PartitionResult
from executorch.exir.backend.utils import tag_constant_data, tag_mutated_buffer


def is_non_tensor_placeholder(node: fx.Node, ep: ExportedProgram) -> bool:
    """Whether `node` is an input that is not a tensor."""
    if node.op != "placeholder":
        return False
    for spec in ep.graph_signature.input_specs:
        if spec.kind == InputKind.USER_INPUT and spec.arg.name == node.name:
            return isinstance(spec.arg, ConstantArgument)
    return False


class AllNodePartitioner(Partitioner):
    """Tags all nodes, as one partition."""

    def __init__(self, backend_id: str, compile_specs: list[CompileSpec]) -> None:
        super().__init__()
        self.delegation_spec = DelegationSpec(backend_id, compile_specs)

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        tag = "tag0"
        for node in exported_program.graph.nodes:
            if node.op == "call_function":
                node.meta["delegation_tag"] = tag
        tag_constant_data(exported_program)
        tag_mutated_buffer(exported_program)
        return PartitionResult(exported_program, {tag: self.delegation_spec})
