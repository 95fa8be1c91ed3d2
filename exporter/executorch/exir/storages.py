# SPDX-License-Identifier: BSD-3-Clause
"""The storages of a graph and how long each of them is live.

A storage is what memory is planned for: a spec without `storage_base`. Specs that have one (views)
lie in another spec's storage; results of in-place operators have the spec of what they overwrite.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import fx
from torch.export.graph_signature import ExportGraphSignature, InputKind, OutputKind
from torch.utils import _pytree as pytree

from executorch.exir import memory
from executorch.exir.constants import trained_parameters
from executorch.exir.tensor import TensorSpec


def get_node_tensor_specs(node: fx.Node) -> list[TensorSpec]:
    """Specs of all tensors that `node` yields; empty for other nodes."""
    specs = node.meta.get("spec")
    if specs is None or isinstance(specs, TensorSpec):
        return [] if specs is None else [specs]
    return [spec for spec in pytree.tree_leaves(specs) if isinstance(spec, TensorSpec)]


def filter_nodes(inputs: Iterable[Any]) -> Iterator[fx.Node]:
    """The nodes in `inputs`, also those inside of lists and dictionaries."""
    return (leaf for leaf in pytree.tree_leaves(list(inputs)) if isinstance(leaf, fx.Node))


def storage_root(spec: TensorSpec) -> TensorSpec:
    """The spec whose storage `spec` lies in, possibly itself.

    Shortens the way there to one step, so that a long chain of views is walked once.
    """
    if spec.storage_base is None:
        return spec
    root, offset = spec.storage_base, spec.storage_base_offset
    while root.storage_base is not None:
        offset += root.storage_base_offset
        root = root.storage_base
    spec.storage_base, spec.storage_base_offset = root, offset
    return root


def _specs_of(nodes: Iterable[fx.Node], names: Iterable[str] | None = None) -> set[TensorSpec]:
    wanted = None if names is None else set(names)
    return {
        spec
        for node in nodes
        if wanted is None or node.name in wanted
        for spec in get_node_tensor_specs(node)
    }


def specs_by_name(graph_module: fx.GraphModule, names: Iterable[str]) -> set[TensorSpec]:
    return _specs_of(graph_module.graph.nodes, names)


def input_names(signature: ExportGraphSignature, *kinds: InputKind) -> set[str]:
    return {spec.arg.name for spec in signature.input_specs if spec.kind in kinds}


def mutable_buffer_names(signature: ExportGraphSignature | None) -> dict[str, str]:
    """Fully qualified names, by placeholder, of the buffers that a method changes, and of the
    parameters that an optimizer changes between its calls.
    """
    if signature is None:
        return {}
    changed = {
        spec.target for spec in signature.output_specs if spec.kind == OutputKind.BUFFER_MUTATION
    }
    changed |= trained_parameters(signature)
    return {
        spec.arg.name: spec.target
        for spec in signature.input_specs
        if spec.kind in (InputKind.BUFFER, InputKind.PARAMETER)
        and spec.target in changed
        and spec.target is not None
    }


def get_graph_input_tensors(
    nodes: Iterable[fx.Node], graph_signature: ExportGraphSignature | None = None
) -> set[TensorSpec]:
    """Specs of what the caller passes in; without a signature, of all placeholders."""
    placeholders = [node for node in nodes if node.op == "placeholder"]
    if graph_signature is None:
        return _specs_of(placeholders)
    return _specs_of(placeholders, input_names(graph_signature, InputKind.USER_INPUT))


def get_graph_output_tensors(nodes: Iterable[fx.Node]) -> set[TensorSpec]:
    """Specs of what the graph returns."""
    outputs = [node for node in nodes if node.op == "output"]
    return _specs_of(result for output in outputs for result in output.all_input_nodes)


def written_arguments(node: fx.Node) -> list[fx.Node | None]:
    """For each result of an operator, the argument that it is written to in place, if it is one."""
    schema = node.target._schema
    written: dict[str, Any] = {}
    for index, argument in enumerate(schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            value = node.args[index] if index < len(node.args) else node.kwargs.get(argument.name)
            for name in argument.alias_info.after_set:
                written[name] = value
    results = []
    for result in schema.returns:
        names = result.alias_info.after_set if result.alias_info is not None else ()
        results.append(next((written[name] for name in names if name in written), None))
    return results


def share_specs(node: fx.Node) -> None:
    """Makes results that are other values' storage have those values' specs or refer to them."""
    if node.target is operator.getitem:
        source, index = node.args
        specs = source.meta.get("spec")
        if isinstance(specs, (list, tuple)):
            node.meta["spec"] = specs[index]  # type: ignore[index]
    elif node.target is memory.view:
        base: Any = node.args[0]
        spec = node.meta["spec"]
        if spec is not base.meta["spec"]:
            spec.storage_base, spec.storage_base_offset = base.meta["spec"], 0
    elif isinstance(node.target, torch._ops.OpOverload):
        sources = written_arguments(node)
        if any(isinstance(source, fx.Node) for source in sources):
            specs = node.meta.get("spec")
            results = list(specs) if isinstance(specs, (list, tuple)) else [specs]
            for position, source in enumerate(sources):
                if isinstance(source, fx.Node):
                    results[position] = source.meta["spec"]
            node.meta["spec"] = results if isinstance(specs, (list, tuple)) else results[0]
        _share_list_out(node)


def _share_list_out(node: fx.Node) -> None:
    """An operator that writes to a list of tensors returns nothing: its specs are the list's."""
    outs = node.kwargs.get("out")
    if isinstance(outs, fx.Node) and isinstance(outs.meta.get("spec"), (list, tuple)):
        node.meta["spec"] = outs.meta["spec"]
    elif isinstance(outs, (list, tuple)):
        node.meta["spec"] = [out.meta["spec"] for out in outs]


def collect_storages(
    nodes: Iterable[fx.Node], ignore: set[TensorSpec] | None = None
) -> Iterator[TensorSpec]:
    """Storages that `nodes` define or use, each once, without constants and those in `ignore`."""
    seen = set(ignore or ())
    for node in nodes:
        if node.op not in ("placeholder", "call_function"):
            continue
        for spec in get_node_tensor_specs(node):
            root = storage_root(spec)
            if root not in seen and not root.const:
                seen.add(root)
                yield root


def update_all_tensors_lifetime(
    graph_module: fx.GraphModule,
    graph_signature: ExportGraphSignature | None = None,
    ignore: set[TensorSpec] | None = None,
) -> set[TensorSpec]:
    """Sets the lifetime, as inclusive node indices, of every storage in a graph; answers the
    storages.

    A storage is live from the first node that defines it, or any view of it, to the last one that
    uses it. Inputs are live from the start, since they may be set in any order. Mutable buffers are
    always live. `mem_obj_id` of the storages is set to the order in which they appear.
    """
    nodes = list(graph_module.graph.nodes)
    storages = set()
    for order, spec in enumerate(collect_storages(nodes, ignore)):
        storages.add(spec)
        spec.lifetime = [None, None]
        spec.mem_obj_id = order
    for index, node in enumerate(nodes):
        for user in (node, *node.all_input_nodes):
            for spec in get_node_tensor_specs(user):
                root = storage_root(spec)
                if root in storages:
                    first = root.lifetime[0]
                    root.lifetime = [index if first is None else first, index]
    end = len(nodes) - 1
    placeholders = graph_module.graph.find_nodes(op="placeholder")
    always = set(mutable_buffer_names(graph_signature))
    if graph_signature is not None:
        always.update(graph_signature.user_inputs_to_mutate.values())
    for node in placeholders:
        for spec in get_node_tensor_specs(node):
            root = storage_root(spec)
            if root in storages:
                root.lifetime[0] = 0
                if node.name in always:
                    root.lifetime[1] = end
    return storages


def collect_specs_from_nodes(
    nodes: Iterable[fx.Node],
    graph_signature: ExportGraphSignature | None = None,
    ignore_graph_input: bool = False,
    ignore_graph_output: bool = False,
    ignore_mutable_buffers: bool = False,
    ignore_const: bool = True,
    ignore_out_var_node: bool = True,
    dedup: bool = True,
    do_assertion: bool = True,
    ignore_dynamic_unbound_tensor: bool = True,
) -> Iterator[TensorSpec]:
    """Specs of `nodes`, in order, without those that the flags name.

    dedup: yield each spec once. ignore_out_var_node, do_assertion: without effect, since an
    operator that writes to an allocation has the allocation's spec.
    """
    nodes = list(nodes)
    ignored: set[TensorSpec] = set()
    if ignore_graph_input:
        ignored |= get_graph_input_tensors(nodes, graph_signature)
    if ignore_graph_output:
        ignored |= get_graph_output_tensors(nodes)
    if ignore_mutable_buffers:
        ignored |= _specs_of(nodes, mutable_buffer_names(graph_signature))
    for node in nodes:
        for spec in get_node_tensor_specs(node):
            if spec in ignored or (ignore_const and spec.const):
                continue
            if ignore_dynamic_unbound_tensor and spec.is_dynamic_unbound_tensor:
                continue
            if dedup:
                ignored.add(spec)
            yield spec
