# SPDX-License-Identifier: BSD-3-Clause
"""Out variants of the operators by which quantized graphs are expressed."""

from __future__ import annotations

import re

import torch
import torch.ao.quantization.fx._decomposed
from torch._ops import OpOverload

_ops = torch.ops.quantized_decomposed

_QUANT_PRIMITIVES: list[OpOverload] = [
    _ops.dequantize_per_channel.default,
    _ops.dequantize_per_tensor.default,
    _ops.dequantize_per_tensor.tensor,
    _ops.dequantize_per_token.default,
    _ops.quantize_per_channel.default,
    _ops.quantize_per_tensor.default,
    _ops.quantize_per_tensor.tensor,
    _ops.quantize_per_token.default,
    _ops.choose_qparams.tensor,
    _ops.choose_qparams_per_token_asymmetric.default,
]


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


def _define() -> torch.library.Library:
    library = torch.library.Library("quantized_decomposed", "FRAGMENT")
    for op in _QUANT_PRIMITIVES:
        _, known = torch._C._jit_get_operation(op._schema.name)
        # The kernels are registered as Tensor_out.
        schema = gen_out_variant_schema(str(op._schema)).replace(".tensor_out(", ".Tensor_out(")
        overload = schema[schema.index(".") + 1 : schema.index("(")]
        if overload not in known:
            library.define(schema.partition("::")[2])
    return library


quantized_decomposed_lib = _define()
