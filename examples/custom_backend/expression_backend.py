# SPDX-License-Identifier: BSD-3-Clause
"""A backend in a hundred lines, ahead of time: elementwise arithmetic, compiled to a list of steps.

It shows what a backend consists of: a partitioner that picks operators, a compiler that turns each
part into bytes, a compile spec, and data that is found by name. The other half, which runs the
bytes, is `expression_backend.cpp`.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from typing import Any

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
from executorch.exir.backend.utils import DelegateMappingBuilder, tag_constant_data
from executorch.exir.constants import constant_values
from executorch.exir.dialects._ops import ops as exir_ops

# The number of each operator in the payload.
OPCODES: dict[Any, int] = {
    exir_ops.edge.aten.add.Tensor: 0,
    exir_ops.edge.aten.sub.Tensor: 1,
    exir_ops.edge.aten.mul.Tensor: 2,
    exir_ops.edge.aten.relu.default: 3,
}
MAX_VALUES = 64
"""How many inputs, constants and results one part may have: the runtime keeps them on its stack."""


class ExpressionBackend(BackendDetails):
    """The class name is the name under which the runtime looks for the backend.

    Payload, little endian, 32 bits each: magic, number of inputs, of constants, of steps, of
    outputs; for each step its opcode and the two values it combines; for each output its value.
    Values are numbered: inputs, constants, results of steps. The names of the constants' data
    follow, each ended by a zero byte.
    """

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        known = constant_values(edge_program)
        placeholders = edge_program.graph.find_nodes(op="placeholder")
        inputs = [node for node in placeholders if node.name not in known]
        constants = [node for node in placeholders if node.name in known]
        values = {node: index for index, node in enumerate((*inputs, *constants))}
        mapping = DelegateMappingBuilder(generated_identifiers=True)
        steps: list[int] = []
        for node in edge_program.graph.nodes:
            if node.op == "call_function":
                left, right = node.args[0], node.args[-1]
                steps += [OPCODES[node.target], values[left], values[right]]
                values[node] = len(values)
                mapping.insert_delegate_mapping_entry(nodes=node)
        if len(values) > MAX_VALUES:
            raise RuntimeError(
                f"a part has {len(values)} values; at most {MAX_VALUES} are possible"
            )
        outputs = [values[node] for node in edge_program.graph.output_node().args[0]]

        store = NamedDataStore()
        keys = []
        for node in constants:
            data = known[node.name].detach().contiguous().numpy().tobytes()
            keys.append(f"expression_{_hash(data)}")
            store.add_named_data(keys[-1], data)
        counts = (len(inputs), len(constants), len(steps) // 3, len(outputs))
        words = struct.pack(f"<4I{len(steps)}I{len(outputs)}I", *counts, *steps, *outputs)
        text = "".join(f"{key}\0" for key in keys).encode()
        return PreprocessResult(
            processed_bytes=b"EXP1" + words + text,
            debug_handle_map=mapping.get_delegate_mapping(),
            data_store_output=store.get_named_data_store_output(),
        )


def _hash(data: bytes) -> str:
    """Part of a name, so that equal constants are stored once."""
    return hashlib.sha256(data).hexdigest()[:16]


class _Supported(OperatorSupportBase):
    """Float tensors of one shape: no broadcasting, no conversion."""

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        if node.op != "call_function" or node.target not in OPCODES or node.kwargs:
            return False
        values = [node.meta["val"], *(n.meta["val"] for n in node.all_input_nodes)]
        return all(
            isinstance(v, torch.Tensor)
            and v.dtype == torch.float32
            and v.is_contiguous()
            and str(v.shape) == str(values[0].shape)
            for v in values
        )


class ExpressionPartitioner(Partitioner):
    """Takes additions, subtractions, products and ReLUs of float tensors of one shape.

    slope: what ReLU multiplies negative numbers with.
    """

    def __init__(self, slope: float = 0.0) -> None:
        super().__init__()
        specs = [CompileSpec("slope", struct.pack("<f", slope))]
        self.delegation_spec = DelegationSpec(ExpressionBackend.__name__, specs)

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        tags: dict[str, DelegationSpec] = {}
        for partition in generate_partitions_from_list_of_nodes(
            exported_program.graph_module, op_support=_Supported()
        ):
            tag = f"expression_{partition.id}"
            for node in partition.nodes:
                node.meta["delegation_tag"] = tag
            tags[tag] = self.delegation_spec
        tag_constant_data(exported_program)
        return PartitionResult(exported_program, tags)
