# SPDX-License-Identifier: BSD-3-Clause
"""Decides, before memory is planned, which results need no memory of their own.

| name | result | lies in |
|---|---|---|
| alias_slices | of `slice_copy`, `select_copy`, outermost dimension | what it is a part of |
| concatenate_in_place | what `cat` along the outermost dimension joins | the joined tensor |
| reuse_inputs | of an elementwise operator | an input that nothing uses afterwards |

Calls that have become unnecessary become `memory.narrow` and `memory.select`. Inputs, outputs and
state of a method keep memory of their own, and so does everything that has been assigned to an
arena already. Parts of other tensors must be aligned as tensors are.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np
import torch
from torch import fx
from torch._ops import OpOverload

from executorch.exir import memory
from executorch.exir.storages import (
    get_node_tensor_specs,
    share_specs,
    storage_root,
    written_arguments,
)
from executorch.exir.tensor import TensorSpec

_aten = torch.ops.aten
_PLACES = (memory.alloc, memory.narrow, memory.select)


def _overloads(*names: str) -> frozenset[OpOverload]:
    packets = (getattr(_aten, name.partition(".")[0]) for name in names)
    return frozenset(getattr(p, n.partition(".")[2] or "out") for p, n in zip(packets, names))


ELEMENTWISE = _overloads(
    *("abs", "ceil", "clamp", "clamp.Tensor_out", "cos", "elu", "erf", "exp", "expm1", "floor"),
    *("gelu", "hardtanh", "leaky_relu", "log", "log1p", "log2", "log10", "logical_not", "neg"),
    *("reciprocal", "relu", "round", "rsqrt", "sigmoid", "sign", "sin", "sqrt", "tanh", "trunc"),
    *("add", "add.Scalar_out", "sub", "sub.Scalar_out", "mul", "mul.Scalar_out", "div"),
    *("div.Scalar_out", "maximum", "minimum", "pow.Tensor_Scalar_out", "where.self_out"),
    *("bitwise_not", "masked_fill.Scalar_out"),
)
"""Operators whose kernels read each element of an input before they write the same one of `out`."""


class _Graph:
    """A graph, with its storages and their lifetimes."""

    def __init__(self, graph_module: fx.GraphModule, alignment: int) -> None:
        self.graph = graph_module.graph
        self.alignment = alignment
        self.nodes = list(self.graph.nodes)
        for node in self.nodes:
            if node.op == "call_function":
                share_specs(node)
        self.index = {node: index for index, node in enumerate(self.nodes)}
        # Storages that only this graph knows: those that it allocates and does not return.
        self.own: dict[TensorSpec, fx.Node] = {
            spec: node
            for node in self.nodes
            if node.target is memory.alloc and isinstance(spec := node.meta.get("spec"), TensorSpec)
        }
        self.first: dict[TensorSpec, int] = {}
        self.last: dict[TensorSpec, int] = {}
        # Where operators write to what already holds something.
        self.writes: dict[TensorSpec, list[int]] = {}
        for index, node in enumerate(self.nodes):
            if node.op == "output":
                for result in node.all_input_nodes:
                    for spec in get_node_tensor_specs(result):
                        self.own.pop(spec, None)
                        self.own.pop(storage_root(spec), None)
            for used in (node, *node.all_input_nodes):
                for spec in get_node_tensor_specs(used):
                    root = storage_root(spec)
                    self.first.setdefault(root, index)
                    self.last[root] = index
            if isinstance(node.target, OpOverload):
                for source in written_arguments(node):
                    if isinstance(source, fx.Node) and source.target not in _PLACES:
                        for spec in get_node_tensor_specs(source):
                            self.writes.setdefault(storage_root(spec), []).append(index)

    def is_free(self, spec: Any) -> bool:
        """Whether a spec has a storage of its own that may be put somewhere else."""
        return (
            isinstance(spec, TensorSpec)
            and spec in self.own
            and spec.storage_base is None
            and spec.mem_id is None
        )

    def place(self, spec: TensorSpec, base: TensorSpec, offset: int) -> None:
        """Puts `spec` into `base`, `offset` bytes after its beginning."""
        root = storage_root(base)
        spec.storage_base, spec.storage_base_offset = base, offset
        self.first[root] = min(self.first[root], self.first[spec])
        self.last[root] = max(self.last[root], self.last[spec])


def _outer_stride(spec: TensorSpec, dim: int) -> int | None:
    """Bytes between the elements of an outermost dimension; None if it isn't one."""
    shape = list(spec.shape)
    if not spec.is_static_shape_tensor or list(spec.dim_order) != list(range(len(shape))):
        return None
    if any(size != 1 for size in shape[:dim]):
        return None
    return math.prod(shape[dim + 1 :]) * spec.dtype.itemsize


def _argument(node: fx.Node, position: int, default: Any) -> Any:
    return node.args[position] if position < len(node.args) else default


def _start(node: Any, size: int) -> int | None:
    """Index of the first element that a slice or selection takes."""
    if node.target is _aten.select_copy.int_out:
        index = node.args[2]
        return index % size if isinstance(index, int) else None
    start = _argument(node, 2, None) or 0
    if not isinstance(start, int) or _argument(node, 4, 1) != 1:
        return None
    return max(0, min(start + size if start < 0 else start, size))


def _alias_slice(graph: _Graph, node: Any) -> None:
    out = node.kwargs.get("out")
    result: Any = out.meta.get("spec") if isinstance(out, fx.Node) else None
    if not graph.is_free(result):
        return
    base = node.args[0].meta.get("spec")
    if not isinstance(base, TensorSpec) or base.dtype != result.dtype or not base.shape:
        return
    root = storage_root(base)
    dim = _argument(node, 1, 0) % len(base.shape)
    stride = _outer_stride(base, dim)
    if root not in graph.own or root.mem_id is not None or stride is None:
        return
    contiguous = list(result.dim_order) == list(range(len(result.shape)))
    start = _start(node, base.shape[dim])
    if start is None or not (contiguous and result.is_static_shape_tensor) or not result.nbytes():
        return
    if start * stride % graph.alignment:
        return
    index = graph.index[node]
    if any(index < write <= graph.last[result] for write in graph.writes.get(root, ())):
        return
    graph.place(result, base, start * stride)
    if node.target is _aten.select_copy.int_out:
        node.target, node.args = memory.select, (node.args[0], dim, start)
    else:
        node.target, node.args = memory.narrow, (node.args[0], dim, start, result.shape[dim])
    node.kwargs = {}
    graph.graph.erase_node(out)


def _alias_slices(graph: _Graph) -> None:
    for node in graph.nodes:
        if node.target in (_aten.slice_copy.Tensor_out, _aten.select_copy.int_out):
            _alias_slice(graph, node)


def _parts(graph: _Graph, node: Any) -> list[tuple[TensorSpec, int]] | None:
    """What `cat` joins, and the offset of each in the result, if all of it may be moved there."""
    out = node.kwargs.get("out")
    whole: Any = out.meta.get("spec") if isinstance(out, fx.Node) else None
    if not graph.is_free(whole):
        return None
    if not whole.shape or _outer_stride(whole, _argument(node, 1, 0) % len(whole.shape)) is None:
        return None
    parts: list[tuple[TensorSpec, int]] = []
    offset = 0
    for part in node.args[0]:
        spec = part.meta.get("spec")
        if not graph.is_free(spec) or spec in (known for known, _ in parts):
            return None
        contiguous = list(spec.dim_order) == list(range(len(spec.shape)))
        if (
            not (spec.is_static_shape_tensor and contiguous and spec.nbytes())
            or len(spec.shape) != len(whole.shape)
            or spec.dtype != whole.dtype
            or graph.last[spec] != graph.index[node]
            or offset % graph.alignment
        ):
            return None
        parts.append((spec, offset))
        offset += spec.nbytes()
    return parts


def _concatenate_in_place(graph: _Graph) -> None:
    nodes = [node for node in graph.nodes if node.target is _aten.cat.out and node.users]
    if not nodes:
        return
    live = np.zeros(len(graph.nodes) + 1, dtype=np.int64)
    for spec in graph.last:
        if not spec.const:
            live[graph.first[spec] : graph.last[spec] + 1] += spec.realign(graph.alignment)
    for node in nodes:
        parts = _parts(graph, node)
        if parts is None:
            continue
        whole: TensorSpec = node.kwargs["out"].meta["spec"]
        begin = min(graph.first[part] for part, _ in parts)
        end = graph.first[whole]
        # The whole is needed as soon as the first part is, which may cost more than it saves.
        change = np.zeros_like(live)
        change[begin:end] += whole.realign(graph.alignment)
        for part, _ in parts:
            change[graph.first[part] : graph.last[part] + 1] -= part.allocated_memory
        if (live + change).max() > live.max():
            continue
        live += change
        _join(graph, node, parts)


def _join(graph: _Graph, node: Any, parts: list[tuple[TensorSpec, int]]) -> None:
    out = node.kwargs["out"]
    whole: TensorSpec = out.meta["spec"]
    dim = _argument(node, 1, 0) % len(whole.shape)
    graph.own[min((part for part, _ in parts), key=graph.first.__getitem__)].prepend(out)
    start = 0
    for part, offset in parts:
        graph.place(part, whole, offset)
        allocation = graph.own[part]
        allocation.target = memory.narrow
        allocation.args = (out, dim, start, part.shape[dim])
        start += part.shape[dim]
    node.replace_all_uses_with(out)
    graph.graph.erase_node(node)


def _same_type(a: fx.Node, b: fx.Node) -> bool:
    x, y = a.meta["spec"], b.meta["spec"]
    if x.dtype != y.dtype or list(x.dim_order) != list(y.dim_order) or x.shape != y.shape:
        return False
    if x.is_static_shape_tensor and y.is_static_shape_tensor:
        return True
    return str(list(a.meta["val"].shape)) == str(list(b.meta["val"].shape))


def _reusable(graph: _Graph, node: fx.Node, out: fx.Node) -> TensorSpec | None:
    """The spec of an input that `node` may overwrite with its result."""
    result = out.meta["spec"]
    inputs = [n for n in node.all_input_nodes if n is not out]
    if not all(isinstance(n.meta.get("spec"), (TensorSpec, type(None))) for n in inputs):
        return None
    for candidate in inputs:
        spec = candidate.meta.get("spec")
        if spec is None or not _same_type(candidate, out):
            continue
        root = storage_root(spec)
        if (
            root not in graph.own
            or root.mem_id is not None
            or graph.last[root] != graph.index[node]
            or root.realign(graph.alignment) != result.realign(graph.alignment)
        ):
            continue
        others = (n.meta.get("spec") for n in inputs if n is not candidate)
        if all(s is None or storage_root(s) is not root or _same_place(s, spec) for s in others):
            return spec
    return None


def _same_place(a: TensorSpec, b: TensorSpec) -> bool:
    return a is b or (a.nbytes() == b.nbytes() and list(a.shape) == list(b.shape))


def _reuse_inputs(graph: _Graph) -> None:
    for node in graph.nodes:
        if node.target not in ELEMENTWISE:
            continue
        out = node.kwargs.get("out")
        if not isinstance(out, fx.Node) or not graph.is_free(out.meta.get("spec")):
            continue
        spec = _reusable(graph, node, out)
        if spec is not None:
            graph.place(out.meta["spec"], spec, 0)


def share_storages(graph_module: fx.GraphModule, names: Collection[str], alignment: int) -> None:
    """Applies the named decisions (see above) to a graph that is ready to be planned."""
    graph = _Graph(graph_module, alignment)
    if "alias_slices" in names:
        _alias_slices(graph)
    if "concatenate_in_place" in names:
        _concatenate_in_place(graph)
    if "reuse_inputs" in names:
        _reuse_inputs(graph)
    graph_module.recompile()
