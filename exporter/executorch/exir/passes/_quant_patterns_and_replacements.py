# SPDX-License-Identifier: BSD-3-Clause
"""Operators on quantized tensors, beyond those of torch: importing this module defines them.

Each has a reference implementation, a schema for its out variant, and a kernel in the library of
quantized kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from executorch.exir.operator.util import gen_out_variant_schema

quantized_decomposed_lib = torch.library.Library("quantized_decomposed", "FRAGMENT")


def _define(schema: str, function: Callable[..., Any]) -> None:
    name = schema[: schema.index("(")]
    quantized_decomposed_lib.define(schema)
    quantized_decomposed_lib.define(gen_out_variant_schema(schema))
    quantized_decomposed_lib.impl(name, function, "CompositeExplicitAutograd")


# --- embedding ----------------------------------------------------------------------------------


def embedding_weight_checks(
    weight: torch.Tensor, weight_scales: torch.Tensor, weight_zero_points: torch.Tensor | None
) -> None:
    """Raises ValueError unless there is a scale for each row, or for each group of a row."""
    if weight.dim() != 2 or weight.dtype not in (torch.int8, torch.uint8):
        raise ValueError(f"weight must be a matrix of bytes, got {weight.dtype} {weight.shape}")
    if weight_scales.dim() not in (1, 2) or weight_scales.size(0) != weight.size(0):
        raise ValueError(f"scales {tuple(weight_scales.shape)} do not fit {tuple(weight.shape)}")
    if weight_zero_points is not None and weight_zero_points.shape != weight_scales.shape:
        raise ValueError(
            f"zero points {tuple(weight_zero_points.shape)} do not fit the scales "
            f"{tuple(weight_scales.shape)}"
        )


def _unpacked(weight: torch.Tensor, bits: int) -> torch.Tensor:
    """The numbers of a packed matrix, in order; stored are they plus half of their range.

    Four bits: the first number is in the upper half of a byte. Two bits: it is in the lowest bits.
    """
    shifts = {4: (4, 0), 2: (0, 2, 4, 6)}[bits]
    parts = torch.stack([(weight >> shift) & (2**bits - 1) for shift in shifts], dim=-1)
    return parts.flatten(-2).to(torch.int8) - 2 ** (bits - 1)


def _embedding(
    bits: int,
    weight: torch.Tensor,
    weight_scales: torch.Tensor,
    weight_zero_points: torch.Tensor | None,
    weight_quant_min: int,
    weight_quant_max: int,
    indices: torch.Tensor,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    embedding_weight_checks(weight, weight_scales, weight_zero_points)
    rows = weight[indices] if bits == 8 else _unpacked(weight[indices], bits)
    scales = weight_scales[indices].float().reshape(*indices.shape, -1, 1)
    values = rows.float().reshape(*indices.shape, scales.size(-2), -1)
    if weight_zero_points is not None:
        values = values - weight_zero_points[indices].float().reshape(scales.shape)
    return (values * scales).reshape(rows.shape).to(dtype or weight_scales.dtype)


_WEIGHT = (
    "Tensor weight, Tensor weight_scales, Tensor? weight_zero_points, int weight_quant_min, "
    "int weight_quant_max, Tensor indices"
)
embedding_byte = partial(_embedding, 8)
embedding_4bit = partial(_embedding, 4)
embedding_2bit = partial(_embedding, 2)
for _name, _function in (
    ("embedding_byte", embedding_byte),
    ("embedding_4bit", embedding_4bit),
    ("embedding_2bit", embedding_2bit),
):
    _define(f"{_name}({_WEIGHT}) -> Tensor", _function)
    _define(f"{_name}.dtype({_WEIGHT}, *, ScalarType? dtype=None) -> Tensor", _function)


# --- sums ---------------------------------------------------------------------------------------


def _sum(
    activation: Callable[[torch.Tensor], torch.Tensor],
    a: torch.Tensor,
    a_scale: float,
    a_zero_point: int,
    a_quant_min: int,
    a_quant_max: int,
    b: torch.Tensor,
    b_scale: float,
    b_zero_point: int,
    b_quant_min: int,
    b_quant_max: int,
    out_scale: float,
    out_zero_point: int,
    out_quant_min: int,
    out_quant_max: int,
) -> torch.Tensor:
    left = (a.float() - a_zero_point) * a_scale
    right = (b.float() - b_zero_point) * b_scale
    result = activation(left + right) / out_scale
    return (result.round() + out_zero_point).clamp(out_quant_min, out_quant_max).to(a.dtype)


def _quantized(name: str) -> str:
    return f"float {name}_scale, int {name}_zero_point, int {name}_quant_min, int {name}_quant_max"


_SUM = f"Tensor a, {_quantized('a')}, Tensor b, {_quantized('b')}, {_quantized('out')}"
_define(f"add({_SUM}) -> Tensor", partial(_sum, lambda x: x))
_define(f"add_relu({_SUM}) -> Tensor", partial(_sum, torch.relu))


# --- products with quantized weights ------------------------------------------------------------


def _weight(
    weight: torch.Tensor, scales: torch.Tensor, zero_points: torch.Tensor | None, rows: int
) -> torch.Tensor:
    """Scales are for rows, or for groups of each row."""
    grouped = weight.float().reshape(rows, scales.shape[1] if scales.dim() > 1 else 1, -1)
    if zero_points is not None:
        grouped = grouped - zero_points.float().reshape(rows, -1, 1)
    return (grouped * scales.float().reshape(rows, -1, 1)).reshape(weight.shape)


def _mixed_mm(
    input: torch.Tensor,
    weight: torch.Tensor,
    weight_scales: torch.Tensor,
    weight_zero_points: torch.Tensor | None,
) -> torch.Tensor:
    real = _weight(weight, weight_scales, weight_zero_points, weight.size(0))
    return torch.mm(input.float(), real).to(input.dtype)


def _mixed_linear(
    input: torch.Tensor,
    weight: torch.Tensor,
    weight_scales: torch.Tensor,
    weight_zero_points: torch.Tensor | None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    real = _weight(weight, weight_scales, weight_zero_points, weight.size(0))
    return torch.nn.functional.linear(input.float(), real).to(dtype or input.dtype)


_MIXED = "Tensor input, Tensor weight, Tensor weight_scales, Tensor? weight_zero_points"
_define(f"mixed_mm({_MIXED}) -> Tensor", _mixed_mm)
_define(f"mixed_linear({_MIXED}, ScalarType? dtype=None) -> Tensor", _mixed_linear)
