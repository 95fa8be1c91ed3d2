# SPDX-License-Identifier: BSD-3-Clause
"""Schemas of out variants."""

from __future__ import annotations

import re


def gen_out_variant_schema(func_op_schema: str) -> str:
    """The schema of an out variant: the same arguments, then a tensor for every result.

    "f(Tensor x) -> Tensor" gives "f.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)"; the overload
    "name" gives "name_out", and several results are "out0", "out1".
    """
    match = re.fullmatch(r"([\w:]+)(?:\.(\w+))?\((.*)\) -> (.*)", func_op_schema)
    if match is None:
        raise ValueError(f"{func_op_schema!r} is not the schema of an operator")
    name, overload, arguments, results = match.groups()
    count = len(results.split(",")) if results.startswith("(") else 1
    aliases = [f"Tensor({chr(ord('a') + index)}!)" for index in range(count)]
    outs = [f"{alias} out{index if count > 1 else ''}" for index, alias in enumerate(aliases)]
    is_keyword_only = "*," in arguments
    parts = [arguments] if arguments else []
    parts += [] if is_keyword_only else ["*"]
    written = aliases[0] if count == 1 else f"({', '.join(aliases)})"
    new_overload = f"{overload}_out" if overload else "out"
    return f"{name}.{new_overload}({', '.join(parts + outs)}) -> {written}"
