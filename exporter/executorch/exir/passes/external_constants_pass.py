# SPDX-License-Identifier: BSD-3-Clause
"""Decides which constants are written to data files of their own (`.ptd`)."""

from __future__ import annotations

from collections.abc import Callable

from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind
from torch.fx.passes.infra.pass_base import PassResult

from executorch.exir.constants import trained_parameters

DEFAULT_FILE = "_default_external_constant"
"""Name, without extension, of the file for constants that weren't assigned to another one."""

CONSTANT_TAG = "constant_tag"
"""Key in the `meta` of a constant's node: the file that it goes to."""

DELEGATE_CONSTANT_TAG = "delegate_constant_tag"
"""Key in `meta["custom"]` of a parameter's node: the file that a backend is asked to put it in."""

TagFunction = Callable[[fx.Node], str | None]


def external_constants_pass(
    gm: fx.GraphModule, gen_tag_fn: TagFunction | None = None
) -> PassResult:
    """Notes, in `meta["constant_tag"]` of inputs, the file that they go to if they are constants.

    gen_tag_fn: names a file, without extension, or answers None for what stays in the program.
    """
    modified = False
    for node in gm.graph.find_nodes(op="placeholder") if gen_tag_fn is not None else ():
        tag = gen_tag_fn(node)  # type: ignore[misc]
        if tag is not None:
            node.meta[CONSTANT_TAG] = tag
            modified = True
    return PassResult(gm, modified)


def external_mutable_weights_pass(gm: fx.GraphModule, ep: ExportedProgram) -> PassResult:
    """Sends the initial values of the parameters that are trained to `DEFAULT_FILE`."""
    trained = trained_parameters(ep.graph_signature)
    names = {
        spec.arg.name
        for spec in ep.graph_signature.input_specs
        if spec.kind == InputKind.PARAMETER and spec.target in trained
    }
    modified = False
    for node in gm.graph.find_nodes(op="placeholder"):
        if node.name in names:
            node.meta[CONSTANT_TAG] = DEFAULT_FILE
            modified = True
    return PassResult(gm, modified)


def delegate_external_constants_pass_unlifted(
    module: fx.GraphModule, gen_tag_fn: TagFunction | None = None
) -> PassResult:
    """Asks backends to put parameters into files. Applied before the program is captured again.

    module: what `ExportedProgram.module()` answers; its parameters are nodes of kind `get_attr`.
    """
    modified = False
    for node in module.graph.find_nodes(op="get_attr") if gen_tag_fn is not None else ():
        tag = gen_tag_fn(node)  # type: ignore[misc]
        if tag is not None:
            node.meta.setdefault("custom", {})[DELEGATE_CONSTANT_TAG] = tag
            modified = True
    return PassResult(module, modified)


def is_param_node(exp_prog: ExportedProgram, node: fx.Node) -> bool:
    """Whether `node` is a parameter, buffer or constant of the program."""
    signature = exp_prog.graph_signature
    return node.op == "get_attr" or (
        node.op == "placeholder"
        and (
            node.name in signature.inputs_to_parameters
            or node.name in signature.inputs_to_buffers
            or node.name in signature.inputs_to_lifted_tensor_constants
        )
    )
