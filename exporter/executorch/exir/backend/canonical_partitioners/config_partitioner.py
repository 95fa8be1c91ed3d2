# SPDX-License-Identifier: BSD-3-Clause
"""A partitioner made of one configuration per operator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.fx.passes.infra.partitioner import Partition

from executorch.exir.backend.canonical_partitioners.pattern_op_partitioner import (
    generate_partitions_from_list_of_nodes,
)
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner, PartitionResult
from executorch.exir.backend.utils import tag_constant_data
from executorch.exir.constants import constant_values


def format_target_name(target_name: str) -> str:
    """The name of an operator, without namespace: "add.Tensor" for "aten.add.Tensor".

    Names of modules, such as "torch.nn.modules.linear.Linear", are kept.
    """
    if target_name.startswith("aten."):
        return target_name[len("aten.") :]
    return target_name


def is_constant_data(ep: ExportedProgram, node: fx.Node) -> bool:
    """Whether `node` is a parameter, buffer or constant that the program does not change."""
    return node.op == "placeholder" and node.name in constant_values(ep)


class PartitionerConfig(ABC):
    """Which nodes of one operator to take, and what to take with them.

    target_name: of the operator, as in "add.Tensor".
    """

    target_name: ClassVar[str] = ""

    @abstractmethod
    def check_constraints(self, node: fx.Node, ep: ExportedProgram) -> bool:
        """Whether the backend can do this node."""

    @abstractmethod
    def get_partition(self, node: fx.Node, ep: ExportedProgram) -> list[fx.Node]:
        """The node, and those which only it needs; these stay together."""

    def get_original_aten(self) -> torch._ops.OpOverload | None:
        """The operator that is to be kept whole in decomposition, if it would not be."""
        return None


class ConfigerationBasedPartitioner(Partitioner):
    """Takes what its configurations accept.

    delegation_spec: for all partitions. partitioner_configs: classes.
    """

    def __init__(
        self,
        delegation_spec: DelegationSpec,
        partitioner_configs: Iterable[type[PartitionerConfig]],
    ) -> None:
        super().__init__()
        self.delegation_spec = delegation_spec
        self.target_partitioner_configs: dict[str, PartitionerConfig] = {}
        for config in partitioner_configs:
            instance = config() if isinstance(config, type) else config
            self.target_partitioner_configs[instance.target_name] = instance

    def ops_to_not_decompose(
        self, ep: ExportedProgram
    ) -> tuple[list[torch._ops.OpOverload], Callable[[fx.Node], bool] | None]:
        wanted = [c.get_original_aten() for c in self.target_partitioner_configs.values()]

        def check(node: fx.Node) -> bool:
            config = self._config_for(node)
            return config is not None and config.check_constraints(node, ep)

        return [op for op in wanted if op is not None], check

    def _config_for(self, node: fx.Node) -> PartitionerConfig | None:
        if node.op != "call_function":
            return None
        name = format_target_name(str(getattr(node.target, "__name__", node.target)))
        return self.target_partitioner_configs.get(name)

    def get_matched_nodes_from_configs(self, ep: ExportedProgram) -> list[list[fx.Node]]:
        """The nodes that are taken, with what belongs to them."""
        matched = []
        for node in ep.graph.nodes:
            config = self._config_for(node)
            if config is not None and config.check_constraints(node, ep):
                nodes = config.get_partition(node, ep)
                if nodes:
                    matched.append(nodes)
        return matched

    def generate_partitions(self, ep: ExportedProgram) -> list[Partition]:
        """Partitions, as large as possible, of the nodes that are taken."""
        matched = self.get_matched_nodes_from_configs(ep)
        return generate_partitions_from_list_of_nodes(ep.graph_module, matched)

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        tags: dict[str, DelegationSpec] = {}
        for partition in self.generate_partitions(exported_program):
            tag = f"tag{partition.id}"
            for node in partition.nodes:
                node.meta["delegation_tag"] = tag
            tags[tag] = self.delegation_spec
        tag_constant_data(exported_program)
        return PartitionResult(exported_program, tags)
