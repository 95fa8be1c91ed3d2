# SPDX-License-Identifier: BSD-3-Clause
"""A person at a terminal sees the stages of an export; nobody else sees anything."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
import torch
from torch.export import export

from executorch.exir import to_edge
from executorch.exir.backend.test.op_partitioner_demo import AddMulPartitionerDemo
from executorch.exir.progress import STAGES


class Terminal(io.StringIO):
    def __init__(self, is_watched: bool) -> None:
        super().__init__()
        self._is_watched = is_watched

    def isatty(self) -> bool:
        return self._is_watched


@pytest.mark.parametrize("is_watched", [True, False])
def test_stages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_watched: bool) -> None:
    terminal = Terminal(is_watched)
    program = export(torch.nn.Softmax(0), (torch.ones(2),))
    monkeypatch.setattr(sys, "stderr", terminal)
    edge = to_edge(program).transform([]).to_backend(AddMulPartitionerDemo())
    edge.to_executorch().save(tmp_path / "model.pte")
    shown = [text for text in terminal.getvalue().split("\r\033[K") if text]
    names = [text.split("] ")[1].removesuffix(" of forward") for text in shown]
    assert names == (list(STAGES) if is_watched else [])
    if is_watched:
        # The line is cleared in the end.
        assert terminal.getvalue().endswith("\r\033[K")
