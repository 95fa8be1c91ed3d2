# SPDX-License-Identifier: BSD-3-Clause
"""Turns the planned graph of one method into an `ExecutionPlan`."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import ConstantArgument, InputKind, OutputKind
from torch.utils import _pytree as pytree

from executorch.exir import memory
from executorch.exir.control_flow_call import ControlFlowCall, control_flow_call
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.emit._parameters import Parameter, parameters
from executorch.exir.emit._program_data import ProgramData
from executorch.exir.emit._values import ValueTable
from executorch.exir.error import ExportError, ExportErrorType, InternalError
from executorch.exir.pass_manager import MUTATIONS
from executorch.exir.passes.external_constants_pass import CONSTANT_TAG
from executorch.exir.schema import (
    AllocationDetails,
    BackendDelegate,
    BackendDelegateDataReference,
    Bool,
    Chain,
    ContainerMetadata,
    DataLocation,
    DelegateCall,
    Double,
    ExecutionPlan,
    ExtraTensorInfo,
    Frame,
    FrameList,
    FreeCall,
    Instruction,
    InstructionArguments,
    Int,
    JumpFalseCall,
    KernelCall,
    MoveCall,
    Null,
    Operator,
    String,
    Tensor,
    TensorDataLocation,
    TensorList,
    TensorShapeDynamism,
)
from executorch.exir.storages import mutable_buffer_names
from executorch.exir.tensor import TensorSpec, make_allocation_info, make_tensor_value

# Arithmetic on numbers that a program does at run time, and the operator that does it.
_PRIM_OPERATORS: dict[Any, str] = {
    operator.add: "add.Scalar",
    operator.sub: "sub.Scalar",
    operator.mul: "mul.Scalar",
    operator.floordiv: "floordiv.Scalar",
    operator.truediv: "truediv.Scalar",
    operator.mod: "mod.Scalar",
    operator.eq: "eq.Scalar",
    operator.gt: "gt.Scalar",
    operator.lt: "lt.Scalar",
    operator.ge: "ge.Scalar",
    operator.le: "le.Scalar",
    operator.neg: "neg.Scalar",
    torch.sym_max: "sym_max.Scalar",
    torch.sym_min: "sym_min.Scalar",
    torch.sym_float: "sym_float.Scalar",
    torch.sym_int: "sym_int.Scalar",
    torch.sym_not: "sym_not.Scalar",
    torch.sym_ite: "sym_ite.Scalar",
    math.ceil: "ceil.Scalar",
    math.trunc: "trunc.Scalar",
    round: "round.Scalar",
}

_FRAME = re.compile(r'File "(.*)", line (\d+), in (.*)\n\s*(.*)')


@cache
def _parameters(op: torch._ops.OpOverload) -> list[Parameter]:
    return parameters(op._schema)


def _leaves(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def tree_spec(spec: pytree.TreeSpec | None) -> str:
    """The serialized form of a pytree, empty if there is none."""
    if spec is None:
        return ""
    try:
        return pytree.treespec_dumps(spec, 1)
    except NotImplementedError:
        # Containers such as torch.return_types.topk have no serialized form. No runtime needs it.
        return ""


class MethodEmitter:
    """Emits one method. What it stands for at run time is noted for each node in `_results`: the
    index of a value, or a list of such for a node with several results.
    """

    def __init__(
        self,
        name: str,
        program: ExportedProgram,
        data: ProgramData,
        emit_stacktrace: bool,
        emit_mutable_buffer_names: bool,
    ) -> None:
        self._name = name
        self._program = program
        self._data = data
        self._emit_stacktrace = emit_stacktrace
        self._emit_mutable_buffer_names = emit_mutable_buffer_names
        self._table = ValueTable()
        self._results: dict[fx.Node, Any] = {}
        self._tensors: dict[TensorSpec, int] = {}
        self._operators: dict[tuple[str, str], int] = {}
        self._delegates: list[BackendDelegate] = []
        self._instructions: list[Instruction] = []
        self._stacktrace: list[FrameList] = []
        self._moved: set[int] = set()
        self._inputs: list[int] = []
        self._outputs: list[int] = []
        self.debug_handle_map: dict[int, int | list[int]] = {}
        self.delegate_debug_id_map: dict[int, dict[str, Any]] = {}
        self.instruction_id_to_num_outs_map: dict[int, int] = {}

    def emit(self) -> ExecutionPlan:
        """The plan. May be called once."""
        module = self._program.graph_module
        signature = self._program.graph_signature
        mutable = mutable_buffer_names(signature)
        input_specs = {spec.arg.name: spec for spec in signature.input_specs}
        for node in module.graph.find_nodes(op="placeholder"):
            spec = input_specs[node.name]
            if spec.kind == InputKind.USER_INPUT:
                self._results[node] = self._user_input(node, spec.arg)
                self._inputs.append(self._results[node])
            elif spec.kind in (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR):
                self._results[node] = self._stored_input(node, spec.target, node.name in mutable)
            elif spec.kind == InputKind.CUSTOM_OBJ:
                raise self._error(node, "objects of custom classes can't be stored in a program")
        results = self._graph(module)
        specs = signature.output_specs
        if len(results) < len(specs):
            # Mutations are done by instructions instead of being returned.
            specs = [spec for spec in specs if spec.kind not in MUTATIONS]
        self._outputs = [
            result
            for result, spec in zip(results, specs, strict=True)
            if spec.kind not in MUTATIONS
            and not (spec.kind == OutputKind.TOKEN and spec.arg.name not in mutable)
        ]
        call_spec = self._program.call_spec
        return ExecutionPlan(
            name=self._name,
            container_meta_type=ContainerMetadata(
                tree_spec(call_spec.in_spec), tree_spec(call_spec.out_spec)
            ),
            values=self._table.values,
            inputs=self._inputs,
            outputs=self._outputs,
            chains=[
                Chain(
                    inputs=[],
                    outputs=[],
                    instructions=self._instructions,
                    stacktrace=self._stacktrace if self._emit_stacktrace else None,
                )
            ],
            operators=[Operator(name, overload) for name, overload in self._operators],
            delegates=self._delegates,
            non_const_buffer_sizes=list(module.meta["non_const_buffer_sizes"]),
            non_const_buffer_device=module.meta.get("non_const_buffer_device"),
        )

    # ---- inputs

    def _user_input(self, node: fx.Node, argument: Any) -> int:
        if isinstance(node.meta.get("spec"), TensorSpec):
            return self._tensor(node.meta["spec"])
        value = node.meta.get("val")
        if isinstance(argument, ConstantArgument):
            value = argument.value
        if isinstance(value, (torch.SymInt, torch.SymFloat, torch.SymBool)):
            value = value.node.hint
        # Not shared with constants: the caller sets it.
        if value is None:
            return self._table.add(Null())
        if isinstance(value, bool):
            return self._table.add(Bool(value))
        if isinstance(value, int):
            return self._table.add(Int(value))
        if isinstance(value, float):
            return self._table.add(Double(value))
        if isinstance(value, str):
            return self._table.add(String(value))
        raise self._error(
            node, f"an input of type {type(value).__name__} can't be passed at run time"
        )

    def _stored_input(self, node: fx.Node, name: str, is_mutable: bool) -> int:
        program = self._program
        tensor = program.state_dict.get(name)
        tensor = program.constants[name] if tensor is None else tensor
        spec: TensorSpec = node.meta["spec"]
        tag = node.meta.get(CONSTANT_TAG)
        if is_mutable and program.graph_signature.inputs_to_buffers.get(node.name) == name:
            tag = None
        is_planned = spec.mem_id is not None
        extra = replace(spec.extra_tensor_info or ExtraTensorInfo())
        index = 0
        if tag is not None:
            index = self._data.add_external(tensor, spec.dim_order, name, tag)
            extra.fully_qualified_name = name
            extra.location = TensorDataLocation.EXTERNAL
        elif is_planned:
            index = self._data.add_initial_value(tensor, spec.dim_order)
        elif not is_mutable:
            index = self._data.add_constant(tensor, spec.dim_order)
        if is_mutable and (self._emit_mutable_buffer_names or not is_planned):
            extra.fully_qualified_name = name
        return self._tensor(spec, index, extra if extra != ExtraTensorInfo() else None)

    # ---- values

    def _error(self, node: fx.Node, message: str) -> ExportError:
        trace = node.meta.get("stack_trace", "").strip()
        return ExportError(
            ExportErrorType.NOT_SUPPORTED,
            f"method {self._name}: {node.format_node()}: {message}\n{trace}".strip(),
        )

    def _allocation(self, spec: TensorSpec) -> AllocationDetails | None:
        if spec.mem_id is None:
            return None
        assert spec.mem_offset is not None
        return make_allocation_info(spec.mem_id, spec.mem_offset)

    def _tensor(
        self, spec: TensorSpec, data_buffer_idx: int = 0, extra: ExtraTensorInfo | None = None
    ) -> int:
        """The value for `spec`, which is made when it is first asked for."""
        index = self._tensors.get(spec)
        if index is None:
            if not all(isinstance(size, int) for size in spec.shape):
                raise InternalError(f"{spec!r}: symbolic sizes must have become upper bounds")
            value = make_tensor_value(data_buffer_idx, self._allocation(spec), spec)
            value.extra_tensor_info = extra or value.extra_tensor_info
            index = self._tensors[spec] = self._table.add(value)
        return index

    def _constant_tensor(self, tensor: torch.Tensor) -> int:
        spec = TensorSpec.from_tensor(tensor, const=True)
        return self._tensor(spec, self._data.add_constant(tensor, spec.dim_order))

    def _argument(self, value: Any, kind: str = "") -> int:
        """The value for an argument of a node; `kind` is its type in the operator's schema."""
        index = self._index(value)
        return self._table.literal(value, kind) if index is None else index

    def _list(self, value: Any, kind: str, length: int | None = None) -> int:
        """Like `_argument` for a list of `kind`; one element may stand for `length` equal ones."""
        if value is None:
            return self._table.literal(None)
        known = self._results[value] if isinstance(value, fx.Node) else None
        if isinstance(known, list):
            return self._table.sequence([None] * len(known), kind, known)
        items = list(value) if isinstance(value, (list, tuple)) else [value] * (length or 1)
        return self._table.sequence(items, kind, [self._index(item) for item in items])

    def _index(self, item: Any) -> int | None:
        """Value of something in a list of arguments, or None if it is a Python constant."""
        if not isinstance(item, fx.Node):
            return None
        index = self._results[item]
        if not isinstance(index, int):
            raise self._error(item, "a list of results can't be passed as one argument")
        return index

    # ---- instructions

    def _emit(self, arguments: InstructionArguments, node: fx.Node) -> int:
        """Index of the new instruction, which `node` is the reason for."""
        index = len(self._instructions)
        self._instructions.append(Instruction(arguments))
        handle = node.meta.get("debug_handle")
        if handle is not None:
            self.debug_handle_map[index] = handle
        if self._emit_stacktrace:
            frames = _FRAME.findall(node.meta.get("stack_trace") or "")
            self._stacktrace.append(
                FrameList([Frame(file, int(line), name, text) for file, line, name, text in frames])
            )
        return index

    def _kernel(self, name: str, overload: str, args: list[int], node: fx.Node) -> None:
        index = self._operators.setdefault((name, overload), len(self._operators))
        self._emit(KernelCall(index, args), node)

    def _prim(self, name: str, args: list[int], node: fx.Node) -> None:
        self._kernel(f"executorch_prim::{name.split('.')[0]}", name.split(".")[1], args, node)

    def _jump_if_false(self, condition: int, node: fx.Node, destination: int = 0) -> JumpFalseCall:
        jump = JumpFalseCall(condition, destination)
        self._emit(jump, node)
        return jump

    def _jump(self, node: fx.Node, destination: int = 0) -> JumpFalseCall:
        return self._jump_if_false(self._table.constant(Bool(False)), node, destination)

    # ---- nodes

    def _graph(self, module: fx.GraphModule) -> list[int]:
        """Emits a graph, whose placeholders have their values already; answers its results."""
        for node in module.graph.nodes:
            if node.op == "call_function":
                self._results[node] = self._call(node)
            elif node.op == "get_attr":
                self._results[node] = self._attribute(module, node)
            elif node.op == "output":
                return [self._argument(value) for value in _leaves(node.args[0])]
            elif node.op != "placeholder":
                raise self._error(node, f"a program can't have nodes of kind {node.op}")
        raise InternalError("the graph has no output node")

    def _attribute(self, module: fx.GraphModule, node: fx.Node) -> Any:
        value = operator.attrgetter(str(node.target))(module)
        return self._constant_tensor(value) if isinstance(value, torch.Tensor) else value

    def _call(self, node: fx.Node) -> Any:
        target = node.target
        if isinstance(target, EdgeOpOverload):
            target = target._op
        if target in (memory.alloc, memory.narrow, memory.select):
            specs = node.meta["spec"]
            if isinstance(specs, (list, tuple)):
                return [self._tensor(spec) for spec in specs]
            return self._tensor(specs)
        if target is operator.getitem:
            source, index = node.args
            return self._results[source][index]  # type: ignore[index]
        if target is memory.view:
            return self._view(node)
        if target is memory.free:
            return self._emit(FreeCall(self._argument(node.args[0])), node)
        if target in _PRIM_OPERATORS:
            return self._prim_call(_PRIM_OPERATORS[target], node)
        if isinstance(target, torch._ops.OpOverload):
            return self._operator_call(target, node)
        if isinstance(target, torch._ops.HigherOrderOperator):
            if target.name() == "executorch_call_delegate":
                return self._delegate_call(node)
            call = control_flow_call(node)
            if call is not None:
                return self._control_flow(call)
        raise self._error(node, f"{target} can't be called at run time")

    def _prim_call(self, name: str, node: fx.Node) -> int:
        args = [self._argument(arg) for arg in node.args]
        result = self._table.variable(node.meta["val"])
        self._prim(name, [*args, result], node)
        return result

    def _operator_call(self, op: torch._ops.OpOverload, node: fx.Node) -> Any:
        args: list[int] = []
        outs: list[int] = []
        for position, parameter in enumerate(_parameters(op)):
            if position < len(node.args):
                value = node.args[position]
            else:
                value = node.kwargs.get(parameter.name, parameter.default)
            if parameter.is_out:
                new = self._out(value)
                outs += new
                args.append(self._table.constant(TensorList(new)) if parameter.is_list else new[0])
            elif parameter.is_list:
                args.append(self._list(value, parameter.item_kind, parameter.length))
            else:
                args.append(self._argument(value, parameter.kind))
        schema = op._schema
        result, slot = self._result(node, outs)
        self._kernel(schema.name, schema.overload_name, [*args, slot], node)
        return result

    def _out(self, value: Any) -> list[int]:
        """Values of an out argument, which is an allocation or a list of them."""
        items = self._results[value] if isinstance(value, fx.Node) else value
        if not isinstance(items, (list, tuple)):
            return [items]
        return [self._results[i] if isinstance(i, fx.Node) else i for i in items]

    def _result(self, node: fx.Node, outs: list[int]) -> tuple[Any, int]:
        """What a node stands for, and the value for the slot that follows the arguments."""
        specs = node.meta.get("spec")
        if outs:
            single = not isinstance(specs, (list, tuple)) and len(outs) == 1
            return (outs[0], outs[0]) if single else (outs, self._table.constant(TensorList(outs)))
        if isinstance(specs, TensorSpec):
            return (self._tensor(specs),) * 2
        if isinstance(specs, (list, tuple)) and any(isinstance(s, TensorSpec) for s in specs):
            tensors = [self._tensor(spec) for spec in specs]
            return tensors, self._table.constant(TensorList(tensors))
        value = node.meta.get("val")
        if value is None:
            return None, self._table.literal(None)
        return (self._table.variable(value),) * 2

    def _view(self, node: fx.Node) -> int:
        """A view of a tensor that has its place for good is a value; of others, an instruction."""
        base, size = node.args
        base_index = self._argument(base)
        spec: TensorSpec = node.meta["spec"]
        if spec in self._tensors:
            return self._tensors[spec]
        value = self._table.values[base_index].val
        assert isinstance(value, Tensor)
        is_constant = value.allocation_info is None and value.data_buffer_idx > 0
        is_in_place = is_constant or spec.mem_id is not None
        is_external = (
            value.extra_tensor_info is not None
            and value.extra_tensor_info.location == TensorDataLocation.EXTERNAL
        )
        if (
            spec.is_static_shape_tensor
            and value.shape_dynamism == TensorShapeDynamism.STATIC
            and is_in_place
            and not is_external
            and base_index not in self._moved
        ):
            return self._tensor(spec, value.data_buffer_idx if is_constant else 0)
        result = self._tensor(spec)
        sizes = self._list(size, "int")
        self._prim("et_view.default", [base_index, sizes, result], node)
        self._moved.add(result)
        return result

    # ---- delegates

    def _delegate_call(self, node: fx.Node) -> list[int] | int:
        module = self._results[node.args[0]]  # type: ignore[index]
        if module.named_data_store_output is not None:
            self._data.named_data.merge_named_data_store(module.named_data_store_output)
        index = len(self._delegates)
        payload = self._data.add_payload(module.processed_bytes)
        self._delegates.append(
            BackendDelegate(
                id=module.backend_id,
                processed=BackendDelegateDataReference(DataLocation.INLINE, payload),
                compile_specs=module.compile_specs,
            )
        )
        args: list[int] = []
        for arg in node.args[1:]:
            known = self._results[arg] if isinstance(arg, fx.Node) else arg
            args += known if isinstance(known, list) else [self._argument(arg)]
        specs = node.meta["spec"]
        outs = [self._tensor(spec) for spec in _leaves(specs)]
        instruction = self._emit(DelegateCall(index, args + outs), node)
        self._describe_delegate(instruction, module, len(outs))
        return outs if isinstance(specs, (list, tuple)) else outs[0]

    def _describe_delegate(self, instruction: int, module: Any, num_outs: int) -> None:
        """Notes which nodes of the original model an instruction stands for."""
        handles = {
            handle
            for node in module.original_module.graph.nodes
            for handle in _leaves(node.meta.get("debug_handle"))
            if handle is not None
        }
        self.debug_handle_map[instruction] = sorted(handles)
        self.delegate_debug_id_map[instruction] = {
            "name": module.backend_id,
            "delegate_map": module.meta.get("debug_handle_map", {}),
        }
        self.instruction_id_to_num_outs_map[instruction] = num_outs

    # ---- control flow

    def _control_flow(self, call: ControlFlowCall) -> list[int]:
        stacked = len(call.initial) if call.mapped else len(call.result_specs)
        for spec in call.result_specs[stacked:]:
            # It grows with each iteration.
            spec.shape_dynamism = TensorShapeDynamism.DYNAMIC_BOUND
        results = [
            self._tensor(spec) if isinstance(spec, TensorSpec) else self._table.variable(value)
            for spec, value in zip(call.result_specs, _leaves(call.node.meta["val"]))
        ]
        emit: dict[str, Callable[[ControlFlowCall, list[int]], None]] = {
            "cond": self._cond,
            "map_impl": self._loop_over_slices,
            "scan": self._loop_over_slices,
            "while_loop": self._while_loop,
        }
        emit[call.kind](call, results)
        return results

    def _subgraph(self, call: ControlFlowCall, index: int, arguments: Sequence[int]) -> list[int]:
        subgraph = call.subgraphs[index]
        self._results.update(zip(subgraph.placeholders, arguments))
        return self._graph(subgraph.module)

    def _assign(self, targets: Sequence[int], values: Sequence[int], node: fx.Node) -> None:
        """Copies values, one after another. A target may not be a value that is copied later."""
        for position, (target, value) in enumerate(zip(targets, values)):
            if target == value:
                continue
            if target in values[position + 1 :]:
                raise self._error(node, "a loop may not exchange its carried values")
            if self._table.is_tensor(target):
                memory_format = self._table.literal(None)
                self._kernel("aten::clone", "out", [value, memory_format, target, target], node)
            else:
                self._emit(MoveCall(value, target), node)

    def _operands(self, call: ControlFlowCall) -> list[int]:
        return [self._argument(operand) for operand in call.operands]

    def _cond(self, call: ControlFlowCall, results: list[int]) -> None:
        node = call.node
        operands = self._operands(call)
        to_false = self._jump_if_false(self._argument(call.predicate), node)
        self._assign(results, self._subgraph(call, 0, operands), node)
        to_end = self._jump(node)
        to_false.destination_instruction = len(self._instructions)
        self._assign(results, self._subgraph(call, 1, operands), node)
        to_end.destination_instruction = len(self._instructions)

    def _loop_over_slices(self, call: ControlFlowCall, results: list[int]) -> None:
        node, table = call.node, self._table
        carries, stacked = results[: len(call.initial)], results[len(call.initial) :]
        self._assign(carries, [self._argument(value) for value in call.initial], node)
        mapped = [self._argument(value) for value in call.mapped]
        zero, one = table.constant(Int(0)), table.constant(Int(1))
        counter, limit, is_done = table.add(Int(0)), table.add(Int(0)), table.add(Bool(False))
        self._kernel("aten::sym_size", "int", [mapped[0], zero, limit], node)
        # Here and not after the loop, so that a failed run does not spoil the next one.
        self._emit(MoveCall(zero, counter), node)
        head = len(self._instructions)
        body = call.subgraphs[0]
        slices = [self._tensor(body.placeholders[i].meta["spec"]) for i in body.slices]
        for source, item in zip(mapped, slices):
            self._kernel("aten::select_copy", "int_out", [source, zero, counter, item, item], node)
        values = self._subgraph(call, 0, [*carries, *slices, *self._operands(call)])
        for target, value in zip(stacked, values[len(carries) :]):
            self._prim("et_copy_index.tensor", [target, value, counter], node)
        self._assign(carries, values[: len(carries)], node)
        self._prim("add.Scalar", [counter, one, counter], node)
        self._prim("eq.Scalar", [counter, limit, is_done], node)
        self._jump_if_false(is_done, node, head)

    def _while_loop(self, call: ControlFlowCall, results: list[int]) -> None:
        node = call.node
        self._assign(results, [self._argument(value) for value in call.initial], node)
        arguments = [*results, *self._operands(call)]
        head = len(self._instructions)
        to_end = self._jump_if_false(self._subgraph(call, 0, arguments)[0], node)
        self._assign(results, self._subgraph(call, 1, arguments), node)
        self._jump(node, head)
        to_end.destination_instruction = len(self._instructions)
