# SPDX-License-Identifier: BSD-3-Clause
"""Partitioners that take some operators, for tests and as examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import fx
from torch._ops import OpOverload
from torch.export import ExportedProgram
from torch.fx.passes.operator_support import OperatorSupportBase, any_chain

from executorch.exir.backend.canonical_partitioners.pattern_op_partitioner import (
    generate_partitions_from_list_of_nodes,
)
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner, PartitionResult
from executorch.exir.backend.test.backend_with_compiler_demo import BackendWithCompilerDemo
from executorch.exir.backend.test.demos.rpc.executor_backend_preprocess import ExecutorBackend
from executorch.exir.backend.utils import tag_constant_data
from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.graph_module import all_graph_modules

ops_not_to_decompose: list[OpOverload] = [
    torch.ops.aten.linear.default,
    torch.ops.aten.scaled_dot_product_attention.default,
    torch.ops.aten.upsample_nearest2d.vec,
]
edge_ops_non_decomposed: list[EdgeOpOverload] = [
    exir_ops.edge.aten.linear.default,
    exir_ops.edge.aten.scaled_dot_product_attention.default,
    exir_ops.edge.aten.upsample_nearest2d.vec,
]


class _Operators(OperatorSupportBase):
    operators: frozenset[EdgeOpOverload]

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        return node.op == "call_function" and node.target in self.operators


class AddOperatorSupport(_Operators):
    """Supports additions."""

    operators = frozenset({exir_ops.edge.aten.add.Tensor})


class MatmulOperatorSupport(_Operators):
    """Supports matrix products."""

    operators = frozenset({exir_ops.edge.aten.mm.default})


class AllOperatorSupport(OperatorSupportBase):
    """Supports every call."""

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        return node.op == "call_function"


class OpsToNotDecomposeOperatorSupport(_Operators):
    """Supports the operators that `NonDecompTestPartitioner` wants whole."""

    operators = frozenset(edge_ops_non_decomposed)


class _SupportPartitioner(Partitioner):
    """Tags the largest partitions of supported nodes, in the graph and in its control flow."""

    owns_constants = False
    enters_control_flow = True

    def __init__(self, op_support: OperatorSupportBase, delegation_spec: DelegationSpec) -> None:
        super().__init__()
        self.op_support = op_support
        self.delegation_spec = delegation_spec

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        tags: dict[str, DelegationSpec] = {}
        top = exported_program.graph_module
        for module in all_graph_modules(top) if self.enters_control_flow else [top]:
            for partition in generate_partitions_from_list_of_nodes(
                module, op_support=self.op_support
            ):
                tag = f"tag{len(tags)}"
                tags[tag] = self.delegation_spec
                for node in partition.nodes:
                    node.meta["delegation_tag"] = tag
        if self.owns_constants:
            tag_constant_data(exported_program)
        return PartitionResult(exported_program, tags)


class AddMulPartitionerDemo(_SupportPartitioner):
    """Takes additions and matrix products."""

    def __init__(self) -> None:
        specs = [CompileSpec("max_value", bytes([4]))]
        super().__init__(
            any_chain(AddOperatorSupport(), MatmulOperatorSupport()),
            DelegationSpec(BackendWithCompilerDemo.__name__, specs),
        )


class AddAttributePartitionerDemo(_SupportPartitioner):
    """Takes additions, with the constants that only they use."""

    owns_constants = True

    def __init__(self) -> None:
        super().__init__(AddOperatorSupport(), DelegationSpec(BackendWithCompilerDemo.__name__, []))


class AllNodesPartitionerDemo(_SupportPartitioner):
    """Takes everything, for another executor to run."""

    owns_constants = True
    enters_control_flow = False

    def __init__(self) -> None:
        super().__init__(AllOperatorSupport(), DelegationSpec(ExecutorBackend.__name__, []))


class NonDecompTestPartitioner(_SupportPartitioner):
    """Takes operators that would be decomposed if it did not ask for them."""

    owns_constants = True

    def __init__(self) -> None:
        self.supported_non_decomposed_edge_ops = edge_ops_non_decomposed
        specs = [CompileSpec("max_value", bytes([4]))]
        super().__init__(
            OpsToNotDecomposeOperatorSupport(),
            DelegationSpec(BackendWithCompilerDemo.__name__, specs),
        )

    def ops_to_not_decompose(
        self, ep: ExportedProgram
    ) -> tuple[list[OpOverload], Callable[[fx.Node], bool] | None]:
        def check(node: fx.Node) -> bool:
            if node.op != "call_function" or node.target not in ops_not_to_decompose:
                return False
            # Products with a bias are left to others.
            return node.target is not torch.ops.aten.linear.default or len(node.args) < 3

        return ops_not_to_decompose, check
