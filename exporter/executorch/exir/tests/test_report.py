# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import export

from executorch.exir import ExecutorchProgramManager, to_edge, to_edge_transform_and_lower
from executorch.exir.backend.not_delegated import explain_not_delegated, reason_not_delegated
from executorch.exir.dialects._ops import ops
from executorch.exir.report import Block, load_report, lower_bound, main
from executorch.exir.report_flops import estimate_flops
from executorch.exir.tests.test_backend import Tagger


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.linear = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear((self.conv(x).relu() + 1).mean((2, 3)))


@pytest.fixture(scope="module")
def manager() -> ExecutorchProgramManager:
    edge = to_edge(export(Model().eval(), (torch.randn(1, 3, 10, 10),)))
    for node in edge.exported_program().graph.nodes:
        if node.target is ops.edge.aten.convolution.default:
            explain_not_delegated(node, "Demo: no kernel of 3x3")
    return edge.to_executorch()


def test_operators(manager: ExecutorchProgramManager) -> None:
    (method,) = manager.report().methods
    operators = {operator.name: operator for operator in method.operators}
    conv = operators["aten::convolution.out"]
    assert conv.count == 1 and conv.flops == 2 * 8 * 8 * 8 * 3 * 3 * 3
    assert conv.reasons == {"Demo: no kernel of 3x3": 1}
    assert "conv.py" in conv.example
    assert operators["aten::relu.out"].reasons == {"no backend was asked": 1}
    assert method.operators[0] is conv and method.delegated_share == 0


def test_memory(manager: ExecutorchProgramManager) -> None:
    (method,) = manager.report().methods
    (arena,) = method.arenas
    plan = manager.executorch_program.execution_plan[0]
    assert arena.bytes == plan.non_const_buffer_sizes[1] == arena.lower_bound
    for block in method.timeline:
        assert 0 <= block.first <= block.last < method.steps
        assert block.offset + block.bytes <= arena.bytes
    assert method.largest_tensors[0].bytes == 4 * 8 * 8 * 8


def test_file_and_constants(manager: ExecutorchProgramManager, tmp_path: Path) -> None:
    report = manager.report()
    manager.save(tmp_path / "model.pte")
    assert report.file_bytes == (tmp_path / "model.pte").stat().st_size
    assert [section.name for section in report.sections] == ["program (flatbuffer)", "constants"]
    assert sum(section.bytes for section in report.sections) <= report.file_bytes
    assert report.constants[0].name == "conv.weight" and report.constants[0].bytes == 4 * 8 * 27
    from_file = load_report(tmp_path / "model.pte")
    assert from_file.sections == report.sections
    assert from_file.constant_bytes == report.constant_bytes
    (method,), (known,) = from_file.methods, report.methods
    assert {op.name: (op.count, op.flops) for op in method.operators} == {
        op.name: (op.count, op.flops) for op in known.operators
    }
    assert method.arenas[0].bytes == known.arenas[0].bytes
    assert 0 < method.arenas[0].lower_bound <= method.arenas[0].bytes


def test_text_json_and_html(manager: ExecutorchProgramManager, tmp_path: Path) -> None:
    report = manager.report()
    text = str(report)
    assert "Demo: no kernel of 3x3 (1)" in text and "arena 1 (CPU)" in text
    for name in ("r.txt", "r.json", "r.html"):
        report.save(tmp_path / name)
    assert (tmp_path / "r.txt").read_text() == text
    data = json.loads((tmp_path / "r.json").read_text())
    assert data["methods"][0]["kernel_calls"] == report.methods[0].kernel_calls
    page = (tmp_path / "r.html").read_text()
    start, end = page.index("<svg"), page.index("</svg>") + len("</svg>")
    drawing = ET.fromstring(page[start:end])
    assert len(drawing.findall("rect")) == len(report.methods[0].timeline)
    with pytest.raises(ValueError, match=r"reports are \.txt, \.json or \.html"):
        report.save(tmp_path / "r.pdf")


def test_command_line(
    manager: ExecutorchProgramManager, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.pte"
    manager.save(path)
    assert main([str(path)]) == 0 and "aten::convolution.out" in capsys.readouterr().out
    assert main([str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["file_bytes"] == path.stat().st_size
    assert main([str(path), "--html", str(tmp_path / "r.html")]) == 0
    assert "<svg" in (tmp_path / "r.html").read_text()
    path.write_bytes(b"not a program")
    assert main([str(path)]) == 1 and "model.pte" in capsys.readouterr().err


def test_delegates(tmp_path: Path) -> None:
    class Partly(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x.sin() + 1).sin()

    program = export(Partly(), (torch.randn(4),))
    manager = to_edge_transform_and_lower(
        program, partitioner=[Tagger([ops.edge.aten.sin.default])]
    ).to_executorch()
    (method,) = manager.report().methods
    assert [d.operators for d in method.delegates] == [{"aten::sin": 1}] * 2
    assert method.delegated_operators == 2 and method.delegated_share == 2 / 3
    assert method.operators[0].reasons == {"no partitioner took it": 1}
    manager.save(tmp_path / "model.pte")
    (method,) = load_report(tmp_path / "model.pte").methods
    assert len(method.delegates) == 2 and method.delegated_share is None
    assert "unknown" in str(load_report(tmp_path / "model.pte"))


def test_reasons_accumulate() -> None:
    node = torch.fx.Graph().placeholder("x")
    assert reason_not_delegated(node) is None
    for reason in ("A: one", "B: two", "A: one"):
        explain_not_delegated(node, reason)
    assert reason_not_delegated(node) == "A: one; B: two"


@pytest.mark.parametrize(
    ("operator", "args", "result", "expected"),
    [
        ("aten::mm.out", [(2, 3), (3, 5)], (2, 5), 60),
        ("aten::addmm.out", [(5,), (2, 3), (3, 5)], (2, 5), 60),
        ("aten::linear.out", [(2, 3), (5, 3), (5,)], (2, 5), 60),
        ("aten::view_copy.out", [(2, 3), [6]], (6,), 0),
        ("aten::add.out", [(2, 3), (3,)], (2, 3), 6),
        ("aten::sum.IntList_out", [(2, 3), [1]], (2,), 6),
        ("aten::avg_pool2d.out", [(1, 1, 4, 4), [2, 2]], (1, 1, 2, 2), 16),
        ("aten::full.out", [[2, 3], 1.0], (2, 3), 0),
        (
            "aten::convolution.out",
            [(1, 4, 8, 8), (4, 6, 2, 2), None, [2, 2], [0, 0], [1, 1], True, [0, 0], 1],
            (1, 6, 16, 16),
            2 * 4 * 8 * 8 * 6 * 4,
        ),
    ],
)
def test_flops(operator: str, args: list[Any], result: tuple[int, ...], expected: int) -> None:
    assert estimate_flops(operator, args, result) == expected


def test_lower_bound_counts_aliases_once() -> None:
    blocks = [
        Block("a", 1, 0, 32, 0, 2),
        Block("view", 1, 0, 32, 1, 3),
        Block("b", 1, 32, 16, 3, 4),
    ]
    assert lower_bound(blocks, 5) == 48
