# SPDX-License-Identifier: BSD-3-Clause
"""Says which nodes a partitioner must leave alone; combined with others by `chain`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from torch import fx
from torch.fx.passes.operator_support import OperatorSupportBase

from executorch.exir.operator.convert import torch_op


class DontSupportBase(OperatorSupportBase):
    """Supports everything except the nodes that it rejects, which it remembers."""

    def __init__(self) -> None:
        self._rejected: list[fx.Node] = []

    @abstractmethod
    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        """False for what is to be left alone."""

    def has_rejected_node(self) -> bool:
        return bool(self._rejected)

    def num_rejected(self) -> int:
        return len(self._rejected)

    def reject_node(self, node: fx.Node) -> None:
        if node not in self._rejected:
            self._rejected.append(node)

    def rejected_nodes(self) -> list[fx.Node]:
        return self._rejected

    def _accept(self, node: fx.Node, is_rejected: bool) -> bool:
        if is_rejected:
            self.reject_node(node)
        return not is_rejected


def _matches(exact: bool, wanted: str, text: str) -> bool:
    return wanted == text if exact else wanted in text


class DontPartition(DontSupportBase):
    """Leaves operators alone. Without `exact`, targets are parts of operators' names."""

    def __init__(self, *targets: Any, exact: bool = True) -> None:
        super().__init__()
        self.targets = targets
        self.exact = exact

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        names = {node.target, torch_op(node.target)}
        rejected = any(
            target in names
            or torch_op(target) in names
            or (isinstance(target, str) and _matches(self.exact, target, str(name)))
            for target in self.targets
            for name in names
        )
        return self._accept(node, rejected)


class DontPartitionName(DontSupportBase):
    """Leaves nodes alone by their names or, without `exact`, by parts of them."""

    def __init__(self, *targets: str, exact: bool = True) -> None:
        super().__init__()
        self.targets = targets
        self.exact = exact

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        return self._accept(node, any(_matches(self.exact, t, node.name) for t in self.targets))


class DontPartitionModule(DontSupportBase):
    """Leaves alone what comes from modules of a class, or from one instance.

    module_name: name of the class; instance_name: path of the instance in the model.
    """

    def __init__(
        self,
        *,
        module_name: str | None = None,
        instance_name: str | None = None,
        exact: bool = True,
    ) -> None:
        super().__init__()
        self.module_name = module_name
        self.instance_name = instance_name
        self.exact = exact

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        rejected = False
        for path, kind in node.meta.get("nn_module_stack", {}).values():
            kind_name = kind if isinstance(kind, str) else kind.__name__
            if not self.exact or (self.module_name and "." not in self.module_name):
                kind_name = kind_name.rpartition(".")[2]
            if self.module_name is not None:
                rejected |= _matches(self.exact, self.module_name, kind_name)
            if self.instance_name is not None:
                rejected |= _matches(self.exact, self.instance_name, path)
        return self._accept(node, rejected)
