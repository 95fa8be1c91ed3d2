# SPDX-License-Identifier: BSD-3-Clause
"""Settings, and the first interface for exporting."""

from importlib import import_module
from typing import Any

_MODULES = {
    "CallSpec": "_capture",
    "CaptureConfig": "_config",
    "EdgeCompileConfig": "_config",
    "ExecutorchBackendConfig": "_config",
    "_capture_legacy_do_not_use": "_capture",
    "capture": "_capture",
}

__all__ = [name for name in _MODULES if not name.startswith("_")]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
