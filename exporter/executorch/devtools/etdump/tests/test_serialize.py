# SPDX-License-Identifier: BSD-3-Clause
"""ETDumps as plain data."""

from pathlib import Path

import pytest

from executorch.devtools.etdump.schema_flatcc import (
    Bool,
    DebugEvent,
    Double,
    ETDumpFlatCC,
    Event,
    ProfileEvent,
    RunData,
    Value,
    ValueType,
)
from executorch.devtools.etdump.serialize import (
    deserialize_from_etdump_flatcc,
    serialize_to_etdump_flatcc,
)

CORPUS = Path(__file__).parents[5] / "test" / "data" / "corpus"
RECORD = (CORPUS / "t_etrecord_portable" / "etdump.etdp").read_bytes()


def test_a_record_of_another_implementation() -> None:
    etdump = deserialize_from_etdump_flatcc(RECORD)
    assert [block.name for block in etdump.run_data] == ["Default", "Execute"]
    events = etdump.run_data[1].events or []
    names = [e.profile_event.name for e in events if e.profile_event is not None]
    assert names[0] is not None and names[0].startswith("native_call_")
    assert names[-1] == "Method::execute"
    values = [e.debug_event.debug_entry for e in events if e.debug_event is not None]
    assert {value.val for value in values} == {ValueType.TENSOR.value}
    assert values[-1].output == Bool(True)
    data = serialize_to_etdump_flatcc(etdump)
    assert deserialize_from_etdump_flatcc(data, size_prefixed=False) == etdump


def test_round_trip() -> None:
    value = Value("Double", None, None, None, None, Double(2.5), None, None)
    profile = ProfileEvent(None, 0, 3, None, "gemm", b"data", 1, 2**63)
    debug = DebugEvent("x", 2**64 - 1, -1, 7, None, value)
    events = [Event(profile, None, None), Event(None, None, debug)]
    etdump = ETDumpFlatCC(0, [RunData("Execute", 2, None, events)])
    data = serialize_to_etdump_flatcc(etdump)
    read = deserialize_from_etdump_flatcc(data, size_prefixed=False)
    profile.delegate_debug_id_int = -1  # what an absent number reads as
    assert read == etdump


def test_damage_is_noticed() -> None:
    for data in (b"", b"x" * 100, RECORD[4:], RECORD[: len(RECORD) // 2]):
        with pytest.raises(ValueError):
            deserialize_from_etdump_flatcc(data)
