# SPDX-License-Identifier: BSD-3-Clause
"""Decides where in the arenas of a method each of its storages lives (see `storages`).

`apply_algo` is the entry. It finds the storages and their lifetimes, asks an algorithm for their
places, and plans control flow submodules, whose storages are a block of the caller's arena that is
in use only during the call. An algorithm is any callable

    algo(alignment, specs, graph_module, graph_signature, extra_padding) -> sizes of the arenas

that sets `mem_id`, `mem_offset` and `mem_obj_id` of each spec in `specs`; a spec that already has a
`mem_id` must stay in that arena. Arenas are numbered from 1, sizes[0] is always 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import fx
from torch.export.graph_signature import ConstantArgument, ExportGraphSignature, InputKind
from torch.utils import _pytree as pytree

from executorch.exir import offset_assignment
from executorch.exir.control_flow_call import ControlFlowCall, Subgraph, control_flow_call
from executorch.exir.error import ExportError, ExportErrorType, InternalError
from executorch.exir.memory_plan_verifier import Verifier
from executorch.exir.offset_assignment import PORTFOLIO, assign_offsets
from executorch.exir.schema import DeviceType, NonConstBufferDevice
from executorch.exir.storages import (
    collect_specs_from_nodes,
    filter_nodes,
    get_graph_input_tensors,
    get_graph_output_tensors,
    get_node_tensor_specs,
    input_names,
    mutable_buffer_names,
    share_specs,
    specs_by_name,
    storage_root,
    update_all_tensors_lifetime,
)
from executorch.exir.tensor import TensorSpec

__all__ = [
    "MemoryAlgoResult",
    "MemoryPlanningAlgorithmSuite",
    "SpecAllocResult",
    "Verifier",
    "apply_algo",
    "collect_specs_from_nodes",
    "filter_nodes",
    "follow_storages",
    "get_node_tensor_specs",
    "greedy",
    "naive",
    "portfolio",
    "update_all_tensors_lifetime",
]

XNNPACK_PADDING = 64
"""Bytes after the last tensor of an arena that XNNPACK kernels may read (not use)."""

Device = tuple[DeviceType, int]
_CPU: Device = (DeviceType.CPU, 0)


@dataclass
class SpecAllocResult:
    """Place of a storage: arena (from 1), number of the storage in it, byte offset in it."""

    mem_id: int
    mem_obj_id: int
    mem_offset: int


@dataclass
class MemoryAlgoResult:
    """Places of all storages and sizes in bytes of all arenas; bufsizes[0] is 0."""

    spec_dict: dict[TensorSpec, SpecAllocResult]
    bufsizes: list[int]


Algorithm = Callable[..., MemoryAlgoResult]
PlanningFunction = Callable[..., list[int]]


def _plan_arenas(
    alignment: int,
    specs: Iterable[TensorSpec],
    extra_padding: int,
    places_of: Callable[[list[TensorSpec]], Iterable[tuple[int, int]]],
) -> MemoryAlgoResult:
    """places_of: object numbers and offsets of the storages of one arena."""
    arenas: dict[int, list[TensorSpec]] = defaultdict(list)
    # A set has no order of its own, and equal models must give equal programs.
    for spec in sorted(specs, key=lambda s: (s.lifetime, -s.realign(alignment), s.mem_obj_id or 0)):
        arenas[spec.mem_id or 1].append(spec)
    result = MemoryAlgoResult({}, [0] * (max(arenas, default=1) + 1))
    for mem_id, members in arenas.items():
        size = 0
        for spec, (number, offset) in zip(members, places_of(members), strict=True):
            result.spec_dict[spec] = SpecAllocResult(mem_id, number, offset)
            size = max(size, offset + spec.allocated_memory)
        result.bufsizes[mem_id] = size + extra_padding
    return result


def _assign(
    members: Sequence[TensorSpec], algorithms: Sequence[offset_assignment.Algorithm]
) -> Iterable[tuple[int, int]]:
    first, last = zip(*(spec.lifetime for spec in members))
    sizes = [spec.allocated_memory for spec in members]
    return enumerate(assign_offsets(first, last, sizes, algorithms).offsets)


def portfolio(
    alignment: int,
    specs: set[TensorSpec],
    graph_module: fx.GraphModule,
    graph_signature: ExportGraphSignature | None,
    extra_padding: int = 0,
    *,
    algorithms: Sequence[offset_assignment.Algorithm] = PORTFOLIO,
) -> MemoryAlgoResult:
    """The smallest plan that `algorithms` find for each arena; see `offset_assignment`."""
    return _plan_arenas(
        alignment, specs, extra_padding, lambda members: _assign(members, algorithms)
    )


def greedy(
    alignment: int,
    specs: set[TensorSpec],
    graph_module: fx.GraphModule,
    graph_signature: ExportGraphSignature | None,
    extra_padding: int = 0,
    *,
    allow_overlapping_allocations: bool = True,
) -> MemoryAlgoResult:
    """The biggest storages are placed first, each as low as those that are live with it allow.

    allow_overlapping_allocations: if false, storages that share any memory begin at the same byte.
    """
    if not allow_overlapping_allocations:
        return _plan_arenas(alignment, specs, extra_padding, _shared_objects)
    return portfolio(
        alignment,
        specs,
        graph_module,
        graph_signature,
        extra_padding,
        algorithms=[offset_assignment.greedy_by_size],
    )


def _shared_objects(members: list[TensorSpec]) -> list[tuple[int, int]]:
    """Each storage gets the first object that none live with it has; the first has its size."""
    objects: list[list[TensorSpec]] = []
    number: dict[TensorSpec, int] = {}
    for spec in sorted(members, key=lambda spec: -spec.allocated_memory):
        free = (
            index
            for index, others in enumerate(objects)
            if not any(Verifier.lifetime_overlap(spec, other) for other in others)
        )
        index = next(free, len(objects))
        if index == len(objects):
            objects.append([])
        objects[index].append(spec)
        number[spec] = index
    starts = [0, *accumulate(others[0].allocated_memory for others in objects)]
    return [(number[spec], starts[number[spec]]) for spec in members]


def naive(
    alignment: int,
    specs: set[TensorSpec],
    graph_module: fx.GraphModule,
    graph_signature: ExportGraphSignature | None,
    extra_padding: int = 0,
) -> MemoryAlgoResult:
    """Every storage has memory of its own."""
    return _plan_arenas(
        alignment,
        specs,
        extra_padding,
        lambda members: enumerate(
            accumulate((s.allocated_memory for s in members[:-1]), initial=0)
        ),
    )


class MemoryPlanningAlgorithmSuite:
    """Runs several algorithms and keeps the result with the smallest arenas.

    algo_list: by default `portfolio`, whose results are optimal or close to it.
    """

    def __init__(self, algo_list: list[Algorithm] | None = None) -> None:
        self.algo_list = algo_list or [portfolio]

    def __call__(
        self,
        alignment: int,
        specs: set[TensorSpec],
        graph_module: fx.GraphModule,
        graph_signature: ExportGraphSignature | None,
        extra_padding: int = 0,
    ) -> list[int]:
        results = [
            algo(alignment, specs, graph_module, graph_signature, extra_padding)
            for algo in self.algo_list
        ]
        best = min(results, key=lambda result: sum(result.bufsizes))
        for spec, place in best.spec_dict.items():
            spec.mem_id = place.mem_id
            spec.mem_obj_id = place.mem_obj_id
            spec.mem_offset = place.mem_offset
        return best.bufsizes


def _replace_specs(graph_module: fx.GraphModule, new: dict[TensorSpec, TensorSpec]) -> None:
    for node in graph_module.graph.nodes:
        for spec in get_node_tensor_specs(node):
            if spec.storage_base in new:
                spec.storage_base = new[spec.storage_base]
        if "spec" in node.meta:
            node.meta["spec"] = pytree.tree_map(lambda s: new.get(s, s), node.meta["spec"])


def _can_hold(result: TensorSpec, spec: TensorSpec) -> bool:
    if result.is_static_shape_tensor and list(result.shape) != list(spec.shape):
        return False
    return (
        result.dtype == spec.dtype
        and result.dim_order == spec.dim_order
        and result.nbytes() >= spec.nbytes()
    )


def _bind(call: ControlFlowCall, subgraph: Subgraph) -> set[TensorSpec]:
    """Makes a subgraph use the caller's storage for what it shares with it; answers those storages.

    A branch of `cond` writes its results straight to those of the call, where it can.
    """
    replaced: dict[TensorSpec, TensorSpec] = {}
    for placeholder, outer in zip(subgraph.placeholders, call.bound_specs(subgraph)):
        if outer is not None:
            replaced[placeholder.meta["spec"]] = outer
    bound = set(map(storage_root, replaced.values()))
    if call.kind == "cond":
        for inner, result in zip(subgraph.results, call.result_specs):
            if not isinstance(inner, fx.Node) or inner.op != "call_function":
                continue
            spec = inner.meta.get("spec")
            if (
                isinstance(spec, TensorSpec)
                and isinstance(result, TensorSpec)
                and spec.storage_base is None
                and spec not in replaced
                and spec not in bound
                and _can_hold(result, spec)
            ):
                replaced[spec] = result
                bound.add(result)
    _replace_specs(subgraph.module, replaced)
    return bound


def _contains_xnnpack_delegate(graph_module: fx.GraphModule) -> bool:
    return any(
        getattr(module, "backend_id", None) == "XnnpackBackend" for module in graph_module.modules()
    )


@dataclass
class _Workspace:
    """Storages of the submodules of one call, and the blocks of the caller's arenas they are in."""

    blocks: dict[int, TensorSpec]
    storages: set[TensorSpec]

    def place(self) -> None:
        """Moves the storages to where the blocks were placed."""
        for spec in self.storages:
            assert spec.mem_id is not None and spec.mem_offset is not None
            block = self.blocks[spec.mem_id]
            assert block.mem_id is not None and block.mem_offset is not None
            spec.mem_id, spec.mem_offset = block.mem_id, spec.mem_offset + block.mem_offset


def _plan_call(
    algo: PlanningFunction, call: ControlFlowCall, alignment: int, index: int
) -> _Workspace:
    """Plans the submodules of a call, which are never in use together: they share the blocks."""
    workspace = _Workspace({}, set())
    for subgraph in call.subgraphs:
        bound = _bind(call, subgraph)
        storages, sizes = _plan_graph(algo, subgraph.module, alignment, None, bound, set(), 0)
        workspace.storages |= storages
        for mem_id in {spec.mem_id for spec in storages}:
            assert mem_id is not None
            block = workspace.blocks.get(mem_id)
            if block is None or block.nbytes() < sizes[mem_id]:
                block = TensorSpec(torch.uint8, torch.Size([sizes[mem_id]]))
                block.lifetime = [index, index]
                block.mem_id = mem_id
                workspace.blocks[mem_id] = block
    return workspace


def _plan_graph(
    algo: PlanningFunction,
    graph_module: fx.GraphModule,
    alignment: int,
    signature: ExportGraphSignature | None,
    bound: set[TensorSpec],
    unplanned: set[TensorSpec],
    extra_padding: int,
) -> tuple[set[TensorSpec], list[int]]:
    """Plans a graph and everything it calls; answers all storages of it and the sizes of the
    arenas.

    bound: storages that are the caller's business. unplanned: storages that shall have no place.
    """
    workspaces: list[_Workspace] = []
    for index, node in enumerate(graph_module.graph.nodes):
        if node.op == "call_function":
            share_specs(node)
        call = control_flow_call(node)
        if call is not None:
            workspaces.append(_plan_call(algo, call, alignment, index))

    storages = update_all_tensors_lifetime(graph_module, signature, bound) - unplanned
    blocks = {block for workspace in workspaces for block in workspace.blocks.values()}
    sizes = algo(alignment, storages | blocks, graph_module, signature, extra_padding)
    for workspace in workspaces:
        workspace.place()
        storages |= workspace.storages
    return storages, sizes


def follow_storages(graph_module: fx.GraphModule, unplanned: set[TensorSpec]) -> None:
    """Gives every spec that lies in another one's storage its place."""
    for module in graph_module.modules():
        if not isinstance(module, fx.GraphModule):
            continue
        for node in module.graph.nodes:
            for spec in get_node_tensor_specs(node):
                root = storage_root(spec)
                if root is spec or root.mem_id is None or spec in unplanned:
                    continue
                assert root.mem_offset is not None
                spec.mem_id, spec.mem_obj_id = root.mem_id, root.mem_obj_id
                spec.mem_offset = root.mem_offset + spec.storage_base_offset


def _by_device(algo: PlanningFunction, devices: list[Device]) -> PlanningFunction:
    """`algo` applied to the storages of each device on their own; `devices` receives whose arena k
    is.

    The arenas of the CPU come first.
    """

    def plan(
        alignment: int,
        specs: set[TensorSpec],
        graph_module: fx.GraphModule,
        signature: ExportGraphSignature | None,
        extra_padding: int,
    ) -> list[int]:
        groups: dict[Device, set[TensorSpec]] = {_CPU: set()}
        for spec in specs:
            groups.setdefault((spec.device, spec.device_index), set()).add(spec)
        sizes: list[int] = [0]
        devices[:] = [_CPU]
        for device in sorted(groups, key=lambda device: (device != _CPU, device)):
            members = groups[device]
            if device != _CPU and any(spec.mem_id is not None for spec in members):
                raise ExportError(
                    ExportErrorType.NOT_SUPPORTED,
                    f"tensors on {device[0].name}:{device[1]} can't be in a custom memory pool",
                )
            base = len(sizes) - 1
            arenas = algo(alignment, members, graph_module, signature, extra_padding)
            for spec in members:
                if spec.mem_id is None or spec.mem_offset is None:
                    raise InternalError(
                        f"the planning algorithm {algo} left a tensor without a place: it has to "
                        f"set mem_id and mem_offset of every spec. {spec.debug()}"
                    )
                spec.mem_id += base
            sizes.extend(arenas[1:])
            devices.extend([device] * len(arenas[1:]))
        return sizes

    return plan


def _build_non_const_buffer_device(devices: list[Device]) -> list[NonConstBufferDevice] | None:
    listed = [
        NonConstBufferDevice(buffer_idx=index, device_type=device, device_index=number)
        for index, (device, number) in enumerate(devices)
        if device != DeviceType.CPU
    ]
    return listed or None


def _mark_constants(graph_module: fx.GraphModule, signature: ExportGraphSignature | None) -> None:
    if signature is None:
        return
    names = input_names(signature, InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR)
    for spec in specs_by_name(graph_module, names - mutable_buffer_names(signature).keys()):
        spec.const = spec.mem_id is None


def _do_user_inputs_exist(graph_signature: ExportGraphSignature | None) -> bool:
    """Whether the caller passes anything in that is not a constant in the program."""
    if graph_signature is None:
        return False
    return any(
        spec.kind == InputKind.USER_INPUT and not isinstance(spec.arg, ConstantArgument)
        for spec in graph_signature.input_specs
    )


def _unplanned_specs(
    graph_module: fx.GraphModule,
    signature: ExportGraphSignature | None,
    alloc_graph_input: bool,
    alloc_graph_output: bool,
    alloc_mutable_buffers: bool,
) -> set[TensorSpec]:
    unplanned: set[TensorSpec] = set()
    if not alloc_graph_input:
        unplanned |= get_graph_input_tensors(graph_module.graph.nodes, signature)
    if not alloc_graph_output:
        unplanned |= get_graph_output_tensors(graph_module.graph.nodes)
    mutable = specs_by_name(graph_module, mutable_buffer_names(signature))
    return unplanned - mutable if alloc_mutable_buffers else unplanned | mutable


def apply_algo(
    algo: PlanningFunction,
    graph_module: fx.GraphModule,
    alignment: int,
    graph_signature: ExportGraphSignature | None = None,
    alloc_graph_input: bool = True,
    alloc_graph_output: bool = True,
    alloc_mutable_buffers: bool = True,
    enable_non_cpu_memory_planning: bool = False,
) -> list[int]:
    """Plans a method and answers the sizes of its arenas in bytes; sizes[0] is 0.

    The specs in `graph_module` receive their lifetimes and places. Inputs, outputs and mutable
    buffers are left without a place if their `alloc_` flag is false: whoever runs the program
    supplies them.
    """
    _mark_constants(graph_module, graph_signature)
    unplanned = _unplanned_specs(
        graph_module, graph_signature, alloc_graph_input, alloc_graph_output, alloc_mutable_buffers
    )
    devices: list[Device] = []
    if enable_non_cpu_memory_planning:
        algo = _by_device(algo, devices)
    padding = XNNPACK_PADDING if _contains_xnnpack_delegate(graph_module) else 0
    _, sizes = _plan_graph(
        algo, graph_module, alignment, graph_signature, set(), unplanned, padding
    )
    follow_storages(graph_module, unplanned)
    if len(sizes) == 1:
        sizes = [0, 0]
    graph_module.meta["non_const_buffer_sizes"] = sizes
    graph_module.meta["non_const_buffer_device"] = _build_non_const_buffer_device(devices)
    return sizes
