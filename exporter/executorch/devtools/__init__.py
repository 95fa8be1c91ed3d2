# SPDX-License-Identifier: BSD-3-Clause
"""Tools for developers: programs with test cases, records of exports, and the Inspector."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from executorch.devtools import inspector
    from executorch.devtools.bundled_program.core import BundledProgram
    from executorch.devtools.etrecord import ETRecord, generate_etrecord, parse_etrecord
    from executorch.devtools.inspector import Inspector

__all__ = [
    "BundledProgram",
    "ETRecord",
    "Inspector",
    "generate_etrecord",
    "inspector",
    "parse_etrecord",
]

_MODULES = {
    "BundledProgram": "executorch.devtools.bundled_program.core",
    "ETRecord": "executorch.devtools.etrecord",
    "Inspector": "executorch.devtools.inspector",
    "generate_etrecord": "executorch.devtools.etrecord",
    "parse_etrecord": "executorch.devtools.etrecord",
}


# Each when it is first used: the Inspector needs pandas, which the others do not.
def __getattr__(name: str) -> Any:
    if name == "inspector":
        return importlib.import_module("executorch.devtools.inspector")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
