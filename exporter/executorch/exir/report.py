# SPDX-License-Identifier: BSD-3-Clause
"""What is in a program: operators, delegates, memory, constants, file layout.

    python -m executorch.exir.report model.pte                  # text
    python -m executorch.exir.report model.pte --json
    python -m executorch.exir.report model.pte --html page.html

`ExecutorchProgramManager.report()` knows more than the file does: what delegates contain, why
operators were left behind, source lines, names of constants, and exact lifetimes; see
docs/report.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from executorch.exir import schema
from executorch.exir._serialize._flatbuffer_program import _flatbuffer_to_program
from executorch.exir._serialize._program import _ExtendedHeader
from executorch.exir.report_flops import estimate_flops

if TYPE_CHECKING:
    from executorch.exir.program._program import ExecutorchProgramManager

__all__ = [
    "Arena",
    "Block",
    "Constant",
    "Delegate",
    "Method",
    "Operator",
    "Report",
    "Section",
    "load_report",
    "report_of_file",
    "report_of_manager",
]

_LARGEST = 10


@dataclass
class Operator:
    """Calls of one operator that kernels do.

    flops: estimate for all calls together. reasons: why no backend took them, with counts.
    example: source line of one of the calls.
    """

    name: str
    count: int = 0
    flops: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    example: str = ""


@dataclass
class Delegate:
    """A call of a backend. What it contains is None if only the file is known."""

    backend: str
    bytes: int
    operators: dict[str, int] | None = None
    flops: int | None = None


@dataclass
class Block:
    """Bytes [offset, offset + bytes) of an arena, in use at the steps first .. last (inclusive)."""

    name: str
    arena: int
    offset: int
    bytes: int
    first: int
    last: int
    dtype: str = ""
    sizes: list[int] = field(default_factory=list)


@dataclass
class Arena:
    """Memory that the caller supplies; lower_bound is what is live at the most at one step."""

    id: int
    bytes: int
    lower_bound: int
    device: str = "CPU"


@dataclass
class Constant:
    name: str
    bytes: int
    dtype: str
    sizes: list[int]


@dataclass
class Method:
    """One method of a program. steps: the number of steps that `timeline` counts."""

    name: str
    operators: list[Operator]
    delegates: list[Delegate]
    arenas: list[Arena]
    timeline: list[Block]
    steps: int
    step_names: list[str] = field(default_factory=list)

    @property
    def kernel_calls(self) -> int:
        return sum(operator.count for operator in self.operators)

    @property
    def kernel_flops(self) -> int:
        return sum(operator.flops for operator in self.operators)

    @property
    def delegated_operators(self) -> int | None:
        """Number of operators inside of delegates; None if that isn't known."""
        if any(delegate.operators is None for delegate in self.delegates):
            return None
        return sum(sum((delegate.operators or {}).values()) for delegate in self.delegates)

    @property
    def delegated_share(self) -> float | None:
        """Share of operators that backends do, by count."""
        delegated = self.delegated_operators
        if delegated is None:
            return None
        total = delegated + self.kernel_calls
        return delegated / total if total else 0.0

    @property
    def delegated_flops_share(self) -> float | None:
        """Share of operators that backends do, by estimated arithmetic."""
        if self.delegated_operators is None:
            return None
        delegated = sum(delegate.flops or 0 for delegate in self.delegates)
        total = delegated + self.kernel_flops
        return delegated / total if total else 0.0

    @property
    def largest_tensors(self) -> list[Block]:
        return sorted(self.timeline, key=lambda block: -block.bytes)[:_LARGEST]


@dataclass
class Section:
    """Bytes [offset, offset + bytes) of the file."""

    name: str
    offset: int
    bytes: int


@dataclass
class Report:
    """See the module. `str(report)` is the text."""

    file_bytes: int
    sections: list[Section]
    constant_bytes: int
    constants: list[Constant]
    methods: list[Method]

    def to_text(self) -> str:
        from executorch.exir.report_format import to_text

        return to_text(self)

    def to_dict(self) -> dict[str, Any]:
        result = dataclasses.asdict(self)
        for method, data in zip(self.methods, result["methods"]):
            for name in (
                "kernel_calls",
                "kernel_flops",
                "delegated_operators",
                "delegated_share",
                "delegated_flops_share",
            ):
                data[name] = getattr(method, name)
        return result

    def to_json(self, indent: int | None = 2) -> str:
        return json.dumps(self.to_dict(), indent=indent)

    def to_html(self) -> str:
        """A page without external references, with the memory timelines drawn."""
        from executorch.exir.report_format import to_html

        return to_html(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes text, JSON or HTML, as the name ends in .txt, .json or .html."""
        writers = {".txt": self.to_text, ".json": self.to_json, ".html": self.to_html}
        extension = os.path.splitext(path)[1]
        if extension not in writers:
            raise ValueError(f"reports are .txt, .json or .html files, got {os.fspath(path)!r}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(writers[extension]())

    def __str__(self) -> str:
        return self.to_text()


def lower_bound(blocks: list[Block], steps: int) -> int:
    """The most bytes that are in use at one step; bytes with several names count once."""
    starts: dict[int, list[Block]] = {}
    for block in blocks:
        starts.setdefault(block.first, []).append(block)
    live: list[Block] = []
    bound = 0
    for step in range(steps):
        arrived = starts.get(step, [])
        live = [block for block in live if block.last >= step]
        if not arrived:
            continue
        live = sorted(live + arrived, key=lambda block: block.offset)
        used, end = 0, 0
        for block in live:
            top = block.offset + block.bytes
            used += max(0, top - max(end, block.offset))
            end = max(end, top)
        bound = max(bound, used)
    return bound


def arenas_of(sizes: list[int], devices: Any, blocks: list[Block], steps: int) -> list[Arena]:
    names = {d.buffer_idx: f"{d.device_type.name}:{d.device_index}" for d in devices or []}
    return [
        Arena(
            index,
            size,
            lower_bound([block for block in blocks if block.arena == index], steps),
            names.get(index, "CPU"),
        )
        for index, size in enumerate(sizes)
        if index > 0
    ]


def _dtype(tensor: schema.Tensor) -> str:
    return tensor.scalar_type.name.lower()


def _offset(tensor: schema.Tensor) -> int:
    place = tensor.allocation_info
    assert place is not None
    return place.memory_offset_high << 32 | place.memory_offset_low


def _nbytes(tensor: schema.Tensor) -> int:
    from executorch.exir.tensor import get_scalar_type, num_bytes_from_shape_and_dtype

    return num_bytes_from_shape_and_dtype(tensor.sizes, get_scalar_type(tensor.scalar_type))


class _PlanReader:
    """Reads a method as it is in the file."""

    def __init__(self, program: schema.Program, plan: schema.ExecutionPlan) -> None:
        self._program = program
        self._plan = plan

    def read(self) -> Method:
        operators: dict[str, Operator] = {}
        delegates: list[Delegate] = []
        names: list[str] = []
        uses: dict[int, list[int]] = {}
        step = 0
        for chain in self._plan.chains:
            for instruction in chain.instructions:
                call = instruction.instr_args
                name = type(call).__name__
                if isinstance(call, schema.KernelCall):
                    op = self._plan.operators[call.op_index]
                    name = f"{op.name}.{op.overload}" if op.overload else op.name
                    operator = operators.setdefault(name, Operator(name))
                    operator.count += 1
                    operator.flops += self._flops(name, call.args)
                    used = call.args
                elif isinstance(call, schema.DelegateCall):
                    delegate = self._plan.delegates[call.delegate_index]
                    name = delegate.id
                    delegates.append(Delegate(name, self._payload(delegate)))
                    used = call.args
                elif isinstance(call, schema.MoveCall):
                    used = [call.move_from, call.move_to]
                elif isinstance(call, schema.JumpFalseCall):
                    used = [call.cond_value_index]
                else:
                    used = [call.value_index]
                names.append(name)
                for value in used:
                    self._use(value, step, uses)
                step += 1
        last = max(step - 1, 0)
        for value in self._plan.inputs:
            self._use(value, 0, uses)
        for value in self._plan.outputs:
            self._use(value, last, uses)
        blocks = self._blocks(uses)
        return Method(
            self._plan.name,
            sorted(operators.values(), key=lambda op: (-op.flops, op.name)),
            delegates,
            arenas_of(
                self._plan.non_const_buffer_sizes,
                self._plan.non_const_buffer_device,
                blocks,
                last + 1,
            ),
            blocks,
            last + 1,
            names,
        )

    def _use(self, index: int, step: int, uses: dict[int, list[int]]) -> None:
        value = self._plan.values[index].val
        uses.setdefault(index, []).append(step)
        if isinstance(value, (schema.TensorList, schema.OptionalTensorList)):
            for item in value.items:
                if item >= 0:
                    self._use(item, step, uses)

    def _blocks(self, uses: dict[int, list[int]]) -> list[Block]:
        blocks = []
        for index, steps in sorted(uses.items()):
            tensor = self._plan.values[index].val
            if isinstance(tensor, schema.Tensor) and tensor.allocation_info is not None:
                blocks.append(
                    Block(
                        f"value {index}",
                        tensor.allocation_info.memory_id,
                        _offset(tensor),
                        _nbytes(tensor),
                        min(steps),
                        max(steps),
                        _dtype(tensor),
                        list(tensor.sizes),
                    )
                )
        return blocks

    def _payload(self, delegate: schema.BackendDelegate) -> int:
        place = delegate.processed
        if place.location == schema.DataLocation.SEGMENT:
            return self._program.segments[place.index].size
        return len(self._program.backend_delegate_data[place.index].data)

    def _flops(self, name: str, args: list[int]) -> int:
        values = [self._argument(index) for index in args]
        shapes = [value for value in values if isinstance(value, tuple)]
        return estimate_flops(name, values[:-1], shapes[-1]) if shapes else 0

    def _argument(self, index: int) -> Any:
        value = self._plan.values[index].val
        if isinstance(value, schema.Tensor):
            return tuple(value.sizes)
        if isinstance(value, schema.Bool):
            return value.bool_val
        if isinstance(value, schema.Int):
            return value.int_val
        if isinstance(value, schema.IntList):
            return [self._argument(item) for item in value.items]
        if isinstance(value, (schema.TensorList, schema.OptionalTensorList)):
            return [self._argument(item) for item in value.items if item >= 0]
        return None


def _sections(program: schema.Program, program_size: int, base: int, size: int) -> list[Section]:
    named: dict[int, list[str]] = {}
    for item in program.named_data or []:
        named.setdefault(item.segment_index, []).append(item.key)
    sections = [Section("program (flatbuffer)", 0, program_size or size)]
    delegates: dict[int, str] = {}
    for plan in program.execution_plan:
        for delegate in plan.delegates:
            if delegate.processed.location == schema.DataLocation.SEGMENT:
                delegates.setdefault(delegate.processed.index, delegate.id)
    mutable = {part.segment_index for part in program.mutable_data_segments or []}
    for index, segment in enumerate(program.segments):
        if index in delegates:
            name = f"payload of {delegates[index]}"
        elif index in named:
            name = (
                f"named data {', '.join(named[index][:3])}{' ...' if len(named[index]) > 3 else ''}"
            )
        elif index in mutable:
            name = "initial values of mutable tensors"
        elif program.constant_segment.offsets and index == program.constant_segment.segment_index:
            name = "constants"
        else:
            name = f"segment {index}"
        sections.append(Section(name, base + segment.offset, segment.size))
    return sections


def _constants(program: schema.Program) -> list[Constant]:
    """Constant tensors, each once, the largest first."""
    known: dict[Any, Constant] = {}
    for plan in program.execution_plan:
        for item in plan.values:
            tensor = item.val
            if not isinstance(tensor, schema.Tensor) or tensor.allocation_info is not None:
                continue
            extra = tensor.extra_tensor_info
            name = extra.fully_qualified_name if extra is not None else None
            if tensor.data_buffer_idx == 0 and not name:
                continue
            known.setdefault(
                name or tensor.data_buffer_idx,
                Constant(
                    name or f"constant {tensor.data_buffer_idx}",
                    _nbytes(tensor),
                    _dtype(tensor),
                    list(tensor.sizes),
                ),
            )
    return sorted(known.values(), key=lambda constant: (-constant.bytes, constant.name))


def report_of_file(head: bytes, file_bytes: int) -> Report:
    """Report of a program file.

    head: its beginning, at least the flatbuffer. Raises ValueError if it isn't a program.
    """
    header = _ExtendedHeader.from_file(head, file_bytes)
    program = _flatbuffer_to_program(head)
    if header is None:
        header = _ExtendedHeader(file_bytes, 0, 0)
    sections = _sections(program, header.program_size, header.segment_base_offset, file_bytes)
    offsets = program.constant_segment.offsets
    if offsets:
        segment = program.segments[program.constant_segment.segment_index]
        constant_bytes = segment.size
    else:
        constant_bytes = sum(len(buffer.storage) for buffer in program.constant_buffer)
    return Report(
        file_bytes,
        sections,
        constant_bytes,
        _constants(program),
        [_PlanReader(program, plan).read() for plan in program.execution_plan],
    )


def load_report(path: str | os.PathLike[str]) -> Report:
    """Report of the `.pte` file at `path`."""
    file_bytes = os.path.getsize(path)
    with open(path, "rb") as file:
        size = _program_size(file.read(64), file_bytes)
        file.seek(0)
        return report_of_file(file.read(size), file_bytes)


def report_of_manager(manager: ExecutorchProgramManager) -> Report:
    """Report of a program that was just exported."""
    from executorch.exir.report_graph import describe_method, name_constants

    parts = manager._files[0]
    report = report_of_file(parts.prefix(_program_size(parts.prefix(64), len(parts))), len(parts))
    for method in report.methods:
        if method.name in manager.methods:
            describe_method(method, manager.exported_program(method.name))
    name_constants(report, manager)
    return report


def _program_size(head: bytes, file_bytes: int) -> int:
    """Bytes at the beginning of a file that hold the flatbuffer."""
    header = _ExtendedHeader.from_file(head, file_bytes)
    return header.program_size if header is not None else file_bytes


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m executorch.exir.report", description="What is in a program file."
    )
    parser.add_argument("model", help="a .pte file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--html", metavar="PATH", help="write a page with the memory timelines")
    options = parser.parse_args(arguments)
    try:
        report = load_report(options.model)
    except (OSError, ValueError) as error:
        print(f"{options.model}: {error}", file=sys.stderr)
        return 1
    if options.html:
        report.save(options.html)
    elif options.json:
        print(report.to_json())
    else:
        print(report.to_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
