# SPDX-License-Identifier: BSD-3-Clause
"""Operator schemas and their C++ types.

A schema reads `aten::add.out(Tensor self, ..., *, Tensor(a!) out) -> Tensor(a!)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_SCHEMA = re.compile(
    r"(?:(?P<namespace>\w+)::)?(?P<name>\w+)(?:\.(?P<overload>\w+))?"
    r"\s*\((?P<arguments>.*)\)\s*->\s*(?P<returns>.+)$",
    re.DOTALL,
)
_TYPE = re.compile(
    r"(?P<base>\w+)(?:\((?P<alias>[^)]*)\))?(?P<optional_element>\?)?"
    r"(?P<list>\[\d*\])?(?P<optional>\?)?$"
)

# C++ spelling of the base types, passed by value. Symbolic numbers are plain at run time.
_VALUE_TYPES = {
    "int": "int64_t",
    "SymInt": "int64_t",
    "float": "double",
    "SymFloat": "double",
    "bool": "bool",
    "SymBool": "bool",
    "str": "::std::string_view",
    "Scalar": "::executorch::aten::Scalar",
    "ScalarType": "::executorch::aten::ScalarType",
    "Layout": "::executorch::aten::Layout",
    "Device": "::executorch::aten::Device",
    "MemoryFormat": "::executorch::aten::MemoryFormat",
    "Tensor": "::executorch::aten::Tensor",
}


@dataclass(frozen=True)
class Type:
    """A schema type: a base, possibly a list of it, each level possibly optional."""

    base: str
    is_list: bool = False
    has_optional_elements: bool = False
    is_optional: bool = False
    is_written: bool = False
    """Whether the operator writes to the argument: `Tensor(a!)`."""

    @staticmethod
    def parse(text: str) -> Type:
        match = _TYPE.match(text.strip())
        if match is None or match["base"] not in _VALUE_TYPES:
            raise ValueError(f"type {text.strip()!r} is not supported")
        # Without a list, the only question mark is the value's own.
        element_mark, is_list = bool(match["optional_element"]), match["list"] is not None
        return Type(
            base=match["base"],
            is_list=is_list,
            has_optional_elements=element_mark and is_list,
            is_optional=bool(match["optional"]) or (element_mark and not is_list),
            is_written="!" in (match["alias"] or ""),
        )

    @property
    def cpp_value(self) -> str:
        """The C++ type that holds such a value."""
        cpp = _VALUE_TYPES[self.base]
        if self.has_optional_elements:
            cpp = f"::std::optional<{cpp}>"
        if self.is_list:
            cpp = f"::executorch::aten::ArrayRef<{cpp}>"
        if self.is_optional:
            cpp = f"::std::optional<{cpp}>"
        return cpp

    @property
    def cpp_argument(self) -> str:
        """The C++ type of a kernel's parameter."""
        if self.is_list or self.base not in ("Tensor", "Scalar"):
            return self.cpp_value
        if self.is_written and not self.is_optional:
            return f"{self.cpp_value}&"
        return f"const {self.cpp_value}&"


@dataclass(frozen=True)
class Argument:
    type: Type
    name: str


@dataclass(frozen=True)
class OperatorSchema:
    """An operator's name and signature."""

    namespace: str
    name: str
    overload: str
    """Empty for the default overload."""
    arguments: tuple[Argument, ...]
    returns: tuple[Type, ...]

    @staticmethod
    def parse(text: str) -> OperatorSchema:
        """Parses PyTorch's syntax; the namespace is `aten` unless given. ValueError if it can't."""
        match = _SCHEMA.match(text.strip())
        if match is None:
            raise ValueError(f"not an operator schema: {text!r}")
        try:
            arguments = tuple(
                _parse_argument(part) for part in _split(match["arguments"]) if part != "*"
            )
            returns = tuple(Type.parse(_split_name(part)[0]) for part in _returns(match["returns"]))
        except ValueError as error:
            raise ValueError(f"{text!r}: {error}") from error
        namespace, overload = match["namespace"] or "aten", match["overload"] or ""
        return OperatorSchema(namespace, match["name"], overload, arguments, returns)

    @property
    def unqualified_name(self) -> str:
        """`add.out`: the name with its overload."""
        return f"{self.name}.{self.overload}" if self.overload else self.name

    @property
    def full_name(self) -> str:
        """`aten::add.out`: the name that programs and the registry use."""
        return f"{self.namespace}::{self.unqualified_name}"

    @property
    def cpp_return(self) -> str:
        """The C++ type that a kernel returns: a reference where a result is an argument."""
        types = [f"{t.cpp_value}&" if t.is_written else t.cpp_value for t in self.returns]
        if not types:
            return "void"
        return types[0] if len(types) == 1 else f"::std::tuple<{', '.join(types)}>"

    @property
    def cpp_wrapper_name(self) -> str:
        """Name for C++ callers: `add_outf` for an out variant, else the operator's own."""
        is_out_variant = any(argument.type.is_written for argument in self.arguments)
        return f"{self.name}_outf" if is_out_variant and not self.name.endswith("_") else self.name


def entry_name(entry: dict[str, Any]) -> str:
    """The full name of the operator of a kernel YAML's entry. ValueError if it names none."""
    if "func" in entry:
        return OperatorSchema.parse(entry["func"]).full_name
    if "op" in entry:
        return entry["op"] if "::" in entry["op"] else f"aten::{entry['op']}"
    raise ValueError(f"neither `func` nor `op`: {entry}")


def _split(text: str) -> list[str]:
    """Splits at commas outside brackets and string literals."""
    parts, depth, start, quote = [], 0, 0, ""
    for i, character in enumerate(text + ","):
        if quote or character in "'\"":
            quote = "" if quote == character else quote or character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return [part for part in parts if part]


def _split_name(text: str) -> tuple[str, str]:
    """`Tensor(a!) out` -> its type and name; without a name, the name is empty."""
    match = re.match(r"(?P<type>\w+(?:\([^)]*\))?[?\[\]\d]*)(?:\s+(?P<name>\w+))?$", text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a type with a name")
    return match["type"], match["name"] or ""


def _parse_argument(text: str) -> Argument:
    type_text, name = _split_name(text.split("=")[0])
    if not name:
        raise ValueError(f"argument {text!r} has no name")
    return Argument(Type.parse(type_text), name)


def _returns(text: str) -> list[str]:
    text = text.strip()
    return _split(text[1:-1]) if text.startswith("(") else [text]
