# SPDX-License-Identifier: BSD-3-Clause
"""Checks memory plans against the rules that they have to keep, however they were found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import fx
from torch.export.graph_signature import ExportGraphSignature
from torch.utils import _pytree as pytree

from executorch.exir.control_flow_call import control_flow_call
from executorch.exir.error import InternalError
from executorch.exir.graph_module import all_graph_modules, source_line
from executorch.exir.memory import alloc
from executorch.exir.storages import (
    collect_storages,
    get_graph_input_tensors,
    get_graph_output_tensors,
    mutable_buffer_names,
    specs_by_name,
    storage_root,
)
from executorch.exir.tensor import TensorSpec


@dataclass
class Use:
    """A planned storage and the nodes of a graph during which it is in use.

    call: index of the node whose submodules it belongs to, or -1 if it is the graph's own.
    """

    spec: TensorSpec
    first: int
    last: int
    call: int


def collect_uses(
    module: fx.GraphModule, bound: set[TensorSpec], levels: list[list[Use]]
) -> list[Use]:
    """Uses of planned storages in a graph and in all that it calls.

    bound: storages to leave out. levels: receives the uses of every graph.
    """
    specs = [spec for spec in collect_storages(module.graph.nodes, bound) if spec.mem_id]
    uses = [Use(spec, spec.lifetime[0] or 0, spec.lifetime[1] or 0, -1) for spec in specs]
    for index, node in enumerate(module.graph.nodes):
        call = control_flow_call(node)
        for subgraph in call.subgraphs if call is not None else ():
            outer = [s for s in (*call.bound_specs(subgraph), *call.result_specs) if s is not None]
            inner = collect_uses(subgraph.module, bound | {*map(storage_root, outer)}, levels)
            uses += [Use(use.spec, index, index, index) for use in inner]
    levels.append(uses)
    return uses


def _verify_level(
    uses: list[Use], allow_overlap: bool, describe: Callable[[TensorSpec], str]
) -> int:
    """Number of pairs in `uses` that share memory; see `Verifier.verify_storage_reuse`."""
    reused = 0
    arena, start, end, first, last, call = (
        np.array(column, dtype=np.int64)
        for column in (
            [use.spec.mem_id for use in uses],
            [use.spec.mem_offset for use in uses],
            # An empty tensor has no byte in common with anything.
            [use.spec.mem_offset + use.spec.allocated_memory for use in uses],  # type: ignore[operator]
            [use.first for use in uses],
            [use.last for use in uses],
            [use.call for use in uses],
        )
    )
    for i in range(len(uses) - 1):
        rest = slice(i + 1, None)
        shared = (
            (arena[rest] == arena[i])
            & (np.maximum(start[rest], start[i]) < np.minimum(end[rest], end[i]))
            # Pairs inside one call are checked where its submodules are.
            & ((call[rest] != call[i]) | (call[rest] == -1))
        )
        reused += int(shared.sum())
        clash = shared & (first[rest] <= last[i]) & (last[rest] >= first[i])
        if clash.any() and not allow_overlap:
            raise InternalError(
                "Storage of tensors that are live at the same time overlaps:\n"
                f"  {describe(uses[i].spec)}\n"
                f"  {describe(uses[i + 1 + int(np.flatnonzero(clash)[0])].spec)}"
            )
    return reused


class Verifier:
    """Checks a plan against the rules it has to keep, independently of how it was found."""

    def __init__(
        self,
        graph_module: fx.GraphModule,
        alloc_graph_input: bool,
        alloc_graph_output: bool,
        alloc_mutable_buffers: bool,
        graph_signature: ExportGraphSignature | None = None,
    ) -> None:
        self.graph_module = graph_module
        self.graph_signature = graph_signature
        self.alloc_graph_input = alloc_graph_input
        self.alloc_graph_output = alloc_graph_output
        self.alloc_mutable_buffers = alloc_mutable_buffers

    @classmethod
    def has_overlap(cls, lhs_ivl: list[int], rhs_ivl: list[int]) -> bool:
        """Whether two intervals with inclusive ends have a point in common."""
        return lhs_ivl[0] <= rhs_ivl[1] and rhs_ivl[0] <= lhs_ivl[1]

    @classmethod
    def lifetime_overlap(cls, lhs_spec: TensorSpec, rhs_spec: TensorSpec) -> bool:
        return cls.has_overlap(lhs_spec.lifetime, rhs_spec.lifetime)  # type: ignore[arg-type]

    @classmethod
    def storage_overlap(cls, lhs_spec: TensorSpec, rhs_spec: TensorSpec) -> bool:
        """Whether two planned specs have a byte in common."""
        if lhs_spec.mem_id != rhs_spec.mem_id or not (lhs_spec.nbytes() and rhs_spec.nbytes()):
            return False
        intervals = [
            [spec.mem_offset, spec.mem_offset + spec.allocated_memory - 1]  # type: ignore[operator]
            for spec in (lhs_spec, rhs_spec)
        ]
        return cls.has_overlap(*intervals)  # type: ignore[arg-type]

    @classmethod
    def mem_obj_id_match(
        cls, lhs_spec: TensorSpec, rhs_spec: TensorSpec, accept_both_none: bool = True
    ) -> bool:
        """Whether two specs are the same object of the same arena."""
        if lhs_spec.mem_obj_id is None and rhs_spec.mem_obj_id is None:
            return accept_both_none
        lhs, rhs = ((spec.mem_id, spec.mem_obj_id) for spec in (lhs_spec, rhs_spec))
        return lhs == rhs

    def verify_storage_reuse(self, allow_lifetime_and_storage_overlap: bool = False) -> int:
        """Number of pairs of storages that share memory.

        Raises InternalError if two of them are live at the same time, unless that is allowed.
        """
        levels: list[list[Use]] = []
        collect_uses(self.graph_module, set(), levels)
        return sum(
            _verify_level(uses, allow_lifetime_and_storage_overlap, self._describe)
            for uses in levels
        )

    def _describe(self, spec: TensorSpec) -> str:
        """A spec, and the first node that it is of."""
        for module in all_graph_modules(self.graph_module):
            for node in module.graph.nodes:
                if node.target is not alloc and any(
                    item is spec for item in pytree.tree_leaves(node.meta.get("spec"))
                ):
                    return f"node '{node.name}': {spec.debug()} {source_line(node)}".rstrip()
        return spec.debug()

    def verify_graph_input_output(self) -> None:
        """Raises InternalError if an input, output or mutable buffer is planned unduly."""
        module, signature = self.graph_module, self.graph_signature
        mutable = specs_by_name(module, mutable_buffer_names(signature))
        inputs = get_graph_input_tensors(module.graph.nodes, signature) - mutable
        outputs = {s for s in get_graph_output_tensors(module.graph.nodes) if not s.const} - mutable
        checks = [
            ("input", inputs - outputs, self.alloc_graph_input),
            ("output", outputs - inputs, self.alloc_graph_output),
            (
                "input that is also an output",
                inputs & outputs,
                self.alloc_graph_input and self.alloc_graph_output,
            ),
            ("mutable buffer", mutable, self.alloc_mutable_buffers),
        ]
        for what, specs, expected in checks:
            for spec in specs:
                planned = spec.mem_id is not None
                if storage_root(spec) is not spec and not expected:
                    continue
                if planned != expected and not storage_root(spec).const:
                    state = "" if planned else "not "
                    raise InternalError(f"{what} is {state}planned: {self._describe(spec)}")

    def verify_bounds(self, sizes: list[int]) -> None:
        """Raises InternalError if a storage is misaligned or leaves its arena."""
        for use in collect_uses(self.graph_module, set(), []):
            spec = use.spec
            assert spec.mem_id is not None and spec.mem_offset is not None
            if (
                spec.mem_offset % spec.alignment
                or spec.mem_id >= len(sizes)
                or spec.mem_offset + spec.allocated_memory > sizes[spec.mem_id]
            ):
                raise InternalError(
                    f"outside of the arenas of {sizes} bytes or misaligned: "
                    f"{self._describe(spec)} Correct the planning algorithm, or let "
                    "MemoryPlanningPass() plan."
                )
