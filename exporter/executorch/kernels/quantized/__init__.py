# SPDX-License-Identifier: BSD-3-Clause
"""The operators of `quantized_decomposed` that the quantized kernels run, for PyTorch.

Importing this registers them: those that PyTorch does not have (tables of quantized weights,
products with them), and the out variants of all, which an export needs. The runtime's kernels are
part of `executorch.extension.pybindings`; nothing has to be loaded for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.ao.quantization.fx._decomposed
from torch import Tensor

_ops = torch.ops.quantized_decomposed
_library = torch.library.Library("quantized_decomposed", "FRAGMENT")

_TABLE = (
    "Tensor weight, Tensor weight_scales, Tensor? weight_zero_points, int weight_quant_min, "
    "int weight_quant_max, Tensor indices"
)
_WEIGHTS = "Tensor input, Tensor weight, Tensor weight_scales, Tensor? weight_zero_points"
_SUM = ", ".join(
    f"{'' if name == 'out' else f'Tensor {name}, '}float {name}_scale, int {name}_zero_point, "
    f"int {name}_quant_min, int {name}_quant_max"
    for name in ("a", "b", "out")
)


def _define(name: str, signature: str, function: Callable[..., Any]) -> None:
    """Registers an operator, unless somebody else has."""
    packet, _, overload = name.partition(".")
    if hasattr(getattr(_ops, packet, None), overload or "default"):
        return
    _library.define(name + signature)
    _library.impl(name, function, "CompositeExplicitAutograd")


# --- Operators that PyTorch does not have ---------------------------------------------------------


def _dequantized(
    weight: Tensor, scales: Tensor, zero_points: Tensor | None, dtype: torch.dtype
) -> Tensor:
    """Rows with a scale each, or one for each group of columns."""
    groups = weight.to(dtype).unflatten(-1, (1 if scales.dim() == 1 else scales.shape[-1], -1))
    if zero_points is not None:
        groups = groups - zero_points.to(dtype).view(*groups.shape[:-1], 1)
    return (groups * scales.to(dtype).view(*groups.shape[:-1], 1)).flatten(-2)


def _unpacked(weight: Tensor, bits: int) -> Tensor:
    """Elements of 4 bits, the first in the highest place, or of 2 bits, the first in the lowest."""
    shifts = {8: (0,), 4: (4, 0), 2: (0, 2, 4, 6)}[bits]
    if bits == 8:
        return weight
    parts = [weight.bitwise_right_shift(shift).bitwise_and((1 << bits) - 1) for shift in shifts]
    return torch.stack(parts, dim=-1).flatten(-2).to(torch.int8) - (1 << (bits - 1))


def _embedding(bits: int) -> Callable[..., Tensor]:
    def embedding(
        weight: Tensor,
        weight_scales: Tensor,
        weight_zero_points: Tensor | None,
        weight_quant_min: int,
        weight_quant_max: int,
        indices: Tensor,
        *,
        dtype: torch.dtype | None = None,
    ) -> Tensor:
        table = _dequantized(
            _unpacked(weight, bits), weight_scales, weight_zero_points, weight_scales.dtype
        )
        rows = torch.nn.functional.embedding(indices, table)
        return rows if dtype is None else rows.to(dtype)

    return embedding


def _mixed_mm(
    input: Tensor, weight: Tensor, weight_scales: Tensor, weight_zero_points: Tensor | None
) -> Tensor:
    return input.mm(_dequantized(weight, weight_scales, weight_zero_points, input.dtype))


def _mixed_linear(
    input: Tensor,
    weight: Tensor,
    weight_scales: Tensor,
    weight_zero_points: Tensor | None,
    dtype: torch.dtype | None = None,
) -> Tensor:
    dense = _dequantized(weight, weight_scales, weight_zero_points, input.dtype)
    result = torch.nn.functional.linear(input, dense)
    return result if dtype is None else result.to(dtype)


def _add(
    a: Tensor,
    a_scale: float,
    a_zero_point: int,
    a_quant_min: int,
    a_quant_max: int,
    b: Tensor,
    b_scale: float,
    b_zero_point: int,
    b_quant_min: int,
    b_quant_max: int,
    out_scale: float,
    out_zero_point: int,
    out_quant_min: int,
    out_quant_max: int,
) -> Tensor:
    x = (a.to(torch.float32) - a_zero_point) * a_scale
    y = (b.to(torch.float32) - b_zero_point) * b_scale
    return _ops.quantize_per_tensor(
        x + y, out_scale, out_zero_point, out_quant_min, out_quant_max, a.dtype
    )


for _bits, _name in ((8, "byte"), (4, "4bit"), (2, "2bit")):
    _define(f"embedding_{_name}", f"({_TABLE}) -> Tensor", _embedding(_bits))
    _define(
        f"embedding_{_name}.dtype",
        f"({_TABLE}, *, ScalarType? dtype=None) -> Tensor",
        _embedding(_bits),
    )
_define("mixed_mm", f"({_WEIGHTS}) -> Tensor", _mixed_mm)
_define("mixed_linear", f"({_WEIGHTS}, ScalarType? dtype=None) -> Tensor", _mixed_linear)
_define("add", f"({_SUM}) -> Tensor", _add)


# --- Out variants ---------------------------------------------------------------------------------


def _copy(source: Tensor, target: Tensor) -> None:
    if target.shape != source.shape:
        target.resize_(source.shape)
    target.copy_(source)


def _define_out(functional: str, out: str, outs: tuple[str, ...] = ("out",)) -> None:
    """Registers the out variant of an operator: the same, with what is returned as arguments."""
    packet, _, overload = functional.partition(".")
    operator = getattr(getattr(_ops, packet), overload or "default")
    schema = str(operator._schema)
    arguments = schema[schema.index("(") + 1 : schema.index(") -> ")]
    if "*" not in arguments:
        arguments += ", *"
    written = [f"Tensor({chr(ord('a') + i)}!)" for i in range(len(outs))]
    arguments += "".join(f", {kind} {name}" for kind, name in zip(written, outs))
    returned = written[0] if len(outs) == 1 else f"({', '.join(written)})"

    def function(*args: Any, **kwargs: Any) -> Any:
        targets = tuple(kwargs.pop(name) for name in outs)
        results = operator(*args, **kwargs)
        for source, target in zip((results,) if len(outs) == 1 else results, targets):
            _copy(source, target)
        return targets[0] if len(outs) == 1 else targets

    _define(out, f"({arguments}) -> {returned}", function)


_QPARAMS = ("scale_out", "zero_point_out")

_define_out("quantize_per_tensor", "quantize_per_tensor.out")
_define_out("quantize_per_tensor.tensor", "quantize_per_tensor.Tensor_out")
_define_out("quantize_per_channel", "quantize_per_channel.out")
_define_out("quantize_per_token", "quantize_per_token.out")
_define_out("dequantize_per_tensor", "dequantize_per_tensor.out")
_define_out("dequantize_per_tensor.tensor", "dequantize_per_tensor.Tensor_out")
_define_out("dequantize_per_channel", "dequantize_per_channel.out")
_define_out("dequantize_per_token", "dequantize_per_token.out")
_define_out("choose_qparams.tensor", "choose_qparams.Tensor_out", _QPARAMS)
_define_out(
    "choose_qparams_per_token_asymmetric", "choose_qparams_per_token_asymmetric.out", _QPARAMS
)
for _name in ("byte", "4bit", "2bit"):
    _define_out(f"embedding_{_name}", f"embedding_{_name}.out")
    _define_out(f"embedding_{_name}.dtype", f"embedding_{_name}.dtype_out")
_define_out("mixed_mm", "mixed_mm.out")
_define_out("mixed_linear", "mixed_linear.out")
_define_out("add", "add.out")
