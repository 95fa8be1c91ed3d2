# SPDX-License-Identifier: BSD-3-Clause
"""Partitioners decide which nodes of a program a backend takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch.export import ExportedProgram

from executorch.exir.backend.compile_spec_schema import CompileSpec

Number = str | int | float | bool


class DelegationSpec(NamedTuple):
    """The backend that takes a partition, and the settings it is given."""

    backend_id: str
    compile_specs: list[CompileSpec]


@dataclass
class PartitionResult:
    """A program whose taken nodes have `meta["delegation_tag"]`, and what each tag stands for."""

    tagged_exported_program: ExportedProgram
    partition_tags: dict[str, DelegationSpec]


class Partitioner(ABC):
    """Tags the nodes that a backend takes. Calling a partitioner partitions."""

    def __init__(self, spec: Mapping[Number, object] = MappingProxyType({})) -> None:
        self._spec = spec

    def __call__(self, exported_program: ExportedProgram) -> PartitionResult:
        return self.partition(exported_program)

    @property
    def spec(self) -> Mapping[Number, object]:
        return self._spec

    @abstractmethod
    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        """Tags nodes of `exported_program`; must not change it otherwise."""

    def ops_to_not_decompose(
        self, ep: ExportedProgram
    ) -> tuple[list[torch._ops.OpOverload], Callable[[torch.fx.Node], bool] | None]:
        """Operators that the backend wants whole, and a filter for the nodes this applies to."""
        return [], None

    def transform_for_pre_decomposition(self, exported_program: ExportedProgram) -> ExportedProgram:
        """Changes the captured program before it is decomposed."""
        return exported_program
