# SPDX-License-Identifier: BSD-3-Clause
"""The FlatBuffer part of a program file."""

from dataclasses import dataclass

from executorch.exir._serialize._flatbuffer import decode, encode
from executorch.exir.schema import BackendDelegateInlineData, Buffer, Program
from executorch.exir.tensor import ALIGNMENT

_FILE_IDENTIFIER = b"ET12"


@dataclass
class _FlatbufferResult:
    """`max_alignment` is what a header that is inserted into `data` has to be a multiple of."""

    data: bytes
    max_alignment: int


def _program_to_flatbuffer(
    program: Program,
    *,
    constant_tensor_alignment: int | None = None,
    delegate_alignment: int | None = None,
) -> _FlatbufferResult:
    """Encodes `program` as it is; alignments (powers of two, bytes) are of inline data."""
    force_align: dict[type, int] = {
        Buffer: constant_tensor_alignment or ALIGNMENT,
        BackendDelegateInlineData: delegate_alignment or ALIGNMENT,
    }
    for owner, alignment in force_align.items():
        if alignment <= 0 or alignment & (alignment - 1):
            raise ValueError(f"alignment {alignment} of {owner.__name__} is not a power of two")
    data = encode(program, _FILE_IDENTIFIER, force_align=force_align)
    return _FlatbufferResult(data, max(ALIGNMENT, *force_align.values()))


def _flatbuffer_to_program(program_data: bytes) -> Program:
    """Inverse of `_program_to_flatbuffer`; ValueError if the data is damaged."""
    return decode(Program, program_data, _FILE_IDENTIFIER)
