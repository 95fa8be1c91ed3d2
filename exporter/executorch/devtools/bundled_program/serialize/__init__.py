# SPDX-License-Identifier: BSD-3-Clause
"""Bundled programs as bytes (`.bpte`, file identifier BP08) and as JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from executorch.devtools.bundled_program.core import BundledProgram
from executorch.devtools.bundled_program.schema import bundled_program_schema as bp_schema
from executorch.exir._serialize._flatbuffer import decode, encode
from executorch.exir.scalar_type import ScalarType

_FILE_IDENTIFIER = b"BP08"


def serialize_from_bundled_program_to_flatbuffer(bundled_program: BundledProgram) -> bytes:
    """The file with the program and its test cases."""
    return encode(bundled_program.serialize_to_schema(), _FILE_IDENTIFIER)


def deserialize_from_flatbuffer_to_bundled_program(flatbuffer: bytes) -> bp_schema.BundledProgram:
    """Reads such a file; ValueError if it is another or damaged."""
    return decode(bp_schema.BundledProgram, flatbuffer, _FILE_IDENTIFIER)


def serialize_from_bundled_program_to_json(bundled_program: bp_schema.BundledProgram) -> str:
    """The same as JSON: bytes are lists of numbers, and `val_type` names the kind of a value."""
    return json.dumps(_to_json(bundled_program))


def deserialize_from_json_to_bundled_program(program_json: bytes) -> bp_schema.BundledProgram:
    """Reads what `serialize_from_bundled_program_to_json` has written."""
    content = json.loads(program_json)
    return bp_schema.BundledProgram(
        version=content["version"],
        method_test_suites=[
            bp_schema.BundledMethodTestSuite(
                suite["method_name"],
                [
                    bp_schema.BundledMethodTestCase(
                        [_value(v) for v in case["inputs"]],
                        [_value(v) for v in case["expected_outputs"]],
                    )
                    for case in suite["test_cases"]
                ],
            )
            for suite in content["method_test_suites"]
        ],
        program=bytes(content["program"]),
    )


def _to_json(value: Any) -> Any:
    if isinstance(value, bp_schema.Value):
        return {"val": _to_json(value.val), "val_type": type(value.val).__name__}
    if dataclasses.is_dataclass(value):
        return {f.name: _to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (bytes, list)):
        return [_to_json(item) for item in value]
    return value


def _value(content: dict[str, Any]) -> bp_schema.Value:
    fields = dict(content["val"])
    kind = content["val_type"]
    if kind == "Tensor":
        fields["scalar_type"] = ScalarType(fields["scalar_type"])
        fields["data"] = bytes(fields["data"])
        return bp_schema.Value(bp_schema.Tensor(**fields))
    if kind not in ("Int", "Bool", "Double"):
        raise ValueError(f"{kind!r} is not a kind of value of a bundled program")
    return bp_schema.Value(getattr(bp_schema, kind)(**fields))
