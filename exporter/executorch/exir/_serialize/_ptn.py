# SPDX-License-Identifier: BSD-3-Clause
"""The package of a native program: a zip archive without compression, with

    program.ptg          the graph, opaque bytes here
    program.safetensors  the tensors that it refers to, if any
    aliases.json         key -> key that it is stored as, if tensors are stored once for several

Tensors of the same element type, shape and bytes are stored once, except for those that the program
changes: equal bytes now do not make them the same state later.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from io import BufferedIOBase
from typing import IO, Any, cast

import torch

from executorch.exir._serialize.atomic_file import write_atomically

PTG_ENTRY = "program.ptg"
SAFETENSORS_ENTRY = "program.safetensors"
ALIASES_ENTRY = "aliases.json"

_METADATA_KEY = "__metadata__"
_CODES = {
    torch.bool: "BOOL",
    torch.uint8: "U8",
    torch.int8: "I8",
    torch.int16: "I16",
    torch.int32: "I32",
    torch.int64: "I64",
    torch.uint16: "U16",
    torch.uint32: "U32",
    torch.uint64: "U64",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float32: "F32",
    torch.float64: "F64",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2",
    torch.complex64: "C64",
}
_DTYPES = {code: dtype for dtype, code in _CODES.items()}


def write_ptn(
    path: str,
    ptg: bytes,
    constants: dict[str, torch.Tensor],
    mutable_keys: frozenset[str] = frozenset(),
) -> None:
    """Writes a package to `path`, which afterwards is either complete or unchanged.

    ptg: the graph. constants: every tensor that it refers to, by key.
    mutable_keys: those of `constants` that the program changes.
    Raises TypeError for keys and values of other types; KeyError for an element type that
    safetensors do not have; ValueError if a mutable key is not in `constants`, if a key is
    reserved, or if a mutable tensor shares its storage with another one.
    """
    _check(constants, mutable_keys)
    owners, aliases = _dedup(constants, mutable_keys)

    def write(file: BufferedIOBase) -> None:
        with zipfile.ZipFile(cast(IO[bytes], file), "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(PTG_ENTRY, ptg)
            if owners:
                with archive.open(SAFETENSORS_ENTRY, "w", force_zip64=True) as stream:
                    _write_safetensors(stream, owners)
            if aliases:
                archive.writestr(ALIASES_ENTRY, json.dumps(aliases, sort_keys=True))

    write_atomically(path, write)


def read_ptn(path: str) -> tuple[bytes, dict[str, torch.Tensor]]:
    """The graph and all tensors of a package; keys that are stored once share a tensor.

    Raises ValueError if an alias is of no stored tensor, or is one itself.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        ptg = archive.read(PTG_ENTRY)
        tensors = (
            _read_safetensors(archive.read(SAFETENSORS_ENTRY)) if SAFETENSORS_ENTRY in names else {}
        )
        aliases = json.loads(archive.read(ALIASES_ENTRY)) if ALIASES_ENTRY in names else {}
    owners = dict(tensors)
    for key, owner in aliases.items():
        if key in owners:
            raise ValueError(f"{path}: {key!r} is stored, and an alias of {owner!r} as well")
        if owner not in owners:
            raise ValueError(f"{path}: {key!r} is an alias of {owner!r}, which is not stored")
        tensors[key] = owners[owner]
    return ptg, tensors


def _check(constants: Mapping[str, Any], mutable_keys: frozenset[str]) -> None:
    for key, value in constants.items():
        if not isinstance(key, str):
            raise TypeError(f"keys of constants must be strings, got {key!r}")
        if not isinstance(value, torch.Tensor):
            raise TypeError(f"the constant {key!r} must be a tensor, got a {type(value).__name__}")
        if key == _METADATA_KEY:
            raise ValueError(f"the key {key!r} is reserved by safetensors")
        if value.dtype not in _CODES:
            raise KeyError(f"safetensors have no element type {value.dtype}, which {key!r} has")
    unknown = mutable_keys - constants.keys()
    if unknown:
        raise ValueError(f"there are no constants for the mutable keys {sorted(unknown)}")
    _check_mutable_storage_aliases(dict(constants), mutable_keys)


def _check_mutable_storage_aliases(
    constants: dict[str, torch.Tensor], mutable_keys: frozenset[str]
) -> None:
    """Raises ValueError if changing a tensor would change another one, too."""
    keys: dict[int, str] = {}
    for key in sorted(constants, key=lambda key: key not in mutable_keys):
        tensor = constants[key]
        if tensor.numel() == 0:
            continue
        first = keys.setdefault(tensor.untyped_storage().data_ptr(), key)
        if first != key and first in mutable_keys:
            raise ValueError(
                f"{key!r} shares its storage with {first!r}, which the program changes; a package "
                "can not express that"
            )


def _dedup(
    constants: dict[str, torch.Tensor], mutable_keys: frozenset[str]
) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors to store, and for every other key the one that it is stored as."""
    owners: dict[str, torch.Tensor] = {}
    aliases: dict[str, str] = {}
    by_content: dict[Any, str] = {}
    for key, tensor in constants.items():
        owner = key
        if key not in mutable_keys:
            owner = by_content.setdefault(_content_signature(tensor), key)
        if owner == key:
            owners[key] = tensor
        else:
            aliases[key] = owner
    return owners, aliases


def _content_signature(tensor: torch.Tensor) -> tuple[str, tuple[int, ...], str]:
    digest = hashlib.sha256(_raw(tensor)).hexdigest()
    return str(tensor.dtype), tuple(tensor.shape), digest


def _raw(tensor: torch.Tensor) -> memoryview:
    """The bytes of a tensor; a copy only if it is not contiguous or not on the CPU."""
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().data


def _write_safetensors(stream: IO[bytes], owners: dict[str, torch.Tensor]) -> None:
    header: dict[str, Any] = {}
    position = 0
    for key, tensor in owners.items():
        end = position + tensor.numel() * tensor.element_size()
        header[key] = {
            "dtype": _CODES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [position, end],
        }
        position = end
    text = json.dumps(header, separators=(",", ":")).encode()
    # Spaces, so that the data begins at a multiple of 8 bytes.
    text += b" " * (-len(text) % 8)
    stream.write(len(text).to_bytes(8, "little") + text)
    for tensor in owners.values():
        stream.write(_raw(tensor))


def _read_safetensors(data: bytes) -> dict[str, torch.Tensor]:
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    tensors = {}
    for key, entry in header.items():
        if key == _METADATA_KEY:
            continue
        first, last = (start + offset for offset in entry["data_offsets"])
        dtype, shape = _DTYPES[entry["dtype"]], entry["shape"]
        # A copy: tensors want memory that is aligned and theirs.
        content = bytearray(data[first:last])
        flat = torch.frombuffer(content, dtype=dtype) if content else torch.empty(0, dtype=dtype)
        tensors[key] = flat.reshape(shape)
    return tensors
