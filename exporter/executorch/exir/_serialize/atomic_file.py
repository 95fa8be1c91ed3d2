# SPDX-License-Identifier: BSD-3-Clause
"""Files that are either complete or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from io import BufferedIOBase


def write_atomically(path: str, write: Callable[[BufferedIOBase], None]) -> None:
    """Writes under a temporary name in the same directory, then renames."""
    directory, name = os.path.split(os.path.abspath(path))
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
    except OSError as error:
        raise type(error)(error.errno, f"can't write a file: {error.strerror}", path) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
        # Temporary files are private; the result gets the permissions of an ordinary new file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
