# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of the Inspector: times, values, and what relates the two sides of an export."""

from __future__ import annotations

import operator
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import IO, Any, TypeAlias

import pandas as pd
import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.devtools.debug_format.base_schema import OperatorGraph, OperatorNode
from executorch.devtools.debug_format.et_schema import FXOperatorGraph
from executorch.devtools.etdump.schema_flatcc import (
    DebugEvent,
    ETDumpFlatCC,
    Event,
    ProfileEvent,
    Tensor,
    Value,
    ValueType,
)
from executorch.devtools.etdump.serialize import deserialize_from_etdump_flatcc
from executorch.devtools.etrecord import ETRecord
from executorch.exir.debug_handle_utils import (
    DEBUG_HANDLE_KEY,
    FROM_NODE_KEY,
    UNSET_DEBUG_HANDLE,
)
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.tensor import get_scalar_type

FORWARD = "forward"
EDGE_DIALECT_GRAPH_KEY = "edge_dialect_graph_module"

RESERVED_FRAMEWORK_EVENT_NAMES = ["Method::init", "Program::load_method", "Method::execute"]
"""Events of a whole method."""

EXCLUDED_COLUMNS_WHEN_PRINTING = [
    "raw",
    "delegate_debug_identifier",
    "stack_traces",
    "module_hierarchy",
    "debug_data",
]
EXCLUDED_EVENTS_WHEN_PRINTING = {"OPERATOR_CALL"}
EXCLUDED_EVENTS_FOR_INTERMEDIATE_OUTPUT = {"OPERATOR_CALL"}

InferenceOutput: TypeAlias = torch.Tensor | list[torch.Tensor] | int | float | str | bool | None
ProgramOutput: TypeAlias = list[InferenceOutput]
DebugHandle: TypeAlias = tuple[int, ...]


class TimeScale(Enum):
    """Units of time."""

    NS = "ns"
    US = "us"
    MS = "ms"
    S = "s"
    CYCLES = "cycles"


TIME_SCALE_DICT = {
    TimeScale.NS: 1000000000,
    TimeScale.US: 1000000,
    TimeScale.MS: 1000,
    TimeScale.S: 1,
    TimeScale.CYCLES: 1,
}
"""How many of each are a second; cycles are only converted to cycles."""


def calculate_time_scale_factor(
    source_time_scale: TimeScale, target_time_scale: TimeScale
) -> float:
    """What a time is divided by to convert it."""
    return TIME_SCALE_DICT[source_time_scale] / TIME_SCALE_DICT[target_time_scale]


# --- ETDumps --------------------------------------------------------------------------------------


def gen_etdump_object(
    etdump_path: str | None = None, etdump_data: bytes | None = None
) -> ETDumpFlatCC:
    """Reads a record from a file or from memory."""
    if (etdump_path is None) == (etdump_data is None):
        raise ValueError("Expecting exactly one of etdump_path or etdump_data to be specified.")
    if etdump_data is None:
        assert etdump_path is not None
        etdump_data = Path(etdump_path).read_bytes()
    return deserialize_from_etdump_flatcc(etdump_data)


def find_populated_event(event: Event) -> ProfileEvent | DebugEvent:
    """What happened: a profile event or a debug event."""
    if event.profile_event is not None:
        return event.profile_event
    if event.debug_event is not None:
        return event.debug_event
    raise ValueError("Unknown event type.")


def is_debug_output(value: Value) -> bool:
    """Whether the value is an output of the method."""
    return value.output is not None and value.output.bool_val


def _parse_tensor_value(tensor: Tensor | None, output_buffer: bytes | None) -> torch.Tensor:
    if tensor is None:
        raise ValueError("The recorded value has no tensor.")
    dtype = get_scalar_type(tensor.scalar_type)
    if tensor.offset is None or tensor.offset < 0 or output_buffer is None or 0 in tensor.sizes:
        # Recorded without a debug buffer: only its type and shape are known.
        return torch.zeros(tensor.sizes, dtype=dtype)
    count = 1 + sum(s * (n - 1) for n, s in zip(tensor.sizes, tensor.strides))
    end = tensor.offset + count * dtype.itemsize
    if end > len(output_buffer):
        raise ValueError(
            f"The debug buffer has {len(output_buffer)} bytes; a value ends at byte {end}."
        )
    elements = torch.frombuffer(bytearray(output_buffer[tensor.offset : end]), dtype=dtype)
    return elements.as_strided(tensor.sizes, tensor.strides)


def inflate_runtime_output(value: Value, output_buffer: bytes | None) -> InferenceOutput:
    """The recorded value; tensors are read from the debug buffer."""
    if value.val == ValueType.NULL.value:
        return None
    if value.val == ValueType.TENSOR.value:
        return _parse_tensor_value(value.tensor, output_buffer)
    if value.val == ValueType.TENSOR_LIST.value:
        if value.tensor_list is None:
            raise ValueError("The recorded value has no list of tensors.")
        return [_parse_tensor_value(t, output_buffer) for t in value.tensor_list.tensors]
    for kind, content, name in (
        (ValueType.INT, value.int_value, "int_val"),
        (ValueType.BOOL, value.bool_value, "bool_val"),
        (ValueType.FLOAT, value.float_value, "float_val"),
        (ValueType.DOUBLE, value.double_value, "double_val"),
    ):
        if value.val == kind.value:
            if content is None:
                raise ValueError(f"The recorded value has no {kind.value}.")
            return getattr(content, name)
    raise ValueError(f"Values of kind {value.val} are not recorded.")


def is_inference_output_equal(output1: InferenceOutput, output2: InferenceOutput) -> bool:
    """Whether two values are of the same kind and equal."""
    if type(output1) is not type(output2):
        return False
    if isinstance(output1, torch.Tensor) and isinstance(output2, torch.Tensor):
        return torch.equal(output1, output2)
    if isinstance(output1, list) and isinstance(output2, list):
        return len(output1) == len(output2) and all(map(torch.equal, output1, output2))
    return output1 == output2


def verify_debug_data_equivalence(existing_data: ProgramOutput, new_data: ProgramOutput) -> None:
    """ValueError unless both are the same."""
    if len(existing_data) != len(new_data) or not all(
        map(is_inference_output_equal, existing_data, new_data)
    ):
        raise ValueError("Unequal debug data.")


# --- Graphs of an export --------------------------------------------------------------------------


def gen_graphs_from_etrecord(
    etrecord: ETRecord, enable_module_hierarchy: bool = False
) -> Mapping[str, OperatorGraph]:
    """The graphs of the recorded programs; that of "forward" as EDGE_DIALECT_GRAPH_KEY."""
    programs = dict(etrecord.graph_map or {})
    edge = etrecord.edge_dialect_program
    if isinstance(edge, dict):
        edge = edge.get(FORWARD, next(iter(edge.values()), None))
    if edge is not None:
        programs[EDGE_DIALECT_GRAPH_KEY] = edge
    return {
        name: FXOperatorGraph.gen_operator_graph(
            program.graph_module, enable_module_hierarchy=enable_module_hierarchy
        )
        for name, program in programs.items()
    }


def create_debug_handle_to_op_node_mapping(
    op_graph: OperatorGraph,
) -> dict[int, list[OperatorNode]]:
    """The calls by debug handle."""
    result: dict[int, list[OperatorNode]] = {}
    for element in op_graph.elements:
        if isinstance(element, OperatorGraph):
            for handle, nodes in create_debug_handle_to_op_node_mapping(element).items():
                result.setdefault(handle, []).extend(nodes)
        elif isinstance(element, OperatorNode) and element.metadata is not None:
            for handle in _handles(element.metadata.get(DEBUG_HANDLE_KEY)):
                result.setdefault(handle, []).append(element)
    return result


def _handles(value: Any) -> DebugHandle:
    """A handle, or several of them, as a tuple."""
    if value is None or value == UNSET_DEBUG_HANDLE:
        return ()
    if isinstance(value, str):
        value = int(value)
    return (value,) if isinstance(value, int) else tuple(value)


def get_aot_debug_handle_to_op_name_mapping(
    graph_module: fx.GraphModule,
) -> dict[DebugHandle, list[str]]:
    """Names of the calls by debug handle."""
    names: dict[DebugHandle, list[str]] = {}
    for module in all_graph_modules(graph_module):
        for node in module.graph.nodes:
            handle = _handles(node.meta.get(DEBUG_HANDLE_KEY))
            if node.op == "call_function" and node.target is not operator.getitem and handle:
                names.setdefault(handle, []).append(node.name)
    return names


def find_op_names(
    target_debug_handle: DebugHandle, debug_handle_to_op_names: dict[DebugHandle, list[str]]
) -> list[str]:
    """Names of everything whose handle is part of the given one."""
    target = set(target_debug_handle)
    return [
        name
        for handle, names in debug_handle_to_op_names.items()
        if set(handle) <= target
        for name in names
    ]


def get_ancestor_node_identifiers(node: fx.Node) -> list[str]:
    """Identifiers ("name.graph id") of the nodes that `node` comes from, nearest first."""
    identifiers = []
    sources = node.meta.get(FROM_NODE_KEY)
    while sources:
        source = sources[-1]
        identifiers.append(f"{source.name}.{source.graph_id}")
        sources = source.from_node
    return identifiers


def get_parent_node_identifier(node: fx.Node) -> str | None:
    """The nearest of them."""
    sources = node.meta.get(FROM_NODE_KEY)
    return f"{sources[-1].name}.{sources[-1].graph_id}" if sources else None


def propagate_back_debug_handle(
    exported_program: ExportedProgram,
    exported_program_graph_id: int,
    edge_dialect_program: ExportedProgram,
    disable_debug_handle_valdiation: bool = False,
) -> bool:
    """Gives the nodes of a captured program the handles of the edge nodes that come from them.

    exported_program_graph_id: its graph as the edge program knows it (`ETRecord.export_graph_id`).
    Answers False, and changes nothing, if the edge program comes from another one, unless
    `disable_debug_handle_valdiation`.
    """
    by_ancestor: dict[str, int] = {}
    edge_handles: set[int] = set()
    for module in all_graph_modules(edge_dialect_program.graph_module):
        for node in module.graph.nodes:
            handles = _handles(node.meta.get(DEBUG_HANDLE_KEY))
            if node.op != "call_function" or len(handles) != 1:
                continue
            edge_handles.add(handles[0])
            for identifier in get_ancestor_node_identifiers(node):
                by_ancestor[identifier] = handles[0]
    found: dict[fx.Node, int] = {}
    for module in all_graph_modules(exported_program.graph_module):
        for node in module.graph.nodes:
            if node.op != "call_function":
                continue
            own = f"{node.name}.{exported_program_graph_id}"
            for identifier in (own, get_parent_node_identifier(node) or own):
                if identifier in by_ancestor:
                    found[node] = by_ancestor[identifier]
                    break
    if not disable_debug_handle_valdiation and not edge_handles <= set(found.values()):
        return False
    for module in all_graph_modules(exported_program.graph_module):
        for node in module.graph.nodes:
            node.meta[DEBUG_HANDLE_KEY] = found.get(node, UNSET_DEBUG_HANDLE)
    return True


# --- Both sides -----------------------------------------------------------------------------------


def merge_runtime_overlapping_debug_handles(
    runtime_intermediate_outputs: dict[DebugHandle, tuple[int, Any, int]],
) -> dict[DebugHandle, tuple[int, Any, int]]:
    """One entry for each group of handles that overlap: all of them, and the latest value.

    Values are (instruction, output, number of outputs).
    """
    merged: dict[DebugHandle, tuple[int, Any, int]] = {}
    for handle, value in runtime_intermediate_outputs.items():
        current, latest = handle, value
        for other in list(merged):
            if set(other) & set(current):
                previous = merged.pop(other)
                if previous[0] > latest[0]:
                    latest = previous
                current = (*(h for h in other if h not in current), *current)
        merged[tuple(sorted(current))] = latest
    return merged


def map_runtime_aot_intermediate_outputs(
    aot_intermediate_outputs: dict[DebugHandle, Any],
    runtime_intermediate_outputs: dict[DebugHandle, tuple[Any, int]],
) -> dict[tuple[DebugHandle, Any], tuple[DebugHandle, Any]]:
    """Pairs the values of the model with those of the program by their debug handles.

    A handle of the program may stand for several of the model's: the last of these counts.
    Values of the program are (output, number of outputs); of a list of values the last so many are
    outputs.
    """
    result: dict[tuple[DebugHandle, Any], tuple[DebugHandle, Any]] = {}
    for runtime_handle, (output, num_outputs) in runtime_intermediate_outputs.items():
        parts = [h for h in aot_intermediate_outputs if set(h) & set(runtime_handle)]
        if not parts or {i for h in parts for i in h} - set(runtime_handle):
            continue
        aot_handle = tuple(dict.fromkeys(i for h in parts for i in h))
        aot_value = aot_intermediate_outputs[parts[-1]]
        outputs = _flat(output)
        if isinstance(aot_value, (list, tuple)):
            for value, runtime_value in zip(aot_value, outputs[-len(aot_value) :]):
                result[aot_handle, value] = (runtime_handle, runtime_value)
            continue
        outputs = outputs[-num_outputs:] if num_outputs > 0 else outputs
        runtime_value = outputs[-1] if outputs else None
        if isinstance(aot_value, torch.Tensor):
            matching = [
                v for v in outputs if isinstance(v, torch.Tensor) and v.shape == aot_value.shape
            ]
            if not matching:
                continue
            runtime_value = matching[-1]
        result[aot_handle, aot_value] = (runtime_handle, runtime_value)
    return result


def _flat(values: Any) -> list[Any]:
    """The values, those in lists one by one."""
    if isinstance(values, (list, tuple)):
        return [leaf for value in values for leaf in _flat(value)]
    return [values]


def convert_to_float_tensor(input_data: Any) -> torch.Tensor:
    """A number, a list of numbers or a tensor as float64; ValueError if it is something else."""
    try:
        if isinstance(input_data, torch.Tensor):
            return input_data.detach().cpu().to(torch.float64)
        return torch.as_tensor(input_data, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"Cannot convert {type(input_data)} to a tensor of numbers.") from error


# --- Comparison of outputs ------------------------------------------------------------------------


def calculate_mse(ref_values: ProgramOutput, values: ProgramOutput) -> list[float]:
    """By output, the mean of the squared differences."""
    return _by_output(ref_values, values, lambda a, b: torch.mean((a - b) ** 2))


def calculate_snr(ref_values: ProgramOutput, values: ProgramOutput) -> list[float]:
    """By output, the ratio of signal to noise in decibels."""
    return _by_output(
        ref_values,
        values,
        lambda a, b: 20 * torch.log10(torch.linalg.norm(a) / torch.linalg.norm(a - b)),
    )


def calculate_cosine_similarity(ref_values: ProgramOutput, values: ProgramOutput) -> list[float]:
    """By output, the cosine of the angle between both as vectors."""
    return _by_output(
        ref_values,
        values,
        lambda a, b: torch.nn.functional.cosine_similarity(a.flatten(), b.flatten(), dim=0),
    )


def _by_output(ref_values: ProgramOutput, values: ProgramOutput, measure: Any) -> list[float]:
    return [
        round(measure(convert_to_float_tensor(a), convert_to_float_tensor(b)).item(), 2)
        for a, b in zip(ref_values, values)
    ]


def plot_metric(result: list[float], metric_name: str) -> None:
    """A bar for each output; needs matplotlib."""
    import matplotlib.pyplot as plt

    plt.clf()
    plt.figure()
    plt.bar(range(len(result)), result)
    plt.xlabel("output")
    plt.ylabel(metric_name)
    plt.title(f"{metric_name} by output")
    plt.show()


def compare_results(
    reference_output: ProgramOutput,
    run_output: ProgramOutput,
    metrics: list[str] | None = None,
    plot: bool = False,
) -> dict[str, list[float]]:
    """Measures outputs against the expected ones, and prints or plots the numbers.

    metrics: "snr", "mse", "cosine_similarity"; by default, all.
    """
    if len(reference_output) != len(run_output):
        raise ValueError(
            f"{len(reference_output)} outputs are expected, but there are {len(run_output)}"
        )
    measures = {
        "snr": calculate_snr,
        "mse": calculate_mse,
        "cosine_similarity": calculate_cosine_similarity,
    }
    results = {}
    for name, measure in measures.items():
        if metrics is not None and name not in metrics:
            continue
        results[name] = measure(reference_output, run_output)
        if plot:
            plot_metric(results[name], name)
        else:
            print(name)
            print("-" * 20)
            for i, number in enumerate(results[name]):
                print(f"{i:<5}{number:>8.5f}")
            print("\n")
    return results


def display_or_print_df(df: pd.DataFrame, file: IO[str] | None = None) -> None:
    """Shows a table: in a notebook as such, else as text in `file`."""
    if file in (None, sys.stdout) and "ipykernel" in sys.modules:
        from IPython.display import display

        display(df)
        return
    from tabulate import tabulate

    print(tabulate(df, headers="keys", tablefmt="fancy_grid"), file=file or sys.stdout)
