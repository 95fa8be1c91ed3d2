# SPDX-License-Identifier: BSD-3-Clause
"""Puts the methods of a model together into one program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.export.graph_signature import OutputKind
from torch.utils import _pytree as pytree

from executorch.exir._serialize._cord import CordBuffer
from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir.emit._emitter import MethodEmitter, tree_spec
from executorch.exir.emit._program_data import ProgramData
from executorch.exir.emit._values import ValueTable
from executorch.exir.pass_manager import MUTATIONS
from executorch.exir.schema import (
    Buffer,
    Chain,
    ContainerMetadata,
    ExecutionPlan,
    Program,
    SubsegmentOffsets,
)
from executorch.exir.tensor import TensorSpec, make_tensor_value
from executorch.exir.version import EXECUTORCH_SCHEMA_VERSION


@dataclass
class EmitterOutput:
    """A program, and what developer tools want to know about it.

    debug_handle_map: by method and instruction, the handle(s) of the nodes it came from.
    method_to_delegate_debug_id_map: by method and instruction that calls a delegate, the delegate's
        name and its own map of debug identifiers.
    instruction_id_to_num_outs_map: by method and instruction that calls a delegate, how many of its
        arguments, the last ones, are outputs.
    mutable_data: initial values of mutable tensors, the first one a placeholder; None if there are
        none.
    external_constant_buffer, external_constant_map: data for `.ptd` files; by file and tensor name,
        the index of the buffer.
    named_data: what delegates want to find by name; None if nothing.
    """

    program: Program
    debug_handle_map: dict[str, dict[int, int | list[int]]]
    method_to_delegate_debug_id_map: dict[str, dict[int, dict[str, Any]]]
    instruction_id_to_num_outs_map: dict[str, dict[int, int]]
    mutable_data: list[Buffer] | None
    external_constant_buffer: list[CordBuffer]
    external_constant_map: dict[str, dict[str, int]] | None
    named_data: NamedDataStoreOutput | None = field(default=None)


def _getter(name: str, value: Any, data: ProgramData) -> ExecutionPlan:
    """A method that takes nothing and returns a constant."""
    leaves, tree = pytree.tree_flatten(value)
    table = ValueTable()
    outputs = []
    for leaf in leaves:
        if isinstance(leaf, torch.Tensor):
            spec = TensorSpec.from_tensor(leaf, const=True)
            index = data.add_constant(leaf, spec.dim_order)
            outputs.append(table.add(make_tensor_value(index, None, spec)))
        else:
            outputs.append(table.literal(leaf))
    return ExecutionPlan(
        name=name,
        container_meta_type=ContainerMetadata("", tree_spec(tree)),
        values=table.values,
        inputs=[],
        outputs=outputs,
        chains=[Chain([], [], [], None)],
        operators=[],
        delegates=[],
        non_const_buffer_sizes=[0],
    )


def _training_getters(name: str, method: ExportedProgram) -> dict[str, Any]:
    """What an optimizer asks of a method that returns gradients, behind them the parameters."""
    specs = [s for s in method.graph_signature.output_specs if s.kind not in MUTATIONS]
    gradients = [s.target for s in specs if s.kind == OutputKind.GRADIENT_TO_PARAMETER]
    if not gradients:
        return {}
    kinds = [spec.kind for spec in specs]
    parameters = len(specs) - len(gradients)
    return {
        f"__et_training_gradients_index_{name}": kinds.index(OutputKind.GRADIENT_TO_PARAMETER),
        f"__et_training_parameters_index_{name}": parameters,
        f"__et_training_fqn_{name}": gradients,
    }


def emit_program(
    methods: ExportedProgram | dict[str, ExportedProgram],
    emit_stacktrace: bool = False,
    prim_getters: dict[str, Any] | None = None,
    emit_mutable_buffer_names: bool = False,
) -> EmitterOutput:
    """Emits methods whose graphs use out variants and are memory planned.

    methods: by name; a single one is called "forward".
    emit_stacktrace: store for each instruction the lines of Python that it came from.
    prim_getters: constants by name, each of which becomes a method that returns it.
    emit_mutable_buffer_names: store the names of mutable buffers, so that they can be set by name.

    Raises ExportError, naming the node, if something has no counterpart in a program.
    """
    if isinstance(methods, ExportedProgram):
        methods = {"forward": methods}
    data = ProgramData()
    emitters = {
        name: MethodEmitter(name, method, data, emit_stacktrace, emit_mutable_buffer_names)
        for name, method in sorted(methods.items())
    }
    plans = [emitter.emit() for emitter in emitters.values()]
    getters = dict(prim_getters or {})
    for name, method in sorted(methods.items()):
        getters.update(_training_getters(name, method))
    plans += [_getter(name, value, data) for name, value in getters.items()]
    named_data = data.named_data.get_named_data_store_output()
    return EmitterOutput(
        program=Program(
            version=EXECUTORCH_SCHEMA_VERSION,
            execution_plan=plans,
            constant_buffer=data.constant_buffer,
            backend_delegate_data=data.backend_delegate_data,
            segments=[],
            constant_segment=SubsegmentOffsets(0, []),
        ),
        debug_handle_map={n: e.debug_handle_map for n, e in emitters.items()},
        method_to_delegate_debug_id_map={n: e.delegate_debug_id_map for n, e in emitters.items()},
        instruction_id_to_num_outs_map={
            n: e.instruction_id_to_num_outs_map for n, e in emitters.items()
        },
        mutable_data=data.mutable_data,
        external_constant_buffer=data.external_constant_buffer,
        external_constant_map=data.external_constant_map or None,
        named_data=named_data if named_data.buffers else None,
    )
