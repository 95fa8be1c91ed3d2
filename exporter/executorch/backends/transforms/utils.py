# SPDX-License-Identifier: BSD-3-Clause
"""Parameters, buffers and constants of an exported program, found, changed, added and removed.

All functions change the program in place. The order of its inputs is that of the placeholders:
parameters, buffers, constant tensors, what the user gives.
"""

from __future__ import annotations

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import (
    InputKind,
    InputSpec,
    OutputKind,
    OutputSpec,
    TensorArgument,
)

_ORDER = (
    InputKind.TOKEN,
    InputKind.PARAMETER,
    InputKind.BUFFER,
    InputKind.CONSTANT_TENSOR,
    InputKind.CUSTOM_OBJ,
    InputKind.USER_INPUT,
)
_KNOWN = (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR)


def is_get_attr_node(node: fx.Node) -> bool:
    """Whether `node` reads an attribute of its graph module."""
    return isinstance(node, fx.Node) and node.op == "get_attr"


def _input_spec(program: ExportedProgram, node: fx.Node) -> InputSpec | None:
    if not isinstance(node, fx.Node) or node.op != "placeholder":
        return None
    for spec in program.graph_signature.input_specs:
        if getattr(spec.arg, "name", None) == node.name:
            return spec
    return None


def is_param_node(exp_prog: ExportedProgram, node: fx.Node) -> bool:
    """Whether the value of `node` is a parameter, a buffer, a constant or an attribute."""
    spec = _input_spec(exp_prog, node)
    return is_get_attr_node(node) or (spec is not None and spec.kind in _KNOWN)


def get_param_tensor(exp_prog: ExportedProgram, node: fx.Node) -> torch.Tensor | None:
    """The value of such a node; None for None.

    RuntimeError for a node of another kind.
    """
    if node is None:
        return None
    if is_get_attr_node(node):
        value = exp_prog.graph_module
        for name in str(node.target).split("."):
            value = getattr(value, name)
        return value
    spec = _input_spec(exp_prog, node)
    if spec is None or spec.kind not in _KNOWN or spec.target is None:
        raise RuntimeError(f"{node} is neither a parameter nor a buffer nor a constant")
    if spec.target in exp_prog.state_dict:
        return exp_prog.state_dict[spec.target]
    return exp_prog.constants[spec.target]


def set_param_tensor(exp_prog: ExportedProgram, node: fx.Node, data: torch.Tensor) -> None:
    """Gives such a node another value, and its `meta["val"]` that value's shape and type."""
    if is_get_attr_node(node):
        *path, last = str(node.target).split(".")
        owner: object = exp_prog.graph_module
        for name in path:
            owner = getattr(owner, name)
        setattr(owner, last, data)
    else:
        spec = _input_spec(exp_prog, node)
        if spec is None or spec.kind not in _KNOWN or spec.target is None:
            raise RuntimeError(f"{node} is neither a parameter nor a buffer nor a constant")
        if spec.kind == InputKind.PARAMETER and not isinstance(data, torch.nn.Parameter):
            data = torch.nn.Parameter(data, requires_grad=False)
        values = exp_prog.state_dict if spec.target in exp_prog.state_dict else exp_prog.constants
        values[spec.target] = data
    node.meta["val"] = _fake(exp_prog.graph, data)


def _fake(graph: fx.Graph, data: torch.Tensor) -> torch.Tensor:
    """`data` without its contents, in the mode of the graph's other values."""
    from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

    for node in graph.nodes:
        value = node.meta.get("val")
        if isinstance(value, FakeTensor):
            return value.fake_mode.from_tensor(data.detach(), static_shapes=True)
    return FakeTensorMode().from_tensor(data.detach(), static_shapes=True)


def create_constant_placeholder(
    exp_program: ExportedProgram,
    graph: fx.Graph,
    name: str,
    kind: InputKind,
    data: torch.Tensor,
    persistent_buffer: bool | None = None,
) -> fx.Node:
    """Adds a parameter, buffer or constant tensor; answers its placeholder.

    name: that of the placeholder and of the value. If there is a placeholder of this name, it is
        answered and nothing is added.
    persistent_buffer: for buffers, whether the value belongs to the state dictionary.
    """
    for node in graph.find_nodes(op="placeholder"):
        if node.name == name:
            return node
    if kind == InputKind.BUFFER and persistent_buffer is None:
        raise RuntimeError("persistent_buffer must be given for a buffer")
    if kind == InputKind.PARAMETER:
        data = torch.nn.Parameter(data, requires_grad=False)
    elif kind not in _KNOWN:
        raise RuntimeError(f"{kind} is not a kind of constant")
    is_stored = kind == InputKind.PARAMETER or (kind == InputKind.BUFFER and persistent_buffer)
    (exp_program.state_dict if is_stored else exp_program.constants)[name] = data

    specs = exp_program.graph_signature.input_specs
    placeholders = graph.find_nodes(op="placeholder")
    position = sum(_ORDER.index(spec.kind) <= _ORDER.index(kind) for spec in specs)
    if position < len(placeholders):
        insertion = graph.inserting_before(placeholders[position])
    else:
        insertion = graph.inserting_before(next(iter(graph.nodes)))
        if placeholders:
            insertion = graph.inserting_after(placeholders[-1])
    with insertion:
        node = graph.create_node(op="placeholder", name=name, target=name)
    node.meta["val"] = _fake(graph, data)
    spec = InputSpec(kind, TensorArgument(name=node.name), name, persistent_buffer)
    specs.insert(position, spec)
    return node


def create_mutable_buffer(exp_program: ExportedProgram, name: str, data: torch.Tensor) -> fx.Node:
    """Adds a buffer that the program may change; answers its placeholder.

    The buffer is among the outputs, for now unchanged: replace that output by the new value.
    """
    graph = exp_program.graph
    node = create_constant_placeholder(exp_program, graph, name, InputKind.BUFFER, data, True)
    output = graph.output_node()
    signature = exp_program.graph_signature
    results = list(output.args[0])
    position = sum(spec.kind == OutputKind.BUFFER_MUTATION for spec in signature.output_specs)
    results.insert(position, node)
    output.args = (tuple(results),)
    spec = OutputSpec(OutputKind.BUFFER_MUTATION, TensorArgument(name=node.name), name)
    signature.output_specs.insert(position, spec)
    return node


def delete_constant_placeholder(exp_program: ExportedProgram, node: fx.Node) -> None:
    """Removes a parameter, buffer or constant that nothing uses.

    RuntimeError if something does.
    """
    if node.users:
        users = ", ".join(map(str, node.users))
        raise RuntimeError(f"{node} cannot be removed: {users} use it")
    spec = _input_spec(exp_program, node)
    if spec is None or spec.kind not in _KNOWN:
        raise RuntimeError(f"{node} is neither a parameter nor a buffer nor a constant")
    exp_program.graph_signature.input_specs.remove(spec)
    others = {other.target for other in exp_program.graph_signature.input_specs}
    if spec.target is not None and spec.target not in others:
        exp_program.state_dict.pop(spec.target, None)
        exp_program.constants.pop(spec.target, None)
    node.graph.erase_node(node)
