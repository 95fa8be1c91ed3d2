# SPDX-License-Identifier: BSD-3-Clause
"""A list of buffers in which no two have the same content."""

import hashlib

from executorch.exir._serialize._cord import CordBuffer, FileBackedData

_PREFIX = 64


def sha256(data: CordBuffer) -> bytes:
    """Digest of the content."""
    return data.sha256() if isinstance(data, FileBackedData) else hashlib.sha256(data).digest()


class UniqueBuffers:
    """Numbers buffers by content, from 0.

    Weights are large and mostly different, so a buffer is hashed only once there is another one
    with the same size and the same first bytes.
    """

    def __init__(self) -> None:
        self.buffers: list[CordBuffer] = []
        self._candidates: dict[tuple[int, bytes], list[int]] = {}
        self._digests: dict[int, bytes] = {}

    def _digest(self, index: int) -> bytes:
        if index not in self._digests:
            self._digests[index] = sha256(self.buffers[index])
        return self._digests[index]

    def add(self, data: CordBuffer) -> int:
        """Index of the buffer with the same content as `data`, which is added if there is none."""
        start = data.prefix(_PREFIX) if isinstance(data, FileBackedData) else bytes(data[:_PREFIX])
        candidates = self._candidates.setdefault((len(data), start), [])
        if candidates:
            digest = sha256(data)
            for index in candidates:
                if self._digest(index) == digest:
                    return index
            self._digests[len(self.buffers)] = digest
        candidates.append(len(self.buffers))
        self.buffers.append(data)
        return len(self.buffers) - 1
