# SPDX-License-Identifier: BSD-3-Clause
"""Reading and writing of program files.

Names are imported on first use, so that what only reads FlatBuffers needs no PyTorch.
"""

from typing import Any

__all__ = ["_PTEFile", "_deserialize_pte_binary", "_serialize_pte_binary"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from executorch.exir._serialize import _program

    return getattr(_program, name.removeprefix("_"))
