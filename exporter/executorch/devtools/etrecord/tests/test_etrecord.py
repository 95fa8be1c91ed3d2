# SPDX-License-Identifier: BSD-3-Clause
"""Records of exports: what they hold, what is written, and files of another implementation."""

import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import torch
from torch.export import ExportedProgram, export

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.devtools import BundledProgram, ETRecord, generate_etrecord, parse_etrecord
from executorch.devtools.bundled_program.config import MethodTestCase, MethodTestSuite
from executorch.exir import (
    EdgeProgramManager,
    ExecutorchProgramManager,
    to_edge,
    to_edge_transform_and_lower,
)

CORPUS = Path(__file__).parents[5] / "test" / "data" / "corpus"
X = torch.randn(1, 4)


class Model(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Linear(4, 8)
        self.second = torch.nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(torch.relu(self.first(x)))


@pytest.fixture(scope="module")
def captured() -> ExportedProgram:
    return export(Model().eval(), (X,))


@pytest.fixture(scope="module")
def edge(captured: ExportedProgram) -> EdgeProgramManager:
    return to_edge(captured)


@pytest.fixture(scope="module")
def program(edge: EdgeProgramManager) -> ExecutorchProgramManager:
    return edge.to_executorch()


def same_graph(a: Any, b: Any) -> bool:
    handles = [
        [n.meta.get("debug_handle") for n in p.graph.nodes if "getitem" not in n.name]
        for p in (a, b)
    ]
    return str(a.graph) == str(b.graph) and handles[0] == handles[1]


def test_round_trip(captured: Any, edge: Any, program: Any, tmp_path: Path) -> None:
    case = MethodTestCase((X,), (edge.exported_program().module()(X),))
    bundled = BundledProgram(program, [MethodTestSuite("forward", [case])])
    path = str(tmp_path / "etrecord")
    generate_etrecord(path, edge, bundled, captured, {"more": edge, "captured": captured})
    record = parse_etrecord(path)
    assert record.exported_program is not None and isinstance(
        record.edge_dialect_program, ExportedProgram
    )
    assert same_graph(record.exported_program, captured)
    assert same_graph(record.edge_dialect_program, edge.exported_program())
    assert record.export_graph_id == id(captured.graph)
    assert set(record.graph_map or {}) == {"more/forward", "captured/forward"}
    handles = {str(k): v for k, v in program.debug_handle_map["forward"].items()}
    assert record._debug_handle_map == {"forward": handles}
    assert record._representative_inputs is not None and record._reference_outputs is not None
    torch.testing.assert_close(record._representative_inputs, [X])
    torch.testing.assert_close(record._reference_outputs["forward"], [case.expected_outputs])
    torch.testing.assert_close(
        record.edge_dialect_program.module()(X), edge.exported_program().module()(X)
    )


def test_calls_of_backends(captured: Any, tmp_path: Path) -> None:
    edge = to_edge_transform_and_lower(captured, partitioner=[XnnpackPartitioner()])
    path = str(tmp_path / "etrecord")
    generate_etrecord(path, edge, edge.to_executorch())
    record: Any = parse_etrecord(path)
    assert same_graph(record.edge_dialect_program, edge.exported_program())
    torch.testing.assert_close(record.edge_dialect_program.module()(X), captured.module()(X))
    before, after = (
        program.graph_module.lowered_module_0
        for program in (edge.exported_program(), record.edge_dialect_program)
    )
    assert before.processed_bytes == after.processed_bytes
    assert before.named_data_store_output.buffers == after.named_data_store_output.buffers


def test_from_the_exporter(captured: Any, tmp_path: Path) -> None:
    for manager in (
        to_edge(captured, generate_etrecord=True),
        to_edge(captured, generate_etrecord=True).to_backend(XnnpackPartitioner()),
        to_edge_transform_and_lower(
            captured, partitioner=[XnnpackPartitioner()], generate_etrecord=True
        ),
    ):
        record = manager.to_executorch().get_etrecord()
        assert record.exported_program is captured
        # What debug handles refer to: the program before delegation.
        names = {n.name for n in record.edge_dialect_program.graph.nodes}
        assert any("linear" in name or "addmm" in name for name in names)
        record.save(tmp_path / "etrecord")
        assert parse_etrecord(str(tmp_path / "etrecord"))._debug_handle_map
    with pytest.raises(RuntimeError, match="was not generated"):
        to_edge(captured).to_executorch().get_etrecord()


def test_several_methods(captured: Any, tmp_path: Path) -> None:
    edge = to_edge({"a": captured, "b": captured})
    buffer = io.BytesIO()
    generate_etrecord(buffer, edge, edge.to_executorch())
    (tmp_path / "etrecord").write_bytes(buffer.getvalue())
    programs = parse_etrecord(str(tmp_path / "etrecord")).edge_dialect_program
    assert isinstance(programs, dict) and set(programs) == {"a", "b"}


def test_a_record_is_put_together_once(captured: Any, edge: Any, program: Any) -> None:
    record = ETRecord()
    with pytest.raises(RuntimeError, match="must contain edge dialect program"):
        record.save(io.BytesIO())
    record.add_exported_program(captured)
    record.add_edge_dialect_program(edge)
    copy = record.copy()
    record.add_executorch_program(program)
    record.update_representative_inputs([X])
    record.update_reference_outputs([X])
    assert record._reference_outputs == {"forward": [X]}
    assert copy._debug_handle_map is None and id(copy.exported_program) == id(captured)
    additions: list[tuple[Any, Any]] = [
        (record.add_exported_program, captured),
        (record.add_edge_dialect_program, edge),
        (record.add_executorch_program, program),
    ]
    for add, what in additions:
        with pytest.raises(RuntimeError, match="already exists"):
            add(what)
    with pytest.raises(RuntimeError, match="reserved name"):
        record.add_extra_export_modules({"exported_program": captured})
    with pytest.raises(RuntimeError, match="Unsupported graph module type"):
        record.add_extra_export_modules({"x": 3})  # type: ignore[dict-item]


def test_a_record_of_another_implementation() -> None:
    record: Any = parse_etrecord(str(CORPUS / "t_etrecord_portable" / "etrecord.bin"))
    ops = [n.target for n in record.edge_dialect_program.graph.nodes if n.op == "call_function"]
    assert ops and all("edge" in str(type(op)) for op in ops)
    assert record._debug_handle_map["forward"]


def test_files_that_are_no_records(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    with pytest.raises(RuntimeError, match="Invalid etrecord"):
        parse_etrecord(str(path))
    with ZipFile(path, "w") as file:
        file.writestr("a", "b")
    with pytest.raises(RuntimeError, match="identifier missing"):
        parse_etrecord(str(path))
    with pytest.raises(FileNotFoundError):
        parse_etrecord(str(tmp_path / "absent"))
