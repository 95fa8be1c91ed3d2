# SPDX-License-Identifier: BSD-3-Clause
"""The pass that decides where the tensors of each method live."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from torch import fx
from torch.export.graph_signature import ExportGraphSignature, InputKind
from torch.fx.passes.infra.pass_base import PassBase, PassResult

from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.memory_planning import (
    MemoryPlanningAlgorithmSuite,
    PlanningFunction,
    Verifier,
    apply_algo,
    follow_storages,
    get_node_tensor_specs,
)
from executorch.exir.storage_sharing import share_storages
from executorch.exir.storages import mutable_buffer_names
from executorch.exir.tensor import ALIGNMENT, TensorSpec

_SHARED_ARENA = 2


@dataclass
class _SharedBuffers:
    """Buffers by name, of all methods planned so far, and which of them some method changes."""

    specs: dict[str, list[TensorSpec]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    graph_modules: list[fx.GraphModule] = field(default_factory=list)


class MemoryPlanningPass(PassBase):
    """Plans the memory of a method and verifies the plan.

    memory_planning_algo: see `memory_planning`; by default `MemoryPlanningAlgorithmSuite()`.
    allow_lifetime_and_storage_overlap: accept plans in which live tensors overlap.
    alloc_graph_input, alloc_graph_output, alloc_mutable_buffers: plan these too; otherwise whoever
        runs the program supplies their memory.
    share_mutable_buffers: mutable buffers have the same place in every method, in an arena of their
        own, so that methods see each other's changes. `run_multimethod` completes the plan.
    alignment: of every tensor, in bytes; a power of two.

    `memory_optimizations`, an attribute, names what `storage_sharing` does before: nothing, unless
    `to_executorch` sets it.

    The sizes of the arenas are left in `graph_module.meta["non_const_buffer_sizes"]`.
    """

    def __init__(
        self,
        memory_planning_algo: PlanningFunction | None = None,
        allow_lifetime_and_storage_overlap: bool = False,
        alloc_graph_input: bool = True,
        alloc_graph_output: bool = True,
        alloc_mutable_buffers: bool = True,
        share_mutable_buffers: bool = False,
        alignment: int = ALIGNMENT,
    ) -> None:
        if alignment <= 0 or alignment & (alignment - 1):
            raise ValueError(f"alignment {alignment} is not a power of two")
        self.memory_planning_algo = memory_planning_algo or MemoryPlanningAlgorithmSuite()
        self.allow_lifetime_and_storage_overlap = allow_lifetime_and_storage_overlap
        self.alloc_graph_input = alloc_graph_input
        self.alloc_graph_output = alloc_graph_output
        self.alloc_mutable_buffers = alloc_mutable_buffers
        self.share_mutable_buffers = share_mutable_buffers
        self.alignment = alignment
        self.enable_non_cpu_memory_planning = True
        self.memory_optimizations: Collection[str] = ()
        self._shared = _SharedBuffers()

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        return self.run(graph_module)

    def run(
        self,
        graph_module: fx.GraphModule,
        graph_signature: ExportGraphSignature | None = None,
    ) -> PassResult:
        """Plans one method; `graph_signature` tells inputs, constants and buffers apart."""
        if self.memory_optimizations:
            share_storages(graph_module, self.memory_optimizations, self.alignment)
        plan_buffers = self.alloc_mutable_buffers and not self.share_mutable_buffers
        sizes = apply_algo(
            self.memory_planning_algo,
            graph_module,
            self.alignment,
            graph_signature,
            self.alloc_graph_input,
            self.alloc_graph_output,
            plan_buffers,
            self.enable_non_cpu_memory_planning,
        )
        verifier = Verifier(
            graph_module,
            self.alloc_graph_input,
            self.alloc_graph_output,
            plan_buffers,
            graph_signature,
        )
        verifier.verify_storage_reuse(self.allow_lifetime_and_storage_overlap)
        verifier.verify_bounds(sizes)
        verifier.verify_graph_input_output()
        if self.share_mutable_buffers and graph_signature is not None:
            self._collect_buffers(graph_module, graph_signature)
        return PassResult(graph_module, True)

    def _collect_buffers(
        self, graph_module: fx.GraphModule, signature: ExportGraphSignature
    ) -> None:
        sizes = graph_module.meta["non_const_buffer_sizes"]
        if len(sizes) > _SHARED_ARENA:
            raise ExportError(
                ExportErrorType.NOT_SUPPORTED,
                f"share_mutable_buffers needs arena {_SHARED_ARENA}, which the method uses",
            )
        names = {
            spec.arg.name: spec.target
            for spec in signature.input_specs
            if spec.kind == InputKind.BUFFER and spec.target is not None
        }
        self._shared.changed |= set(mutable_buffer_names(signature).values())
        self._shared.graph_modules.append(graph_module)
        for node in graph_module.graph.find_nodes(op="placeholder"):
            if node.name in names:
                specs = self._shared.specs.setdefault(names[node.name], [])
                specs += get_node_tensor_specs(node)

    def run_multimethod(self) -> None:
        """Completes the plans of all methods since the last call; does nothing without sharing."""
        shared, self._shared = self._shared, _SharedBuffers()
        offset = 0
        for index, name in enumerate(sorted(shared.changed)):
            specs = shared.specs[name]
            for spec in specs:
                spec.const = False
                spec.realign(self.alignment)
                spec.mem_id, spec.mem_obj_id, spec.mem_offset = _SHARED_ARENA, index, offset
            offset += max(spec.allocated_memory for spec in specs)
        if offset == 0:
            return
        for graph_module in shared.graph_modules:
            graph_module.meta["non_const_buffer_sizes"].append(offset)
            if graph_module.meta["non_const_buffer_device"]:
                raise ExportError(
                    ExportErrorType.NOT_SUPPORTED,
                    "share_mutable_buffers can't be combined with tensors on another device",
                )
            follow_storages(graph_module, set())
