# SPDX-License-Identifier: BSD-3-Clause
"""`XnnpackPartitioner`: gives to XNNPACK what it can compute."""

from __future__ import annotations

import logging
import operator
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.backends.xnnpack._passes.float_attention_masks import float_attention_masks
from executorch.backends.xnnpack.operators import (
    Facts,
    known_operators,
    operator_of,
    overload_of,
    refusal,
)
from executorch.backends.xnnpack.partition.config.xnnpack_config import (
    ConfigPrecisionType,
    XNNPartitionerConfig,
)
from executorch.backends.xnnpack.xnnpack_preprocess import XnnpackBackend
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.backend.not_delegated import explain_not_delegated
from executorch.exir.backend.partition import COPY_TAGS, TAG
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner, PartitionResult
from executorch.exir.backend.utils import tag_constant_data
from executorch.exir.constants import constant_values
from executorch.exir.graph_module import all_graph_modules

logger = logging.getLogger(__name__)

Config = type[XNNPartitionerConfig] | XNNPartitionerConfig | str


class XnnpackPartitioner(Partitioner):
    """Tags everything that XNNPACK can compute, in as few partitions as possible.

    configs: the operators to take (classes or objects with a `target_name`, or these names, such as
        "linear.default"); default: all that are supported.
    config_precisions: one or several `ConfigPrecisionType`s to take; default: all.
    per_op_mode: every node becomes a partition of its own.
    verbose: logs the reason for each node that is left behind. It is also in
        `node.meta["not_delegated"]`.
    """

    def __init__(
        self,
        configs: Sequence[Config] | None = None,
        config_precisions: ConfigPrecisionType | Iterable[ConfigPrecisionType] | None = None,
        per_op_mode: bool = False,
        verbose: bool = False,
        **kwargs: object,
    ) -> None:
        super().__init__()
        if isinstance(config_precisions, ConfigPrecisionType):
            config_precisions = [config_precisions]
        self._precisions = set(
            ConfigPrecisionType if config_precisions is None else config_precisions
        )
        self._targets = None if configs is None else {_target_name(c) for c in configs}
        self.per_op_mode = per_op_mode
        self.verbose = verbose
        self.delegation_spec = DelegationSpec(XnnpackBackend.__name__, self._compile_specs())

    def _compile_specs(self) -> list[CompileSpec]:
        if self._precisions == {ConfigPrecisionType.DYNAMIC_QUANT}:
            return [CompileSpec("dqlinear_partitioner", b"")]
        return []

    # --- before decomposition ---------------------------------------------------------------------

    def ops_to_not_decompose(
        self, ep: ExportedProgram
    ) -> tuple[list[torch._ops.OpOverload], Callable[[fx.Node], bool] | None]:
        facts = Facts(ep)
        whole = [op for op, known in known_operators().items() if known.whole]
        return whole, lambda node: self._refusal(facts, node) is None

    def transform_for_pre_decomposition(self, exported_program: ExportedProgram) -> ExportedProgram:
        return float_attention_masks(exported_program)

    # --- tags -------------------------------------------------------------------------------------

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        tags: dict[str, DelegationSpec] = {}
        facts = Facts(exported_program)
        for module in all_graph_modules(exported_program.graph_module):
            groups = self._groups(module, facts)
            for nodes in groups:
                tag = f"xnnpack_{len(tags)}"
                tags[tag] = self.delegation_spec
                for node in nodes:
                    node.meta[TAG] = tag
        for node in exported_program.graph.nodes:
            _tag_with_users(node, facts)
        _copy_shared_constants(exported_program)
        tag_constant_data(exported_program)
        return PartitionResult(exported_program, tags)

    def _refusal(self, facts: Facts, node: fx.Node) -> str | None:
        if ConfigPrecisionType.FP32 not in self._precisions:
            return "not quantized"
        if self._targets is not None:
            overload = overload_of(_producer(node))
            name = "" if overload is None else f"{overload._schema.name}.{overload._overloadname}"
            if name.rpartition("::")[2] not in self._targets:
                return "not among the configs"
        return refusal(facts, node)

    def _groups(self, module: fx.GraphModule, facts: Facts) -> list[list[fx.Node]]:
        """Nodes of each partition, in graph order."""
        taken: list[fx.Node] = []
        for node in module.graph.nodes:
            if node.op != "call_function" or facts.is_constant(node) or TAG in node.meta:
                continue
            reason = self._refusal(facts, node)
            if reason is None:
                taken.append(node)
            elif not _is_symbolic(node):
                explain_not_delegated(node, f"XNNPACK: {reason}")
                if self.verbose:
                    logger.info("%s stays behind: %s", node.format_node(), reason)
        if self.per_op_mode:
            return _by_operator(taken)
        groups = _by_level(module, set(taken), facts)
        if any(_computes(nodes) for nodes in groups):
            for nodes in groups:
                if not _computes(nodes):
                    for node in nodes:
                        explain_not_delegated(node, "XNNPACK: nothing is computed beside it")
            groups = [nodes for nodes in groups if _computes(nodes)]
        return groups


def _target_name(config: Config) -> str:
    return config if isinstance(config, str) else config.target_name


def _producer(node: fx.Node) -> fx.Node:
    if node.target is operator.getitem and isinstance(node.args[0], fx.Node):
        return node.args[0]
    return node


def _is_symbolic(node: fx.Node) -> bool:
    return isinstance(
        node.meta.get("val"), (torch.SymInt, torch.SymFloat, torch.SymBool, int, bool)
    )


def _computes(nodes: list[fx.Node]) -> bool:
    operators = (operator_of(node) for node in nodes)
    return any(op is not None and not op.moves_data for op in operators)


def _by_operator(nodes: list[fx.Node]) -> list[list[fx.Node]]:
    groups: dict[fx.Node, list[fx.Node]] = {}
    for node in nodes:
        groups.setdefault(_producer(node), []).append(node)
    return list(groups.values())


def _by_level(module: fx.GraphModule, taken: set[fx.Node], facts: Facts) -> list[list[fx.Node]]:
    """Groups that can be run one after another.

    The level of a node is the number of times that a path to it leaves the backend. What has the
    same level can be run together: nothing outside of it is needed in between.
    """
    levels: dict[fx.Node, int] = {}
    groups: dict[int, list[fx.Node]] = {}
    for node in module.graph.nodes:
        inside = node in taken
        levels[node] = max(
            (
                levels[n] + (n in taken and not inside)
                for n in node.all_input_nodes
                if not facts.is_constant(n)
            ),
            default=0,
        )
        if inside:
            groups.setdefault(levels[node], []).append(node)
    return [groups[level] for level in sorted(groups)]


def _copy_shared_constants(program: ExportedProgram) -> None:
    """Gives a copy of each constant to every partition that is not its only user.

    Weights that come as inputs would be packed anew by every execution.
    """
    known = constant_values(program)
    for node in program.graph.find_nodes(op="placeholder"):
        tags = {user.meta.get(TAG) for user in node.users}
        if node.name in known and len(tags) > 1:
            node.meta[COPY_TAGS] = tags - {None}


def _tag_with_users(node: fx.Node, facts: Facts) -> None:
    """Gives a constant that is computed to the partition of its only user."""
    chain = []
    while facts.is_constant(node) and node.op == "call_function":
        chain.append(node)
        node = next(iter(node.users))
    tag = node.meta.get(TAG)
    for constant in chain if tag is not None else ():
        constant.meta[TAG] = tag


class XnnpackFloatingPointPartitioner(XnnpackPartitioner):
    """Takes what computes with floating-point numbers."""

    def __init__(self, verbose: bool = False) -> None:
        super().__init__(config_precisions=ConfigPrecisionType.FP32, verbose=verbose)


class XnnpackQuantizedPartitioner(XnnpackPartitioner):
    """Takes what computes with quantized numbers."""

    def __init__(self, verbose: bool = False) -> None:
        super().__init__(
            config_precisions=[ConfigPrecisionType.STATIC_QUANT, ConfigPrecisionType.DYNAMIC_QUANT],
            verbose=verbose,
        )


class XnnpackDynamicallyQuantizedPartitioner(XnnpackPartitioner):
    """Takes what quantizes its inputs while it runs, each by itself."""

    def __init__(self, verbose: bool = False) -> None:
        super().__init__(
            config_precisions=ConfigPrecisionType.DYNAMIC_QUANT, per_op_mode=True, verbose=verbose
        )
