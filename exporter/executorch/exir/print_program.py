# SPDX-License-Identifier: BSD-3-Clause
"""Programs and graphs as text, for people."""

from __future__ import annotations

import dataclasses
import enum
import sys
from typing import Any, TextIO

from torch import fx

from executorch.exir import schema


def pretty_print(obj: Any, indent: int = 0, out: TextIO | None = None) -> None:
    """Prints plain data (dataclasses, lists, bytes, numbers) with one field a line."""
    out = out or sys.stdout
    pad = "  " * (indent + 1)
    if dataclasses.is_dataclass(obj) and not isinstance(obj, type):
        out.write(f"{type(obj).__name__}(")
        for index, item in enumerate(dataclasses.fields(obj)):
            out.write(f"{',' if index else ''}\n{pad}{item.name}=")
            pretty_print(getattr(obj, item.name), indent + 1, out)
        out.write(")")
    elif isinstance(obj, (bytes, bytearray, memoryview)):
        out.write(f"<{len(obj)} bytes>")
    elif isinstance(obj, list) and any(dataclasses.is_dataclass(item) for item in obj):
        out.write("[")
        for index, item in enumerate(obj):
            out.write(f"\n{pad}")
            pretty_print(item, indent + 1, out)
            out.write(f",  # {index}")
        out.write("]")
    elif isinstance(obj, enum.Enum):
        out.write(obj.name)
    else:
        out.write(repr(obj))
    if indent == 0:
        out.write("\n")


def _format_tensor(
    tensor: schema.Tensor, show_meminfo: bool, mark_dynamic_shape_tensor: bool
) -> str:
    place = ""
    if show_meminfo:
        memory = tensor.allocation_info
        if memory is not None:
            offset = memory.memory_offset_high << 32 | memory.memory_offset_low
            place = f"@{memory.memory_id}+{offset} "
        elif tensor.data_buffer_idx:
            place = f"#{tensor.data_buffer_idx} "
    is_dynamic = tensor.shape_dynamism != schema.TensorShapeDynamism.STATIC
    dynamic = "<=" if mark_dynamic_shape_tensor and is_dynamic else ""
    return f"{place}{tensor.scalar_type.name.lower()}{dynamic}{list(tensor.sizes)}"


def _format_value(
    value: schema.EValue, show_meminfo: bool = True, mark_dynamic_shape_tensor: bool = False
) -> str:
    kind = value.val
    if isinstance(kind, schema.Null):
        return "None"
    if isinstance(kind, schema.Tensor):
        return _format_tensor(kind, show_meminfo, mark_dynamic_shape_tensor)
    fields = [getattr(kind, item.name) for item in dataclasses.fields(kind)]
    return f"{type(kind).__name__.lower()} {fields[0]!r}" if fields else type(kind).__name__


def print_program(
    program: schema.Program,
    show_meminfo: bool = True,
    mark_dynamic_shape_tensor: bool = False,
    out: TextIO | None = None,
) -> None:
    """Prints the instructions of every method, one a line, with each argument as index:value.

    A tensor is @arena+offset (if planned) or #constant, then type and sizes; the index of an input
    of the method is marked by "in ", of an output by "out ".
    """
    out = out or sys.stdout
    for plan in program.execution_plan:
        labels = []
        for index, value in enumerate(plan.values):
            role = "in " * (index in plan.inputs) + "out " * (index in plan.outputs)
            text = _format_value(value, show_meminfo, mark_dynamic_shape_tensor)
            labels.append(f"{role}{index}:{text}")
        for chain in plan.chains:
            out.write(f"{plan.name}: {len(chain.instructions)} instructions\n")
            for number, instruction in enumerate(chain.instructions):
                text = _format_instruction(instruction.instr_args, plan, labels)
                out.write(f"  {number}: {text}\n")


def _format_instruction(args: Any, plan: schema.ExecutionPlan, labels: list[str]) -> str:
    if isinstance(args, schema.KernelCall):
        op = plan.operators[args.op_index]
        name = f"{op.name}.{op.overload}" if op.overload else op.name
        return f"{name}({', '.join(labels[i] for i in args.args)})"
    if isinstance(args, schema.DelegateCall):
        name = plan.delegates[args.delegate_index].id
        return f"delegate {args.delegate_index} {name}({', '.join(labels[i] for i in args.args)})"
    if isinstance(args, schema.MoveCall):
        return f"move {labels[args.move_from]} to {labels[args.move_to]}"
    if isinstance(args, schema.JumpFalseCall):
        return f"if not {labels[args.cond_value_index]} jump {args.destination_instruction}"
    return f"free {labels[args.value_index]}"


def add_cursor_to_graph(graph: fx.Graph, finding_node: fx.Node) -> str:
    """The graph's text with an arrow before `finding_node`."""
    lines = ["graph():"]
    for node in graph.nodes:
        text = node.format_node() or f"return {node.args[0]}"
        lines.append(f"{'--> ' if node is finding_node else '    '}{text}")
    return "\n".join(lines)


def inspect_node(graph: fx.Graph, node: fx.Node) -> str:
    """Where `node` stands in `graph`, its metadata, and the line of the model it comes from."""
    metadata = "\n".join(
        f"    {key}: {value}"
        for key, value in node.meta.items()
        if key not in ("stack_trace", "from_node", "nn_module_stack")
    )
    return (
        f"{add_cursor_to_graph(graph, node)}\n"
        f"Metadata of {node.name}:\n{metadata}\n"
        f"Stack trace:\n{node.meta.get('stack_trace', '')}"
    )
