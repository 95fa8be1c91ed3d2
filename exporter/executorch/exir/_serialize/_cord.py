# SPDX-License-Identifier: BSD-3-Clause
"""Byte sequences that are put together from large parts without copying them."""

import contextlib
import hashlib
import io
import os
import shutil
import tempfile
import weakref
from types import TracebackType
from typing import Union

BytesLike = bytes | memoryview


class FileBackedData:
    """The whole content of a file, read only when it is needed.

    path: a file that must not change while this object is used.
    cleanup: delete the file on `close`, or when this object is collected.
    sha256: digest of the content, if known.
    """

    def __init__(self, path: str, cleanup: bool = False, sha256: bytes | None = None) -> None:
        self._path = path
        self._size = os.path.getsize(path)
        self._sha256 = sha256
        self._finalizer = weakref.finalize(self, self._remove, path) if cleanup else None

    @staticmethod
    def _remove(path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)

    @classmethod
    def move_from(cls, path: str, sha256: bytes | None = None) -> "FileBackedData":
        """Takes the file away from its owner: it is renamed, and deleted with the new object."""
        handle, temporary = tempfile.mkstemp(suffix=".data", dir=os.path.dirname(path) or ".")
        os.close(handle)
        os.replace(path, temporary)
        return cls(temporary, cleanup=True, sha256=sha256)

    def __len__(self) -> int:
        return self._size

    def prefix(self, size: int) -> bytes:
        """The first `size` bytes, or fewer if there are not so many."""
        with open(self._path, "rb") as file:
            return file.read(size)

    def sha256(self) -> bytes:
        if self._sha256 is None:
            digest = hashlib.sha256()
            with open(self._path, "rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            self._sha256 = digest.digest()
        return self._sha256

    def to_bytes(self) -> bytes:
        with open(self._path, "rb") as file:
            return file.read()

    def write_to_file(self, outfile: io.BufferedIOBase) -> None:
        with open(self._path, "rb") as file:
            shutil.copyfileobj(file, outfile, 1 << 20)

    def close(self) -> None:
        """Deletes the file if this object owns it."""
        if self._finalizer is not None:
            self._finalizer()

    def __enter__(self) -> "FileBackedData":
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


CordBuffer = BytesLike | FileBackedData


class Cord:
    """A sequence of bytes held as a list of parts, which are referred to, not copied."""

    def __init__(self, data: Union[CordBuffer, "Cord", None] = None) -> None:
        self._buffers: list[CordBuffer] = []
        self._byte_size = 0
        if data is not None:
            self.append(data)

    def __len__(self) -> int:
        return self._byte_size

    def __bytes__(self) -> bytes:
        return b"".join(
            part.to_bytes() if isinstance(part, FileBackedData) else part for part in self._buffers
        )

    def prefix(self, size: int) -> bytes:
        """The first `size` bytes, or fewer if there are not so many."""
        result = b""
        for part in self._buffers:
            missing = size - len(result)
            if missing <= 0:
                break
            if isinstance(part, FileBackedData):
                result += part.prefix(missing)
            else:
                result += bytes(part[:missing])
        return result

    def append(self, data: Union[CordBuffer, "Cord"]) -> None:
        if isinstance(data, Cord):
            self._buffers.extend(data._buffers)
        elif len(data) > 0:
            self._buffers.append(data)
        self._byte_size += len(data)

    def write_to_file(self, outfile: io.BufferedIOBase) -> None:
        for part in self._buffers:
            if isinstance(part, FileBackedData):
                part.write_to_file(outfile)
            else:
                outfile.write(part)
