# SPDX-License-Identifier: BSD-3-Clause
"""The Inspector: events, tables and values of recorded executions."""

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.export import export

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.devtools import BundledProgram, ETRecord, Inspector
from executorch.devtools.bundled_program.config import MethodTestCase, MethodTestSuite
from executorch.devtools.bundled_program.serialize import (
    serialize_from_bundled_program_to_flatbuffer,
)
from executorch.devtools.inspector import PerfData, TimeScale, compare_results
from executorch.devtools.inspector._inspector_utils import (
    find_op_names,
    gen_graphs_from_etrecord,
    map_runtime_aot_intermediate_outputs,
    merge_runtime_overlapping_debug_handles,
)
from executorch.devtools.inspector.inspector_cli import main
from executorch.devtools.inspector.numerical_comparator import NumericalComparatorBase
from executorch.exir import to_edge_transform_and_lower
from executorch.extension.pybindings.portable_lib import (
    _load_bundled_program_from_buffer,
    _load_for_executorch_from_buffer,
    _load_for_executorch_from_bundled_program,
)

CORPUS = Path(__file__).parents[5] / "test" / "data" / "corpus" / "t_etrecord_portable"
RUNS = 3


class Model(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Linear(4, 8)
        self.second = torch.nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(torch.relu(self.first(x)))


class Recorded:
    """Two test cases that were run, the second one `RUNS` times."""

    def __init__(self, folder: Path, partitioner: Any) -> None:
        torch.manual_seed(0)
        self.model = Model().eval()
        self.cases = cases = [torch.randn(1, 4) for _ in range(2)]
        captured = export(self.model, (cases[0],))
        manager = to_edge_transform_and_lower(
            captured, partitioner=partitioner, generate_etrecord=True
        ).to_executorch()
        suite = [MethodTestCase((x,), (self.model(x).detach(),)) for x in cases]
        bundled = BundledProgram(manager, [MethodTestSuite("forward", suite)])
        bundle = _load_bundled_program_from_buffer(
            serialize_from_bundled_program_to_flatbuffer(bundled)
        )
        module = _load_for_executorch_from_bundled_program(
            bundle, enable_etdump=True, debug_buffer_size=1 << 16
        )
        for case in [0] + [1] * RUNS:
            module.load_bundled_input(bundle, "forward", case)
            module.plan_execute("forward")
        self.etdump = str(folder / "etdump")
        self.values = str(folder / "values")
        module.write_etdump_result_to_file(self.etdump, self.values)
        self.record: ETRecord = manager.get_etrecord()
        self.record.update_representative_inputs(bundled)
        self.record.update_reference_outputs(bundled)

    def inspector(self, **options: Any) -> Inspector:
        options = {"etrecord": self.record, "debug_buffer_path": self.values, **options}
        return Inspector(etdump_path=self.etdump, **options)


@pytest.fixture(scope="module")
def portable(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded(tmp_path_factory.mktemp("portable"), None)


@pytest.fixture(scope="module")
def delegated(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded(tmp_path_factory.mktemp("xnnpack"), [XnnpackPartitioner()])


def test_blocks_and_events(portable: Recorded) -> None:
    inspector = portable.inspector()
    blocks = inspector.event_blocks
    assert [(b.name, b.bundled_input_index) for b in blocks] == [
        ("Default", -1),
        ("Execute", 0),
        ("Execute", 1),
    ]
    assert [e.name for e in blocks[0].events] == ["Method::init", "Program::load_method"]
    events = blocks[2].events
    assert [e.name for e in events if e.name != "OPERATOR_CALL"] == [
        "native_call_addmm.out",
        "native_call_relu.out",
        "native_call_addmm.out",
        "Method::execute",
    ]
    assert all(e.perf_data is not None and len(e.perf_data.raw) == RUNS for e in events)
    assert all(e.start_time == sorted(e.start_time or []) for e in events)
    relu = events[2]
    assert relu.op_types == ["aten.relu.default"] and relu.is_delegated_op is False
    (modules,) = relu.module_hierarchy.values()
    assert any("Model" in module_type for _, module_type in modules.values())
    assert all("torch.relu" in trace for trace in relu.stack_traces.values())
    for block in blocks[1:]:
        assert block.run_output is not None and block.reference_output is not None
        torch.testing.assert_close(block.run_output, block.reference_output)


def test_tables(portable: Recorded) -> None:
    inspector = portable.inspector()
    table = inspector.to_dataframe()
    assert list(table.columns) == [
        "event_block_name", "event_name", "raw", "p10 (ms)", "p50 (ms)", "p90 (ms)", "avg (ms)",
        "min (ms)", "max (ms)", "op_types", "delegate_debug_identifier", "stack_traces",
        "module_hierarchy", "is_delegated_op", "delegate_backend_name", "debug_data", "start_time",
    ]  # fmt: skip
    assert "avg" in inspector.to_dataframe(include_units=False)
    whole = table[table["event_name"] == "Method::execute"]
    assert len(whole) == 2 and (whole["avg (ms)"] > 0).all()
    output = io.StringIO()
    inspector.print_data_tabular(output)
    assert "native_call_relu.out" in output.getvalue() and "OPERATOR_CALL" not in output.getvalue()
    output = io.StringIO()
    inspector.save_data_to_tsv(output)
    assert len(output.getvalue().splitlines()) == 1 + 2 + 2 * 4


def test_queries(portable: Recorded) -> None:
    inspector = portable.inspector()
    addmm = inspector.get_op_list("Execute")["aten.addmm.default"]
    assert len(addmm) == 2 * 2 * 2  # blocks, layers, OPERATOR_CALL too
    first, second, both = (
        inspector.find_total_for_module(name) for name in ("first", "second", "L__self__")
    )
    assert 0 < first < both and 0 < second < both
    assert inspector.find_total_for_module("absent") == 0
    assert inspector.get_exported_program() is portable.record.edge_dialect_program
    assert inspector.get_exported_program("exported_program") is portable.record.exported_program
    assert inspector.get_exported_program("absent") is None


@pytest.mark.parametrize("reference", [None, "exported_program", "edge_dialect_exported_program"])
def test_numeric_gap(portable: Recorded, reference: str | None) -> None:
    portable.record.update_representative_inputs(
        [torch.randn(1, 4, generator=torch.Generator().manual_seed(1))]
    )
    for distance in ("MSE", "L1"):
        table = portable.inspector().calculate_numeric_gap(distance, reference_graph=reference)
        assert [names[-1] for names in table["runtime_ops"]] == [
            "native_call_addmm.out", "native_call_relu.out", "native_call_addmm.out"
        ]  # fmt: skip
        # The inputs are others than those of the runs.
        assert all(gap > 0 for (gap,) in table["gap"])
    with pytest.raises(ValueError, match="Unsupported distance"):
        portable.inspector().calculate_numeric_gap("nearness")


def test_numeric_gap_of_the_same_inputs(portable: Recorded) -> None:
    portable.record.update_representative_inputs([portable.cases[1]])
    table = portable.inspector().calculate_numeric_gap("L1")
    assert len(table) == 3 and all(gap < 1e-5 for (gap,) in table["gap"])


def test_a_comparator_of_ones_own(portable: Recorded) -> None:
    class Largest(NumericalComparatorBase):
        def element_compare(self, a: Any, b: Any) -> float:
            return (a - b).abs().max().item()

    table = portable.inspector().calculate_numeric_gap(Largest())
    assert len(table) == 3


def test_operations_of_a_backend(delegated: Recorded) -> None:
    inspector = delegated.inspector()
    events = {e.name: e for e in inspector.event_blocks[-1].events}
    operations = [e for e in events.values() if e.is_delegated_op]
    assert len(operations) >= 2 and all("#" in e.name for e in operations)
    assert all(e.delegate_backend_name == "XnnpackBackend" for e in operations)
    call = events["DELEGATE_CALL"]
    assert call.delegate_backend_name == "XnnpackBackend" and not call.is_delegated_op
    assert {"aten.linear.default", "aten.relu.default"} <= set(call.op_types)
    assert not any(
        e.is_delegated_op
        for e in inspector.get_op_list("Execute", show_delegated_ops=False).get("x", [])
    )


def test_without_a_record_of_the_export(portable: Recorded) -> None:
    inspector = portable.inspector(etrecord=None)
    assert inspector.event_blocks[1].events[0].op_types == []
    assert inspector.get_exported_program() is None
    with pytest.raises(ValueError, match="ETRecord is needed"):
        inspector.calculate_numeric_gap("MSE")


def test_time_scales(portable: Recorded) -> None:
    def total(source: TimeScale, target: TimeScale) -> float:
        inspector = portable.inspector(source_time_scale=source, target_time_scale=target)
        perf = inspector.event_blocks[0].events[0].perf_data
        assert perf is not None
        return perf.raw[0]

    ms = total(TimeScale.NS, TimeScale.MS)
    assert total(TimeScale.NS, TimeScale.US) == pytest.approx(1000 * ms)
    assert total(TimeScale.CYCLES, TimeScale.CYCLES) == pytest.approx(1e6 * ms)
    with pytest.raises(RuntimeError, match="cycles"):
        total(TimeScale.CYCLES, TimeScale.MS)


def test_a_record_of_another_implementation() -> None:
    inspector = Inspector(
        etdump_path=str(CORPUS / "etdump.etdp"),
        etrecord=str(CORPUS / "etrecord.bin"),
        debug_buffer_path=str(CORPUS / "debug.bin"),
    )
    events = inspector.event_blocks[1].events
    assert all(e.op_types for e in events if e.name.startswith("native_call"))
    assert all(e.debug_data for e in events if e.name.startswith("native_call"))


def test_wrong_arguments(portable: Recorded, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Inspector()
    with pytest.raises(ValueError, match="identifier"):
        Inspector(etdump_data=b"x" * 100)
    with pytest.raises(TypeError, match="Unsupported ETRecord"):
        Inspector(etdump_path=portable.etdump, etrecord=3)  # type: ignore[arg-type]
    (tmp_path / "values").write_bytes(b"")
    with pytest.raises(ValueError, match="The debug buffer has 0 bytes"):
        portable.inspector(debug_buffer_path=str(tmp_path / "values"))


def test_statistics() -> None:
    perf = PerfData([1.0, 2.0, 3.0, 10.0])
    numbers = [perf.p10, perf.p50, perf.p90, perf.avg, perf.min, perf.max]
    assert numbers == pytest.approx([1.3, 2.5, 7.9, 4, 1, 10])


def test_compare_results(capsys: pytest.CaptureFixture[str]) -> None:
    expected, got = [torch.tensor([1.0, 2, 3])], [torch.tensor([1.0, 2, 4])]
    results = compare_results(expected, got)  # type: ignore[arg-type]
    assert results == {"snr": [11.46], "mse": [0.33], "cosine_similarity": [0.99]}
    assert "cosine_similarity" in capsys.readouterr().out
    assert set(compare_results(expected, got, metrics=["mse"])) == {"mse"}  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="2 outputs are expected"):
        compare_results(expected * 2, got)  # type: ignore[arg-type]


def test_debug_handles_that_overlap() -> None:
    merged = merge_runtime_overlapping_debug_handles(
        {(1, 2): (0, "a", 1), (2, 3): (5, "b", 1), (6,): (3, "c", 1)}
    )
    assert merged == {(1, 2, 3): (5, "b", 1), (6,): (3, "c", 1)}
    one, two, three = (torch.tensor([float(i)]) for i in (1, 2, 3))
    mapped = map_runtime_aot_intermediate_outputs(
        {(1,): one, (2,): two}, {(1, 2): ([three], 1), (7,): (one, 1)}
    )
    assert mapped == {((1, 2), two): ((1, 2), three)}
    assert find_op_names((1, 2), {(1,): ["a"], (2,): ["b"], (3,): ["c"]}) == ["a", "b"]


def test_graphs(portable: Recorded) -> None:
    (graph,) = gen_graphs_from_etrecord(portable.record).values()
    inputs, forward, outputs = graph.elements
    assert [e.name for e in forward.elements if hasattr(e, "op")][-1].startswith(  # type: ignore[union-attr]
        "aten_addmm"
    )
    assert len(outputs.elements) == 1 and len(inputs.elements) == 5  # type: ignore[union-attr]
    nested = gen_graphs_from_etrecord(portable.record, enable_module_hierarchy=True)
    assert len(next(iter(nested.values())).elements) == 3


def test_command_line(
    portable: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, table = str(tmp_path / "etrecord"), tmp_path / "table"
    portable.record.save(record)
    files = ["--etdump_path", portable.etdump, "--debug_buffer_path", portable.values]
    main([*files, "--etrecord_path", record, "--tsv_path", str(table), "--compare_results"])
    output = capsys.readouterr().out
    assert "aten.relu.default" in output and "cosine_similarity" in output
    assert "aten.relu.default" in table.read_text()


def test_operators_with_several_results() -> None:
    class Several(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
            values, indices = torch.max(x * 2, dim=1)
            a, b = torch.split(x + 1, [1, 2], dim=1)
            return values, indices, a, b

    x = torch.randn(4, 3)
    edge = to_edge_transform_and_lower(export(Several(), (x,)), generate_etrecord=True)
    manager = edge.to_executorch()
    record = manager.get_etrecord()
    record.update_representative_inputs([x])
    module = _load_for_executorch_from_buffer(
        manager.buffer, enable_etdump=True, debug_buffer_size=1 << 16
    )
    module.forward([x])
    with tempfile.TemporaryDirectory() as folder:
        module.write_etdump_result_to_file(f"{folder}/etdump", f"{folder}/values")
        inspector = Inspector(
            etdump_path=f"{folder}/etdump", etrecord=record, debug_buffer_path=f"{folder}/values"
        )
    table = inspector.calculate_numeric_gap("L1", reference_graph="edge_dialect_exported_program")
    assert len(table) == 2 + 2 + 2  # mul and add, max, split
    assert all(gap == 0 for (gap,) in table["gap"])
