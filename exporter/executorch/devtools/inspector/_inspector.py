# SPDX-License-Identifier: BSD-3-Clause
"""From the events of an ETDump, and the ETRecord of the export, to tables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, TypeAlias

import numpy as np
import pandas as pd
from torch.export import ExportedProgram

from executorch.devtools.debug_format.base_schema import OperatorGraph, OperatorNode
from executorch.devtools.etdump.schema_flatcc import (
    DebugEvent,
    ETDumpFlatCC,
    ProfileEvent,
    RunData,
)
from executorch.devtools.etdump.schema_flatcc import Event as RawEvent
from executorch.devtools.etrecord import ETRecord, parse_etrecord
from executorch.devtools.inspector._inspector_utils import (
    EDGE_DIALECT_GRAPH_KEY,
    EXCLUDED_COLUMNS_WHEN_PRINTING,
    EXCLUDED_EVENTS_FOR_INTERMEDIATE_OUTPUT,
    EXCLUDED_EVENTS_WHEN_PRINTING,
    FORWARD,
    RESERVED_FRAMEWORK_EVENT_NAMES,
    DebugHandle,
    ProgramOutput,
    TimeScale,
    calculate_time_scale_factor,
    create_debug_handle_to_op_node_mapping,
    display_or_print_df,
    find_op_names,
    find_populated_event,
    gen_etdump_object,
    gen_graphs_from_etrecord,
    get_aot_debug_handle_to_op_name_mapping,
    inflate_runtime_output,
    is_debug_output,
    map_runtime_aot_intermediate_outputs,
    merge_runtime_overlapping_debug_handles,
    propagate_back_debug_handle,
)
from executorch.devtools.inspector._intermediate_output_capturer import (
    IntermediateOutputCapturer,
)
from executorch.devtools.inspector.numerical_comparator.l1_numerical_comparator import (
    L1Comparator,
)
from executorch.devtools.inspector.numerical_comparator.mse_numerical_comparator import (
    MSEComparator,
)
from executorch.devtools.inspector.numerical_comparator.numerical_comparator_base import (
    NumericalComparatorBase,
)
from executorch.devtools.inspector.numerical_comparator.snr_numerical_comparator import (
    SNRComparator,
)

log = logging.getLogger(__name__)

MetadataParser: TypeAlias = Callable[[list[str]], dict[str, Any]]
"""From what a backend attached to the runs of an event to columns of the table."""

TimeScaleConverter: TypeAlias = Callable[[int | str, int | float], int | float]
"""From a backend's identifier of an operation and a time of its clock to ticks."""

_COMPARATORS: dict[str, type[NumericalComparatorBase]] = {
    "MSE": MSEComparator,
    "L1": L1Comparator,
    "SNR": SNRComparator,
}


class DelegateMetadata(dict):
    """`name` of the backend and `delegate_map`, from its identifiers to debug handles."""


# --- Signatures: events of several runs with the same one are the same event ----------------------


@dataclass(frozen=True, order=True)
class ProfileEventSignature:
    name: str
    instruction_id: int | None
    delegate_id: int | None = None
    delegate_id_str: str | None = None

    @staticmethod
    def _gen_from_event(event: ProfileEvent) -> ProfileEventSignature:
        return ProfileEventSignature(
            event.name or "",
            event.instruction_id if event.instruction_id != -1 else None,
            _known(event.delegate_debug_id_int),
            event.delegate_debug_id_str or None,
        )


@dataclass(frozen=True, order=True)
class DebugEventSignature:
    name: str = ""
    instruction_id: int | None = -1
    delegate_id: int | None = None
    delegate_id_str: str | None = None

    @staticmethod
    def _gen_from_event(event: DebugEvent) -> DebugEventSignature:
        return DebugEventSignature(
            event.name or "",
            event.instruction_id if event.instruction_id != -1 else None,
            _known(event.delegate_debug_id_int),
            event.delegate_debug_id_str or None,
        )


def _known(number: int | None) -> int | None:
    return None if number in (None, -1) else number


@dataclass(frozen=True, order=True)
class InstructionEventSignature:
    """Of all events of an instruction, or of one operation of the backend that it calls."""

    instruction_id: int
    chain_index: int
    delegate_id: int | None = None
    delegate_id_str: str | None = None


@dataclass
class InstructionEvent:
    """What one run recorded for such a signature."""

    signature: InstructionEventSignature
    profile_events: list[ProfileEvent] | None = None
    debug_events: list[DebugEvent] | None = None

    @staticmethod
    def gen_from_events(run_events: list[RawEvent]) -> list[InstructionEvent]:
        """In the order in which they began. Outputs of the method are left out."""
        events: dict[InstructionEventSignature, InstructionEvent] = {}
        for raw in run_events:
            if raw.allocation_event is not None:
                continue
            event = find_populated_event(raw)
            if isinstance(event, DebugEvent) and is_debug_output(event.debug_entry):
                continue
            signature = InstructionEventSignature(
                event.instruction_id,
                event.chain_index,
                _known(event.delegate_debug_id_int),
                event.delegate_debug_id_str or None,
            )
            collected = events.setdefault(signature, InstructionEvent(signature))
            if isinstance(event, ProfileEvent):
                collected.profile_events = [*(collected.profile_events or []), event]
            else:
                collected.debug_events = [*(collected.debug_events or []), event]
        return list(events.values())


@dataclass(frozen=True, order=True)
class EventSignature:
    instruction_id: int
    profile_event_signature: ProfileEventSignature | None = None
    debug_event_signature: DebugEventSignature | None = None

    @staticmethod
    def gen_from_instruction_event(
        instruction_event: InstructionEvent,
    ) -> list[tuple[EventSignature, InstructionEvent]]:
        """One for each of its profile events, all with its values; or one for the values alone."""
        signature = instruction_event.signature
        debug_events = instruction_event.debug_events
        debug_signature = (
            DebugEventSignature._gen_from_event(debug_events[0]) if debug_events else None
        )
        if not instruction_event.profile_events:
            return [
                (
                    EventSignature(signature.instruction_id, None, debug_signature),
                    instruction_event,
                )
            ]
        return [
            (
                EventSignature(
                    signature.instruction_id,
                    ProfileEventSignature._gen_from_event(event),
                    debug_signature,
                ),
                InstructionEvent(signature, [event], debug_events),
            )
            for event in instruction_event.profile_events
        ]


@dataclass(frozen=True)
class RunSignature:
    """Runs with the same one are statistics of one `EventBlock`."""

    name: str
    events: tuple[EventSignature, ...] | None = None
    bundled_input_index: int | None = None


# --- Events ---------------------------------------------------------------------------------------


class PerfData:
    """Durations of one event in several runs. Numbers are in the target time scale.

    Attributes:
        raw: The durations, in the order of the runs.
    """

    def __init__(self, raw: list[float]) -> None:
        self.raw = raw

    @property
    def p10(self) -> float:
        return float(np.percentile(self.raw, 10))

    @property
    def p50(self) -> float:
        return float(np.percentile(self.raw, 50))

    @property
    def p90(self) -> float:
        return float(np.percentile(self.raw, 90))

    @property
    def avg(self) -> float:
        return float(np.mean(self.raw))

    @property
    def min(self) -> float:
        return min(self.raw)

    @property
    def max(self) -> float:
        return max(self.raw)

    def __repr__(self) -> str:
        return f"PerfData({self.raw})"


@dataclass
class Event:
    """What happened in each of the runs of a block.

    Attributes:
        name: Of the event, or the identifier of a backend's operation.
        perf_data: Its durations; None if it was not timed.
        op_types: The operators of the model that it comes from.
        delegate_debug_identifier: A backend's identifier of the operation.
        debug_handles: Of the nodes that it comes from.
        num_outputs: How many of the last values in `debug_data` are outputs.
        stack_traces: Source lines of the model by node.
        module_hierarchy: Modules by node.
        is_delegated_op: Whether it is an operation inside of a backend.
        delegate_backend_name: The backend, also for the instruction that calls it.
        debug_data: The values that it computed, of the first run.
    """

    name: str
    perf_data: PerfData | None = None
    op_types: list[str] = field(default_factory=list)
    delegate_debug_identifier: int | str | None = None
    debug_handles: int | Sequence[int] | None = None
    num_outputs: int = 1
    stack_traces: dict[str, str] = field(default_factory=dict)
    module_hierarchy: dict[str, dict] = field(default_factory=dict)
    is_delegated_op: bool | None = None
    delegate_backend_name: str | None = None
    _delegate_debug_metadatas: list[str] = field(default_factory=list)
    debug_data: ProgramOutput = field(default_factory=list)
    _instruction_id: int | None = None
    _delegate_metadata_parser: MetadataParser | None = None
    _delegate_time_scale_converter: TimeScaleConverter | None = None
    _start_time: list[int | float] | None = None

    @property
    def raw_delegate_debug_metadatas(self) -> list[str]:
        """What the backend attached, by run."""
        return self._delegate_debug_metadatas

    @property
    def start_time(self) -> list[int | float] | None:
        """Ticks at which it began, by run."""
        return self._start_time

    def to_dataframe(self, _units: str = "") -> pd.DataFrame:
        """One row; `_units` is appended to the names of times."""
        return pd.DataFrame([self._row(_units)])

    def asdict(self, _units: str = "") -> dict[str, Any]:
        """The same as a dictionary that makes a table of one row: lists are wrapped in lists."""
        return {
            key: [value] if isinstance(value, (list, dict)) else value
            for key, value in self._row(_units).items()
        }

    def _row(self, units: str = "") -> dict[str, Any]:
        perf = self.perf_data
        return {
            "event_name": self.name,
            "raw": [] if perf is None else perf.raw,
            **{
                name + units: None if perf is None else getattr(perf, name)
                for name in ("p10", "p50", "p90", "avg", "min", "max")
            },
            "op_types": self.op_types,
            "delegate_debug_identifier": self.delegate_debug_identifier,
            "stack_traces": self.stack_traces,
            "module_hierarchy": self.module_hierarchy,
            "is_delegated_op": self.is_delegated_op,
            "delegate_backend_name": self.delegate_backend_name,
            "debug_data": self.debug_data,
            "start_time": self._start_time,
        }

    def _delegate_columns(self) -> dict[str, Any]:
        """Columns for what the backend attached."""
        metadatas = self._delegate_debug_metadatas
        if not any(metadatas):
            return {}
        if self._delegate_metadata_parser is None:
            return {"delegate_debug_metadata": metadatas}
        return self._delegate_metadata_parser(metadatas)

    @staticmethod
    def _gen_from_inference_events(
        signature: EventSignature,
        events: list[InstructionEvent],
        scale_factor: float = 1.0,
        output_buffer: bytes | None = None,
        delegate_metadata_parser: MetadataParser | None = None,
        delegate_time_scale_converter: TimeScaleConverter | None = None,
    ) -> Event:
        """events: those with this signature, one for each run."""
        event = Event(
            name="",
            _instruction_id=signature.instruction_id,
            _delegate_metadata_parser=delegate_metadata_parser,
            _delegate_time_scale_converter=delegate_time_scale_converter,
        )
        identity = signature.profile_event_signature or signature.debug_event_signature
        if identity is not None:
            event.name = identity.name
            identifier = (
                identity.delegate_id_str
                if identity.delegate_id_str is not None
                else identity.delegate_id
            )
            event.is_delegated_op = identifier is not None
            if identifier is not None:
                event.delegate_debug_identifier = identifier
                event.name = event.name or str(identifier)
        event._add_times([e.profile_events for e in events], scale_factor)
        if events and events[0].debug_events:
            event.debug_data = [
                inflate_runtime_output(debug.debug_entry, output_buffer)
                for debug in events[0].debug_events
            ]
        return event

    def _add_times(self, runs: list[list[ProfileEvent] | None], scale_factor: float) -> None:
        durations: list[float] = []
        starts: list[int | float] = []
        for profile_events in runs:
            for profile in profile_events or []:
                start: int | float = profile.start_time
                end: int | float = profile.end_time
                if self.is_delegated_op and self._delegate_time_scale_converter is not None:
                    converter = self._delegate_time_scale_converter
                    start = converter(self.name, start)
                    end = converter(self.name, end)
                durations.append(float(end - start) / scale_factor)
                starts.append(profile.start_time)
                self._delegate_debug_metadatas.append(
                    (profile.delegate_debug_metadata or b"").decode(errors="replace")
                )
        if durations:
            self.perf_data = PerfData(durations)
            self._start_time = starts
        if not any(self._delegate_debug_metadatas):
            self._delegate_debug_metadatas = []

    def _associate_with_op_graph_nodes(
        self, debug_handle_to_op_node_map: dict[int, list[OperatorNode]]
    ) -> None:
        """Fills in what the nodes with its debug handles tell."""
        if self.name in RESERVED_FRAMEWORK_EVENT_NAMES or self.debug_handles is None:
            return
        handles = self.debug_handles
        for handle in [handles] if isinstance(handles, int) else handles:
            for node in debug_handle_to_op_node_map.get(handle, []):
                metadata = node.metadata or {}
                if node.op is not None:
                    self.op_types.append(node.op)
                if metadata.get("stack_trace"):
                    self.stack_traces[node.name] = metadata["stack_trace"]
                if metadata.get("nn_module_stack"):
                    self.module_hierarchy[node.name] = metadata["nn_module_stack"]


@dataclass
class EventBlock:
    """Runs in which the same happened: loading, or executions of a method.

    Attributes:
        name: "Default" for loading, "Execute".
        bundled_input_index: The test case that was run, or -1.
        run_output: The outputs of the first run; empty if they were not recorded.
        reference_output: Those that the test case expects, if the ETRecord has them.
    """

    name: str
    events: list[Event] = field(default_factory=list)
    source_time_scale: TimeScale = TimeScale.NS
    target_time_scale: TimeScale = TimeScale.MS
    bundled_input_index: int | None = None
    run_output: ProgramOutput | None = None
    reference_output: ProgramOutput | None = None

    def to_dataframe(
        self, include_units: bool = False, include_delegate_debug_data: bool = False
    ) -> pd.DataFrame:
        """A row for each event.

        include_units: append the unit to the names of columns with times.
        include_delegate_debug_data: add columns for what backends attached.
        """
        units = f" ({self.target_time_scale.value})" if include_units else ""
        rows = []
        for event in self.events:
            row = {"event_block_name": self.name, **event._row(units)}
            if include_delegate_debug_data:
                row.update(event._delegate_columns())
            rows.append(row)
        table = pd.DataFrame(rows)
        # Columns of strings would have NaN where there is None.
        for name in ("delegate_debug_identifier", "delegate_backend_name") if rows else ():
            table[name] = pd.Series([row[name] for row in rows], dtype=object)
        return table

    @staticmethod
    def _gen_from_etdump(
        etdump: ETDumpFlatCC,
        source_time_scale: TimeScale = TimeScale.NS,
        target_time_scale: TimeScale = TimeScale.MS,
        output_buffer: bytes | None = None,
        delegate_metadata_parser: MetadataParser | None = None,
        delegate_time_scale_converter: TimeScaleConverter | None = None,
    ) -> list[EventBlock]:
        groups: dict[RunSignature, list[list[InstructionEvent]]] = {}
        first_runs: dict[RunSignature, RunData] = {}
        for run in etdump.run_data:
            pairs = [
                pair
                for instruction in InstructionEvent.gen_from_events(run.events or [])
                for pair in EventSignature.gen_from_instruction_event(instruction)
            ]
            signature = RunSignature(
                run.name, tuple(event for event, _ in pairs), run.bundled_input_index
            )
            groups.setdefault(signature, []).append([event for _, event in pairs])
            first_runs.setdefault(signature, run)
        scale_factor = calculate_time_scale_factor(source_time_scale, target_time_scale)
        return [
            EventBlock(
                name=signature.name,
                events=[
                    Event._gen_from_inference_events(
                        event_signature,
                        [run[i] for run in runs],
                        scale_factor,
                        output_buffer,
                        delegate_metadata_parser,
                        delegate_time_scale_converter,
                    )
                    for i, event_signature in enumerate(signature.events or ())
                ],
                source_time_scale=source_time_scale,
                target_time_scale=target_time_scale,
                bundled_input_index=signature.bundled_input_index,
                run_output=EventBlock._collect_run_outputs(
                    first_runs[signature].events or [], output_buffer
                ),
            )
            for signature, runs in groups.items()
        ]

    @staticmethod
    def _collect_run_outputs(
        events: list[RawEvent], output_buffer: bytes | None = None
    ) -> ProgramOutput:
        return [
            inflate_runtime_output(event.debug_event.debug_entry, output_buffer)
            for event in events
            if event.debug_event is not None and is_debug_output(event.debug_event.debug_entry)
        ]

    def _gen_resolve_debug_handles(
        self,
        handle_map: dict[str, Any],
        delegate_map: dict[str, DelegateMetadata] | None = None,
        instruction_id_to_num_outs_map: dict[str, int] | None = None,
    ) -> None:
        """Finds the debug handles of all events. Maps are by instruction, as a string."""
        for event in self.events:
            instruction = str(event._instruction_id)
            metadata = (delegate_map or {}).get(instruction)
            if event.name not in RESERVED_FRAMEWORK_EVENT_NAMES:
                if metadata is not None:
                    event.delegate_backend_name = metadata.get("name", "")
                outputs = (instruction_id_to_num_outs_map or {}).get(instruction)
                if outputs is not None:
                    event.num_outputs = outputs
            if event.delegate_debug_identifier is None:
                event.debug_handles = handle_map.get(instruction)
            elif metadata is not None:
                identifiers = metadata.get("delegate_map") or {}
                event.debug_handles = identifiers.get(
                    event.delegate_debug_identifier,
                    identifiers.get(str(event.delegate_debug_identifier)),
                )


class Inspector:
    """Relates an ETDump to the model.

    Attributes:
        event_blocks: What was recorded.
        op_graph_dict: With an ETRecord, the graphs of its programs by name.
    """

    def __init__(
        self,
        etdump_path: str | None = None,
        etdump_data: bytes | None = None,
        etrecord: ETRecord | str | None = None,
        source_time_scale: TimeScale = TimeScale.NS,
        target_time_scale: TimeScale = TimeScale.MS,
        debug_buffer_path: str | None = None,
        delegate_metadata_parser: MetadataParser | None = None,
        delegate_time_scale_converter: TimeScaleConverter | None = None,
        enable_module_hierarchy: bool = False,
        reference_graph_name: str = EDGE_DIALECT_GRAPH_KEY,
    ) -> None:
        """
        Args:
            etdump_path: The ETDump; or else
            etdump_data: its bytes.
            etrecord: The record of the export, or its path. Without it events keep the names that
                the runtime gave them.
            source_time_scale: The unit of the ticks.
            target_time_scale: The unit of the durations. Cycles stay cycles.
            debug_buffer_path: The file with the recorded tensors.
            delegate_metadata_parser: Makes columns of what a backend attached to an event.
            delegate_time_scale_converter: Converts times of a backend's own clock.
            enable_module_hierarchy: Whether graphs are divided by module.
            reference_graph_name: The recorded graph that events are related to.
        """
        if (etdump_path is None) == (etdump_data is None):
            raise ValueError("Expecting exactly one of etdump_path or etdump_data to be specified.")
        if (source_time_scale == TimeScale.CYCLES) != (target_time_scale == TimeScale.CYCLES):
            raise RuntimeError("For TimeScale in cycles both source and target must be in cycles.")
        self._source_time_scale = source_time_scale
        self._target_time_scale = target_time_scale
        self._enable_module_hierarchy = enable_module_hierarchy
        if etrecord is None or isinstance(etrecord, ETRecord):
            self._etrecord = etrecord
        elif isinstance(etrecord, str):
            self._etrecord = parse_etrecord(etrecord)
        else:
            raise TypeError("Unsupported ETRecord type")
        output_buffer = None
        if debug_buffer_path is not None:
            with open(debug_buffer_path, "rb") as file:
                output_buffer = file.read()
        self.event_blocks = EventBlock._gen_from_etdump(
            gen_etdump_object(etdump_path, etdump_data),
            source_time_scale,
            target_time_scale,
            output_buffer,
            delegate_metadata_parser,
            delegate_time_scale_converter,
        )
        self.op_graph_dict: dict[str, OperatorGraph] = {}
        self._reference_outputs: dict[str, Any] | None = None
        if self._etrecord is not None:
            self._consume_etrecord(reference_graph_name)

    def _consume_etrecord(self, reference_graph_name: str) -> None:
        record = self._etrecord
        assert record is not None
        self.op_graph_dict = dict(gen_graphs_from_etrecord(record, self._enable_module_hierarchy))
        if record._debug_handle_map is None or record._delegate_map is None:
            return
        handles = _of_forward(record._debug_handle_map)
        delegates = _of_forward(record._delegate_map)
        outputs = _of_forward(record._instruction_id_to_num_outs_map)
        for block in self.event_blocks:
            block._gen_resolve_debug_handles(handles, delegates, outputs)
        graph = self.op_graph_dict.get(reference_graph_name)
        if graph is not None:
            nodes = create_debug_handle_to_op_node_mapping(graph)
            for block in self.event_blocks:
                for event in block.events:
                    event._associate_with_op_graph_nodes(nodes)
        self._reference_outputs = record._reference_outputs
        references: Any = (self._reference_outputs or {}).get(FORWARD)
        for block in self.event_blocks:
            # As if the only test case had been run, if none is known to have been.
            if references and _is_list_of_lists(references):
                index = block.bundled_input_index
                if index is not None and -1 <= index < len(references):
                    block.reference_output = references[index]
            elif references:
                block.reference_output = references

    # --- Tables ---

    def _prepare_dataframe(
        self, include_units: bool = True, include_delegate_debug_data: bool = False
    ) -> pd.DataFrame:
        """What is printed: some rows and columns are left out."""
        table = self.to_dataframe(include_units, include_delegate_debug_data)
        if table.empty:
            return table
        table = table[~table["event_name"].isin(EXCLUDED_EVENTS_WHEN_PRINTING)]
        table = table.drop(columns=EXCLUDED_COLUMNS_WHEN_PRINTING).reset_index(drop=True)
        return table.astype(object).where(table.notna(), None)

    def to_dataframe(
        self, include_units: bool = True, include_delegate_debug_data: bool = False
    ) -> pd.DataFrame:
        """A row for each event of all blocks.

        Args:
            include_units: Whether names of columns with times end in their unit.
            include_delegate_debug_data: Whether there are columns for what backends attached.
        """
        tables = [
            block.to_dataframe(include_units, include_delegate_debug_data)
            for block in self.event_blocks
        ]
        tables = [table for table in tables if not table.empty]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def print_data_tabular(
        self,
        file: IO[str] | None = None,
        include_units: bool = True,
        include_delegate_debug_data: bool = False,
    ) -> None:
        """Prints the table, without the columns that are wide. In a notebook it is displayed.

        file: By default standard output.
        """
        display_or_print_df(
            self._prepare_dataframe(include_units, include_delegate_debug_data), file
        )

    def save_data_to_tsv(
        self,
        file: IO[str],
        include_units: bool = True,
        include_delegate_debug_data: bool = False,
    ) -> None:
        """Writes what is printed, separated by tabs."""
        table = self._prepare_dataframe(include_units, include_delegate_debug_data)
        table.to_csv(file, sep="\t")

    def find_total_for_module(self, module_name: str) -> float:
        """The mean time of all that belongs to a module: its path, its type or its key."""
        total = 0.0
        for block in self.event_blocks:
            for event in block.events:
                if event.perf_data is None or event.name in EXCLUDED_EVENTS_WHEN_PRINTING:
                    continue
                names = {
                    name
                    for modules in event.module_hierarchy.values()
                    for key, value in modules.items()
                    for name in (key, *value)
                }
                if module_name in names:
                    total += event.perf_data.avg
        return total

    def get_op_list(
        self, event_block: str, show_delegated_ops: bool | None = True
    ) -> dict[str, list[Event]]:
        """The events of a block by the operator of the model."""
        result: dict[str, list[Event]] = {}
        for block in self.event_blocks:
            if block.name != event_block:
                continue
            for event in block.events:
                if show_delegated_ops or not event.is_delegated_op:
                    for op in dict.fromkeys(event.op_types):
                        result.setdefault(op, []).append(event)
        return result

    def write_tensorboard_artifact(self, path: str) -> None:
        """Writes the durations as scalars that TensorBoard shows; needs tensorboard."""
        from torch.utils.tensorboard import SummaryWriter

        writer = SummaryWriter(log_dir=path)
        for block in self.event_blocks:
            for number, event in enumerate(block.events):
                for run, duration in enumerate(event.perf_data.raw if event.perf_data else []):
                    writer.add_scalar(f"{block.name}/{number} {event.name}", duration, run)
        writer.close()

    def get_exported_program(self, graph: str | None = None) -> ExportedProgram | None:
        """A recorded program: the edge program, or that called `graph`."""
        if self._etrecord is None:
            log.warning(
                "Exported program is only available when a valid etrecord_path was provided at "
                "the time of Inspector construction"
            )
            return None
        edge = self._etrecord.edge_dialect_program
        if isinstance(edge, dict):
            edge = edge.get(FORWARD)
        if graph is None or graph in (EDGE_DIALECT_GRAPH_KEY, "edge_dialect_exported_program"):
            return edge
        if graph == "exported_program":
            return self._etrecord.exported_program
        return (self._etrecord.graph_map or {}).get(graph)

    # --- Values ---

    def calculate_numeric_gap(
        self,
        distance: str | NumericalComparatorBase,
        disable_debug_handle_valdiation: bool = False,
        reference_graph: str | None = None,
    ) -> pd.DataFrame:
        """How far the values that the program computed are from those that the model computes.

        Args:
            distance: "MSE", "L1", "SNR", or a comparator.
            disable_debug_handle_valdiation: Whether the captured program is used even if the edge
                program does not come from it entirely.
            reference_graph: "exported_program" or "edge_dialect_exported_program"; by default the
                first of them that can be used.

        The ETRecord needs representative inputs: they come with a bundled program, or from
        `update_representative_inputs`. The program has to be loaded with a debug buffer.
        """
        if isinstance(distance, str):
            if distance not in _COMPARATORS:
                raise ValueError(f"Unsupported distance metric {distance!r}")
            comparator = _COMPARATORS[distance](inspector=self)
        else:
            comparator = distance
        if self._etrecord is None:
            raise ValueError("an ETRecord is needed to calculate numeric gaps")
        inputs = self._etrecord._representative_inputs
        if inputs is None:
            raise ValueError("the ETRecord has no representative inputs")
        program, name = self._resolve_reference_graph(
            reference_graph, disable_debug_handle_valdiation
        )
        module = program.graph_module
        values = IntermediateOutputCapturer(module).run_and_capture(
            *_placeholder_values(program, inputs)
        )
        aot_names = get_aot_debug_handle_to_op_name_mapping(module)
        runtime_values, runtime_names = self._get_runtime_intermediate_outputs_and_op_names()
        mapping = map_runtime_aot_intermediate_outputs(values, runtime_values)
        table = comparator.compare(mapping, aot_names, runtime_names)
        traces = {node.name: node.stack_trace for node in module.graph.nodes}
        if table.empty:
            return table
        if not any(traces.values()):
            log.warning("No stack traces found in reference_graph %r.", name)
        table["stacktraces"] = [
            {op: traces.get(op) for op in find_op_names(handle, aot_names)}
            for handle in table["aot_debug_handle"]
        ]
        return table

    def _resolve_reference_graph(
        self,
        reference_graph: str | None = None,
        disable_debug_handle_validation: bool = False,
    ) -> tuple[ExportedProgram, str]:
        record = self._etrecord
        assert record is not None
        edge = self.get_exported_program()
        if reference_graph not in (None, "exported_program", "edge_dialect_exported_program"):
            raise ValueError(f"Unknown reference graph {reference_graph!r}")
        if edge is None:
            raise ValueError("the ETRecord has no edge program of method forward")
        if reference_graph != "edge_dialect_exported_program":
            captured = record.exported_program
            if (
                captured is not None
                and record.export_graph_id is not None
                and propagate_back_debug_handle(
                    captured, record.export_graph_id, edge, disable_debug_handle_validation
                )
            ):
                return captured, "exported_program"
            if reference_graph is not None:
                raise ValueError(
                    "the ETRecord has no captured program, or the edge program does not come from "
                    "it"
                )
            log.warning(
                "Either ATen dialect exported program is not in ETRecord, or debug handle "
                "backpropagation failed. Falling back to 'edge_dialect_exported_program'."
            )
        return edge, "edge_dialect_exported_program"

    def _get_runtime_intermediate_outputs_and_op_names(
        self,
    ) -> tuple[dict[DebugHandle, tuple[Any, int]], dict[DebugHandle, list[str]]]:
        """Values with their number of outputs, and names of events, by debug handle."""
        values: dict[DebugHandle, tuple[int, Any, int]] = {}
        names: dict[DebugHandle, list[str]] = {}
        for block in self.event_blocks:
            for event in block.events:
                handles = event.debug_handles
                if (
                    handles is None
                    or not event.debug_data
                    or event.name in EXCLUDED_EVENTS_FOR_INTERMEDIATE_OUTPUT
                ):
                    continue
                key = (handles,) if isinstance(handles, int) else tuple(handles)
                instruction = -1 if event._instruction_id is None else event._instruction_id
                if key not in values or values[key][0] <= instruction:
                    values[key] = (instruction, event.debug_data, event.num_outputs)
                    names[key] = [event.name]
        merged = merge_runtime_overlapping_debug_handles(values)
        return (
            {handle: (value, outputs) for handle, (_, value, outputs) in merged.items()},
            names,
        )


def _of_forward(methods: dict[str, Any] | None) -> dict[str, Any]:
    """The map of method "forward", or of the only method; by strings, as JSON has them."""
    if not methods:
        return {}
    content = methods.get(FORWARD)
    if content is None:
        content = next(iter(methods.values()))
    return {str(key): value for key, value in content.items()}


def _is_list_of_lists(values: Any) -> bool:
    return bool(values) and all(isinstance(value, (list, tuple)) for value in values)


def _placeholder_values(program: ExportedProgram, inputs: Sequence[Any]) -> list[Any]:
    """What the placeholders of a program's graph stand for."""
    user_inputs = iter(inputs)
    values = []
    for spec in program.graph_signature.input_specs:
        name = spec.target
        if name is None:
            values.append(next(user_inputs))
        elif name in program.state_dict:
            values.append(program.state_dict[name])
        else:
            values.append(program.constants[name])
    return values
