# SPDX-License-Identifier: BSD-3-Clause
"""The exporter: `to_edge`, `to_executorch` and what configures them.

Names are imported on first use, because most of them need torch's export machinery.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_MODULES = {
    "CallSpec": "capture._capture",
    "CaptureConfig": "capture._config",
    "EdgeCompileConfig": "capture._config",
    "EdgeProgramManager": "program._program",
    "EmitterOutput": "emit",
    "ExecutorchBackendConfig": "capture._config",
    "ExecutorchProgram": "program._exir_exported_program",
    "ExecutorchProgramManager": "program._program",
    "ExirDynamoConfig": "tracer",
    "ExirExportedProgram": "program._exir_exported_program",
    "Value": "tracer",
    "_capture_legacy_do_not_use": "capture._capture",
    "_to_edge": "program._exir_exported_program",
    "edge_to_executorch_passes": "program._program",
    "emit_program": "emit",
    "load": "serde.serialize",
    "save": "serde.serialize",
    "to_edge": "program._program",
    "to_edge_transform_and_lower": "program._program",
}
_TORCH_EXPORT = ("ExportGraphSignature", "ExportedProgram")

__all__ = [*_MODULES, *_TORCH_EXPORT, "capture"]


class _Package(ModuleType):
    """Makes `exir.capture` the function, although there is a package of this name."""

    @property
    def capture(self) -> Any:
        return import_module(f"{__name__}.capture._capture").capture

    @capture.setter
    def capture(self, package: ModuleType) -> None:
        """Called when the package has been imported; others import it by its full name."""


sys.modules[__name__].__class__ = _Package


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
