# SPDX-License-Identifier: BSD-3-Clause
"""Compares modules with `public_names.txt`: names that existing code uses, and their parameters.

A line is a module, a name in it, and for functions and classes the parameters in order, where "="
marks those with a default. Ours may have more, as long as they have defaults.
"""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

LINES = (Path(__file__).parent / "public_names.txt").read_text().splitlines()
NAMES: dict[str, list[str]] = {}
for _line in LINES:
    _module, _, _rest = _line.partition(" ")
    NAMES.setdefault(_module, []).append(_rest)


@pytest.mark.parametrize("module", NAMES)
def test_names_and_parameters(module: str) -> None:
    imported = import_module(module)
    problems = []
    for entry in NAMES[module]:
        path, _, parameters = entry.partition(" ")
        owner: Any = None
        found: Any = imported
        try:
            for name in path.split("."):
                owner, found = found, getattr(found, name)
        except AttributeError:
            problems.append(f"{path} is missing")
            continue
        if not parameters:
            continue
        if inspect.isclass(owner):
            found = inspect.getattr_static(owner, path.rpartition(".")[2])
            found = getattr(found, "__func__", found)
        expected = parameters[1:-1].replace("*", "").split()
        actual = [
            parameter.name + ("" if parameter.default is parameter.empty else "=")
            for parameter in inspect.signature(found).parameters.values()
        ]
        if actual[: len(expected)] != expected or not all(
            name.endswith("=") for name in actual[len(expected) :]
        ):
            problems.append(f"{path} has parameters {actual}, not {expected}")
    assert not problems
