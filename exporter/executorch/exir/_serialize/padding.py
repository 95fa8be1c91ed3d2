# SPDX-License-Identifier: BSD-3-Clause
"""Arithmetic of alignment; sizes, offsets and alignments are in bytes."""


def padding_required(offset: int, alignment: int) -> int:
    """How much to add to `offset` to make it a multiple of `alignment`."""
    return -offset % alignment


def aligned_size(input_size: int, alignment: int) -> int:
    """`input_size` rounded up to a multiple of `alignment`."""
    return input_size + padding_required(input_size, alignment)


def pad_to(data: bytes, length: int) -> bytes:
    """`data` followed by zeros up to `length`; ValueError if it is longer than that."""
    if len(data) > length:
        raise ValueError(f"{len(data)} bytes don't fit in {length}")
    return data.ljust(length, b"\0")
