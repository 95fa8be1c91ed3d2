# SPDX-License-Identifier: BSD-3-Clause
"""Takes the tagged nodes out of a graph and puts a delegate call in their place."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.exported_program import ModuleCallEntry, ModuleCallSignature
from torch.export.graph_signature import (
    ConstantArgument,
    ExportGraphSignature,
    InputKind,
    InputSpec,
    OutputKind,
    OutputSpec,
    SymIntArgument,
    TensorArgument,
)
from torch.utils import _pytree as pytree

from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.error import ExportError, ExportErrorType

TAG = "delegation_tag"
"""Key in the `meta` of a node: the partition that it belongs to."""

COPY_TAGS = "delegation_tags_of_copies"
"""Key in the `meta` of a constant: the partitions that are given a copy of it."""

_OWNABLE = (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR)


@dataclass
class Partition:
    """A part of a program, on its own.

    program: what the part computes. Tagged parameters, buffers and constants are part of it.
    module, name: graph module that calls the part, and the attribute for the lowered module.
    """

    program: ExportedProgram
    module: fx.GraphModule
    name: str


def tagged_nodes(module: fx.GraphModule, tag: str) -> list[fx.Node]:
    """The nodes with `tag`, in graph order, and the `getitem`s that take their results apart."""
    nodes: dict[fx.Node, None] = {}
    for node in module.graph.nodes:
        if node.op == "call_function" and (
            node.meta.get(TAG) == tag or (node.target is operator.getitem and node.args[0] in nodes)
        ):
            nodes[node] = None
    return list(nodes)


def _dependents(module: fx.GraphModule, nodes: list[fx.Node], tag: str) -> list[fx.Node]:
    """The other nodes that depend on `nodes`; raises if one of `nodes` depends on these in turn."""
    inside = set(nodes)
    dependents: dict[fx.Node, None] = {}
    for node in module.graph.nodes:
        through = next((n for n in node.all_input_nodes if n in dependents), None)
        if node in inside:
            if through is not None:
                raise ExportError(
                    ExportErrorType.VIOLATION_OF_SPEC,
                    f"partition {tag} can't be run as a whole: its node '{node.name}' depends on "
                    f"'{through.name}', which is not in the partition but depends on it",
                )
        elif through is not None or any(n in inside for n in node.all_input_nodes):
            dependents[node] = None
    return list(dependents)


@dataclass
class _Signature:
    """What a part takes from the signature of the program that it is taken out of."""

    owned: dict[fx.Node, InputSpec] = field(default_factory=dict)
    # By node: the buffer that its value is the new value of.
    mutations: dict[fx.Node, OutputSpec] = field(default_factory=dict)


def _owned_signature(owner: ExportedProgram, nodes: list[fx.Node], tag: str) -> _Signature:
    signature, inside = owner.graph_signature, set(nodes)
    specs = {s.arg.name: s for s in signature.input_specs if s.kind in _OWNABLE}
    result = _Signature()
    for node in owner.graph.find_nodes(op="placeholder"):
        used = any(user in inside for user in node.users)
        is_owned = node.meta.get(TAG) == tag or tag in node.meta.get(COPY_TAGS, ())
        if is_owned and node.name in specs and used:
            result.owned[node] = specs[node.name]
    names = {spec.target for spec in result.owned.values()}
    values = owner.graph.output_node().args[0]
    for spec, value in zip(signature.output_specs, values):
        if spec.kind == OutputKind.BUFFER_MUTATION and spec.target in names:
            if value not in inside:
                raise ExportError(
                    ExportErrorType.VIOLATION_OF_SPEC,
                    f"partition {tag} owns buffer {spec.target}, but its new value is computed by "
                    f"'{value.name}', outside of the partition",
                )
            result.mutations[value] = spec
    return result


def _argument_spec(node: fx.Node) -> Any:
    value = node.meta["val"]
    if isinstance(value, torch.Tensor):
        return TensorArgument(name=node.name)
    if isinstance(value, torch.SymInt):
        return SymIntArgument(name=node.name)
    return ConstantArgument(name=node.name, value=value)


def extract_partition(
    module: fx.GraphModule, nodes: list[fx.Node], tag: str, owner: ExportedProgram, index: int
) -> Partition:
    """Replaces `nodes` of `module`, in place, by a call of attribute `lowered_module_<index>`.

    owner: the program; its signature changes, too, if the part owns tagged inputs. The attribute is
    an empty module until the part is lowered.
    """
    dependents = _dependents(module, nodes, tag)
    is_top = module is owner.graph_module
    signature = _owned_signature(owner, nodes, tag) if is_top else _Signature()
    external = [n for n in _external_inputs(nodes) if n not in signature.owned]
    # Branches and other delegates that the part refers to move with it.
    attributes = [node for node in external if node.op == "get_attr"]
    inputs = [node for node in external if node.op != "get_attr"]
    if is_top:
        _give_up_mutations(owner, signature)
    inside = set(nodes)
    outputs = [n for n in nodes if any(user not in inside for user in n.users)]
    program = _part_as_program(owner, module, attributes, nodes, inputs, outputs, signature)

    name = f"lowered_module_{index}"
    setattr(module, name, torch.nn.Module())
    _insert_call(module.graph, name, nodes, inputs, outputs, dependents)
    for node in reversed(nodes):
        module.graph.erase_node(node)
    for node in attributes:
        if not node.users:
            module.graph.erase_node(node)
    for node, spec in signature.owned.items():
        if not node.users:
            module.graph.erase_node(node)
            owner.graph_signature.input_specs.remove(spec)
    return Partition(program, module, name)


def _external_inputs(nodes: list[fx.Node]) -> list[fx.Node]:
    inside = set(nodes)
    return list(dict.fromkeys(i for n in nodes for i in n.all_input_nodes if i not in inside))


def _give_up_mutations(owner: ExportedProgram, signature: _Signature) -> None:
    """Removes from the program the mutations that the part does itself."""
    moved = {id(spec) for spec in signature.mutations.values()}
    output = owner.graph.output_node()
    specs = owner.graph_signature.output_specs
    pairs = [(s, v) for s, v in zip(specs, output.args[0]) if id(s) not in moved]
    owner.graph_signature.output_specs = [spec for spec, _ in pairs]
    output.args = (tuple(value for _, value in pairs),)


def _part_as_program(
    owner: ExportedProgram,
    module: fx.GraphModule,
    attributes: list[fx.Node],
    nodes: list[fx.Node],
    inputs: list[fx.Node],
    outputs: list[fx.Node],
    signature: _Signature,
) -> ExportedProgram:
    graph = fx.Graph()
    new: dict[fx.Node, fx.Node] = {}
    for node in (*signature.owned, *inputs):
        new[node] = graph.placeholder(node.name)
        new[node].name = node.name
        new[node].meta = {key: value for key, value in node.meta.items() if key != TAG}
    root = torch.nn.Module()
    for node in attributes:
        new[node] = graph.get_attr(str(node.target))
        new[node].meta = dict(node.meta)
        setattr(root, str(node.target), operator.attrgetter(str(node.target))(module))
    for node in nodes:
        new[node] = graph.node_copy(node, new.__getitem__)
        new[node].name = node.name
        new[node].meta = {key: value for key, value in node.meta.items() if key != TAG}
    results = [new[node] for node in (*signature.mutations, *outputs)]
    graph.output(tuple(results))

    input_specs = [
        InputSpec(s.kind, TensorArgument(name=n.name), s.target, s.persistent)
        for n, s in signature.owned.items()
    ]
    input_specs += [InputSpec(InputKind.USER_INPUT, _argument_spec(n), None) for n in inputs]
    output_specs = [
        OutputSpec(s.kind, TensorArgument(name=n.name), s.target)
        for n, s in signature.mutations.items()
    ]
    output_specs += [OutputSpec(OutputKind.USER_OUTPUT, _argument_spec(n), None) for n in outputs]
    targets = [str(spec.target) for spec in signature.owned.values()]
    call = ModuleCallSignature(
        inputs=[],
        outputs=[],
        in_spec=pytree.tree_flatten((tuple(range(len(inputs))), {}))[1],
        out_spec=pytree.tree_flatten(tuple(range(len(outputs))))[1],
    )
    return ExportedProgram(
        root=root,
        graph=graph,
        graph_signature=ExportGraphSignature(input_specs, output_specs),
        state_dict={t: owner.state_dict[t] for t in targets if t in owner.state_dict},
        range_constraints=dict(owner.range_constraints),
        module_call_graph=[ModuleCallEntry(fqn="", signature=call)],
        constants={t: owner.constants[t] for t in targets if t in owner.constants},
        verifiers=owner.verifiers,
    )


def _insert_call(
    graph: fx.Graph,
    name: str,
    nodes: list[fx.Node],
    inputs: list[fx.Node],
    outputs: list[fx.Node],
    dependents: list[fx.Node],
) -> None:
    inside = set(nodes)
    with graph.inserting_after(nodes[-1]):
        attribute = graph.create_node("get_attr", name)
    with graph.inserting_after(attribute):
        call = graph.call_function(executorch_call_delegate, (attribute, *inputs))
    call.meta["val"] = [node.meta["val"] for node in outputs]
    handles = [n.meta["debug_handle"] for n in nodes if "debug_handle" in n.meta]
    if handles:
        call.meta["debug_handle"] = max(handles)
    last = call
    for position, node in enumerate(outputs):
        with graph.inserting_after(last):
            last = graph.call_function(operator.getitem, (call, position))
        last.meta = {key: value for key, value in node.meta.items() if key != TAG}
        node.replace_all_uses_with(last, delete_user_cb=lambda user: user not in inside)
    # What depends on the part may stand between its nodes, hence before the call.
    order = {node: position for position, node in enumerate(graph.nodes)}
    for node in dependents:
        if order[node] < order[call]:
            last.append(node)
            last = node
