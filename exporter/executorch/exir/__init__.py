# SPDX-License-Identifier: BSD-3-Clause
"""The exporter: `to_edge`, `to_executorch` and what configures them.

Names are imported on first use, because most of them need torch's export machinery.
"""

from importlib import import_module
from typing import Any

_MODULES = {
    "EdgeCompileConfig": "capture._config",
    "EdgeProgramManager": "program._program",
    "EmitterOutput": "emit",
    "ExecutorchBackendConfig": "capture._config",
    "ExecutorchProgramManager": "program._program",
    "edge_to_executorch_passes": "program._program",
    "emit_program": "emit",
    "to_edge": "program._program",
    "to_edge_transform_and_lower": "program._program",
}
_TORCH_EXPORT = ("ExportGraphSignature", "ExportedProgram", "load", "save")

__all__ = [*_MODULES, *_TORCH_EXPORT]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    elif name in _TORCH_EXPORT:
        value = getattr(import_module("torch.export"), name)
    else:
        # Submodules: `from executorch import exir; exir.memory`.
        try:
            value = import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
