# SPDX-License-Identifier: BSD-3-Clause
"""Packages of native programs: tensors come back, equal ones are stored once."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from executorch.exir._serialize._ptn import (
    ALIASES_ENTRY,
    PTG_ENTRY,
    SAFETENSORS_ENTRY,
    read_ptn,
    write_ptn,
)

CONSTANTS = {
    "a": torch.arange(6.0).reshape(2, 3),
    "same": torch.arange(6.0).reshape(2, 3),
    "transposed": torch.arange(6.0).reshape(3, 2).t(),
    "half": torch.ones(3, dtype=torch.bfloat16),
    "state": torch.zeros(2),
    "other_state": torch.zeros(2),
    "scalar": torch.tensor(3),
    "empty": torch.empty(0, 4),
}


def test_round_trip(tmp_path: Path) -> None:
    path = str(tmp_path / "model.ptn")
    write_ptn(path, b"graph", CONSTANTS, frozenset({"state", "other_state"}))
    ptg, tensors = read_ptn(path)
    assert ptg == b"graph"
    assert tensors.keys() == CONSTANTS.keys()
    for key, expected in CONSTANTS.items():
        assert tensors[key].dtype == expected.dtype
        torch.testing.assert_close(tensors[key], expected)
    assert tensors["same"] is tensors["a"]
    assert tensors["state"] is not tensors["other_state"]
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) == {PTG_ENTRY, SAFETENSORS_ENTRY, ALIASES_ENTRY}
        assert json.loads(archive.read(ALIASES_ENTRY)) == {"same": "a"}
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())


def test_the_library_reads_what_is_written(tmp_path: Path) -> None:
    load = pytest.importorskip("safetensors.torch", reason="safetensors is not installed").load
    path = str(tmp_path / "model.ptn")
    write_ptn(path, b"graph", CONSTANTS)
    with zipfile.ZipFile(path) as archive:
        tensors = load(archive.read(SAFETENSORS_ENTRY))
    torch.testing.assert_close(tensors["transposed"], CONSTANTS["transposed"])


def test_without_constants_there_is_only_the_graph(tmp_path: Path) -> None:
    path = str(tmp_path / "model.ptn")
    write_ptn(path, b"graph", {})
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [PTG_ENTRY]
    assert read_ptn(path) == (b"graph", {})


BASE = torch.ones(4)


@pytest.mark.parametrize(
    ("constants", "mutable", "error", "message"),
    [
        ({3: BASE}, set(), TypeError, "must be strings"),
        ({"a": 3}, set(), TypeError, "must be a tensor"),
        ({"__metadata__": BASE}, set(), ValueError, "reserved"),
        ({"a": torch.ones(1, dtype=torch.complex128)}, set(), KeyError, "complex128"),
        ({"a": BASE}, {"b"}, ValueError, r"mutable keys \['b'\]"),
        ({"a": BASE, "b": BASE[1:]}, {"b"}, ValueError, "shares its storage"),
    ],
)
def test_refusals(
    tmp_path: Path, constants: Any, mutable: set[str], error: type[Exception], message: str
) -> None:
    path = tmp_path / "model.ptn"
    with pytest.raises(error, match=message):
        write_ptn(str(path), b"graph", constants, frozenset(mutable))
    assert not path.exists()


def test_aliases_of_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "model.ptn")
    for aliases, message in (({"b": "c"}, "not stored"), ({"a": "a"}, "as well")):
        write_ptn(path, b"graph", {"a": BASE})
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(ALIASES_ENTRY, json.dumps(aliases))
        with pytest.raises(ValueError, match=message):
            read_ptn(path)
