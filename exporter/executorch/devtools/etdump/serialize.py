# SPDX-License-Identifier: BSD-3-Clause
"""ETDumps as bytes."""

from executorch.devtools.etdump.schema_flatcc import ETDumpFlatCC
from executorch.exir._serialize._flatbuffer import decode, encode

_FILE_IDENTIFIER = b"ED00"


def deserialize_from_etdump_flatcc(data: bytes, size_prefixed: bool = True) -> ETDumpFlatCC:
    """Reads what the runtime has recorded; ValueError if it is something else or damaged.

    size_prefixed: whether the length comes first, as the runtime writes it.
    """
    return decode(ETDumpFlatCC, data, _FILE_IDENTIFIER, size_prefixed=size_prefixed)


def serialize_to_etdump_flatcc(etdump: ETDumpFlatCC) -> bytes:
    """The record as bytes, without the length in front."""
    return encode(etdump, _FILE_IDENTIFIER)
