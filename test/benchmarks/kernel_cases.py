# SPDX-License-Identifier: BSD-3-Clause
"""Calls of every portable operator, small and large, for portable_kernels.py.

`cases()` gives named calls whose shapes are those that networks have: "small" is what a mask or
one step of a recurrent network has, "large" what does not fit the first-level cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass
class Case:
    """One call. `op` has no namespace if that is aten; `outs` are like the results."""

    op: str
    name: str
    args: Sequence[Any]
    kwargs: dict[str, Any] = field(default_factory=dict)
    outs: Sequence[Tensor] | None = None

    @property
    def full_op(self) -> str:
        return self.op if "::" in self.op else f"aten::{self.op}"


Arguments = Callable[..., list[Any]]


def _normal(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(shape).to(dtype)


def _positive(*shape: int) -> Tensor:
    return torch.rand(shape) * 0.9 + 0.05


def _integers(*shape: int, high: int = 16, dtype: torch.dtype = torch.int64) -> Tensor:
    return torch.randint(1, high, shape, dtype=dtype)


def _mask(*shape: int) -> Tensor:
    return torch.rand(shape) < 0.5


SMALL, LARGE = (4, 16), (128, 1024)
SIZES = (("small", SMALL), ("large", LARGE))

UNARY = [
    "_conj_physical",
    "abs",
    "asin",
    "asinh",
    "atan",
    "ceil",
    "cos",
    "cosh",
    "erf",
    "exp",
    "expm1",
    "floor",
    "isinf",
    "isnan",
    "neg",
    "reciprocal",
    "relu",
    "round",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "tan",
    "tanh",
    "trunc",
    "gelu",
    "elu",
    "leaky_relu",
    "hardtanh",
    "logical_not",
    "alias_copy",
    "clone",
    "detach_copy",
    "lift_fresh_copy",
    "_to_copy",
]
UNARY_POSITIVE = ["acos", "atanh", "log", "log10", "log1p", "log2", "logit", "rsqrt", "sqrt"]
BINARY = ["add", "sub", "mul", "div", "atan2", "maximum", "minimum", "floor_divide"]
BINARY_SCALAR = ["add", "sub", "mul", "div"]
COMPARISON = ["eq", "ge", "gt", "le", "lt", "ne"]
LOGICAL = ["logical_and", "logical_or", "logical_xor"]
BITWISE = ["bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift"]


def _elementwise() -> Iterator[Case]:
    for size, shape in SIZES:
        x, y, p, m = _normal(*shape), _normal(*shape), _positive(*shape), _mask(*shape)
        i, j = _integers(*shape), _integers(*shape, high=8)
        for op in UNARY:
            yield Case(f"{op}.out", size, [x])
        for op in UNARY_POSITIVE:
            yield Case(f"{op}.out", size, [p])
        yield Case("acosh.out", size, [p + 1])
        yield Case("bitwise_not.out", size, [i])
        for op in BINARY:
            yield Case(f"{op}.out", size, [x, y])
        for op in BINARY_SCALAR:
            yield Case(f"{op}.Scalar_out", size, [x, 1.5])
        yield Case("rsub.Scalar_out", size, [x, 1.5])
        yield Case("fmod.Tensor_out", size, [x, y])
        yield Case("fmod.Scalar_out", size, [x, 1.5])
        yield Case("remainder.Tensor_out", size, [x, y])
        yield Case("remainder.Scalar_out", size, [x, 1.5])
        yield Case("div.out_mode", f"{size} floor", [x, y], {"rounding_mode": "floor"})
        yield Case("div.out_mode", f"{size} trunc", [x, y], {"rounding_mode": "trunc"})
        yield Case("div.Scalar_mode_out", size, [x, 1.5], {"rounding_mode": "floor"})
        yield Case("pow.Tensor_Scalar_out", f"{size} square", [x, 2])
        yield Case("pow.Tensor_Scalar_out", f"{size} 0.7", [p, 0.7])
        yield Case("pow.Tensor_Tensor_out", size, [p, x])
        yield Case("pow.Scalar_out", size, [2.0, x])
        for op in COMPARISON:
            yield Case(f"{op}.Tensor_out", size, [x, y])
            yield Case(f"{op}.Scalar_out", size, [x, 0.5])
        for op in LOGICAL:
            yield Case(f"{op}.out", size, [m, _mask(*shape)])
        for op in BITWISE:
            scalar = "Tensor_Scalar_out" if op.endswith("shift") else "Scalar_out"
            yield Case(f"{op}.Tensor_out", size, [i, j])
            yield Case(f"{op}.{scalar}", size, [i, 3])
        yield Case("clamp.out", size, [x, -0.5, 0.5])
        yield Case("clamp.Tensor_out", size, [x, y, y + 1])
        yield Case("masked_fill.Scalar_out", size, [x, m, 1.5])
        yield Case("where.self_out", size, [m, x, y])
        yield Case("copy.out", size, [x, y])
        yield Case("copy_", size, [x.clone(), y], outs=[])
        yield Case("fill.Scalar_out", size, [x, 1.5])
        yield Case("fill.Tensor_out", size, [x, torch.tensor(1.5)])
        yield Case("glu.out", size, [x])
        for dtype in (torch.float16, torch.bfloat16):
            name = f"{size} {str(dtype).removeprefix('torch.')}"
            yield Case("add.out", name, [x.to(dtype), y.to(dtype)])
            yield Case("mul.out", name, [x.to(dtype), y.to(dtype)])
            yield Case("sigmoid.out", name, [x.to(dtype)])
            yield Case("gelu.out", name, [x.to(dtype)])
            yield Case("_to_copy.out", f"{name} to float", [x.to(dtype)], {}, [x])
            yield Case("_to_copy.out", f"{name} from float", [x], {}, [x.to(dtype)])
        yield Case("gelu.out", f"{size} tanh", [x], {"approximate": "tanh"})
        yield Case("add.out", f"{size} int64", [i, j])
        yield Case("add.out", f"{size} int32", [i.int(), j.int()])
        yield Case("mul.out", f"{size} int8", [i.char(), j.char()])
        yield Case("add.out", f"{size} row", [x, y[0]])
        yield Case("add.out", f"{size} column", [x, y[:, :1].contiguous()])
        yield Case("mul.out", f"{size} zero-dim", [x, torch.tensor(1.5)])
        yield Case("add.out", f"{size} mixed", [x, i])
        yield Case("_to_copy.out", f"{size} int64 to float", [i], {}, [x])
    one = torch.ones(1)
    yield Case("add.out", "one element", [one, one])
    yield Case("mul.out", "one element", [one, one])
    image = _normal(1, 32, 56, 56)
    yield Case("add.out", "channel bias", [image, _normal(1, 32, 1, 1)])
    yield Case("mul.out", "channels last", [image.to(memory_format=torch.channels_last)] * 2)


def _reductions() -> Iterator[Case]:
    for size, shape in SIZES:
        x, m = _normal(*shape), _mask(*shape)
        for op in ("amax.out", "amin.out", "mean.out", "sum.IntList_out", "var.out"):
            for dims in ([-1], [0], [0, 1]):
                yield Case(op, f"{size} {dims}", [x, dims])
        for op in ("argmax.out", "argmin.out", "max.dim_max", "min.dim_min", "prod.int_out"):
            yield Case(op, f"{size} -1", [x, -1])
            yield Case(op, f"{size} 0", [x, 0])
        for op in ("var.correction_out", "var_mean.correction_out"):
            yield Case(op, size, [x, [-1]], {"correction": 1})
        for op in ("max.unary_out", "min.unary_out", "prod.out", "mean.dtype_out"):
            yield Case(op, size, [x])
        yield Case("any.all_out", size, [torch.zeros_like(m)])
        yield Case("any.out", size, [m, -1])
        yield Case("any.dims_out", size, [m, [0]])
        for dim in (-1, 0):
            yield Case("cumsum.out", f"{size} {dim}", [x, dim])
            yield Case("_softmax.out", f"{size} {dim}", [x, dim, False])
            yield Case("_log_softmax.out", f"{size} {dim}", [x, dim, False])
            yield Case("topk.values", f"{size} {dim}", [x, 4, dim])
    yield Case("sum.IntList_out", "image", [_normal(1, 64, 28, 28), [2, 3]])
    yield Case("mean.out", "image", [_normal(1, 512, 7, 7), [-1, -2], True])
    yield Case("_softmax.out", "attention", [_normal(1, 8, 64, 64), -1, False])
    yield Case("_softmax.out", "half", [_normal(64, 256, dtype=torch.float16), -1, False])
    yield Case("argmax.out", "logits", [_normal(1, 32000), -1])


def _products() -> Iterator[Case]:
    for size, (m, k, n) in (
        ("4x16x8", (4, 16, 8)),
        ("128x256x128", (128, 256, 128)),
        ("1x288x768", (1, 288, 768)),
        ("1x16x16", (1, 16, 16)),
        ("64x64x1", (64, 64, 1)),
    ):
        a, b, c = _normal(m, k), _normal(k, n), _normal(n)
        yield Case("mm.out", size, [a, b])
        yield Case("addmm.out", size, [c, a, b])
        yield Case("bmm.out", size, [torch.stack([a, a]), torch.stack([b, b])])
    a, b = _normal(32, 64, dtype=torch.float16), _normal(64, 32, dtype=torch.float16)
    yield Case("mm.out", "half", [a, b])
    yield Case("bmm.out", "attention", [_normal(8, 64, 32), _normal(8, 32, 64)])
    yield Case("_cdist_forward.out", "2", [_normal(32, 16), _normal(32, 16), 2.0, None])
    yield Case("_cdist_forward.out", "1", [_normal(32, 16), _normal(32, 16), 1.0, None])
    yield Case("_pdist_forward.out", "2", [_normal(32, 16), 2.0])


def _convolution(
    channels: int,
    out: int,
    side: int,
    kernel: int,
    stride: int = 1,
    groups: int = 1,
    transposed: bool = False,
) -> list[Any]:
    weight = (channels, out // groups) if transposed else (out, channels // groups)
    two = [stride, stride], [kernel // 2, kernel // 2], [1, 1]
    return [
        _normal(1, channels, side, side),
        _normal(*weight, kernel, kernel),
        _normal(out),
        *two,
        transposed,
        [0, 0],
        groups,
    ]


def _spatial() -> Iterator[Case]:
    for name, arguments in (
        ("tiny", _convolution(2, 4, 6, 3)),
        ("stem", _convolution(3, 32, 96, 3, 2)),
        ("3x3", _convolution(32, 32, 28, 3)),
        ("3x3 few positions", _convolution(128, 128, 7, 3)),
        ("pointwise", _convolution(32, 96, 28, 1)),
        ("pointwise few positions", _convolution(160, 320, 7, 1)),
        ("pointwise one position", _convolution(256, 64, 1, 1)),
        ("depthwise", _convolution(96, 96, 28, 3, 1, 96)),
        ("depthwise stride 2", _convolution(96, 96, 28, 3, 2, 96)),
        ("depthwise 5x5 few positions", _convolution(96, 96, 7, 5, 1, 96)),
        ("grouped", _convolution(32, 32, 14, 3, 1, 4)),
        ("transposed", _convolution(16, 16, 14, 3, 2, 1, True)),
    ):
        yield Case("convolution.out", name, arguments)
    one = [1], [1], [1], False, [0], 1
    yield Case(
        "convolution.out", "1d", [_normal(1, 32, 128), _normal(32, 32, 3), _normal(32), *one]
    )
    x, w = _normal(1, 8, 14, 14), _normal(8, 8, 3, 3)
    yield Case(
        "convolution_backward.out",
        "3x3",
        [_normal(1, 8, 14, 14), x, w, [8], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True] * 3],
    )
    for size, shape in (("small", (1, 2, 8, 8)), ("large", (1, 32, 56, 56))):
        x = _normal(*shape)
        channels = shape[1]
        weight, bias = _normal(channels), _normal(channels)
        mean, variance = _normal(channels), _positive(channels)
        yield Case("avg_pool2d.out", size, [x, [2, 2]])
        yield Case("avg_pool2d.out", f"{size} 3x3", [x, [3, 3], [1, 1], [1, 1]])
        yield Case("_adaptive_avg_pool2d.out", size, [x, [1, 1]])
        yield Case("max_pool2d_with_indices.out", size, [x, [2, 2], [2, 2]])
        yield Case("max_pool2d_with_indices.out", f"{size} 3x3", [x, [3, 3], [2, 2], [1, 1]])
        _, index = torch.nn.functional.max_pool2d(x, 2, return_indices=True)
        yield Case(
            "max_pool2d_with_indices_backward.grad_input",
            size,
            [_normal(*index.shape), x, [2, 2], [2, 2], [0, 0], [1, 1], False, index],
        )
        norm = [x, weight, bias, mean, variance]
        yield Case("_native_batch_norm_legit_no_training.out", size, [*norm, 0.1, 1e-5])
        yield Case("_native_batch_norm_legit.no_stats_out", size, [*norm[:3], True, 0.1, 1e-5])
        numel = shape[2] * shape[3]
        group = [x, weight, bias, 1, channels, numel, 2, 1e-5]
        yield Case("native_group_norm.out", size, group)
        yield Case("upsample_nearest2d.vec_out", size, [x, None, [2.0, 2.0]])
        yield Case("upsample_bilinear2d.vec_out", size, [x, None, False, [2.0, 2.0]])
        side = shape[-1]
        yield Case("_upsample_bilinear2d_aa.out", size, [x, [side // 2, side // 2], False])
        grid = torch.rand(1, side, side, 2) * 2 - 1
        yield Case("grid_sampler_2d.out", size, [x, grid, 0, 0, False])
        yield Case("pixel_unshuffle.out", size, [x, 2])
        yield Case("constant_pad_nd.out", size, [x, [1, 1, 1, 1], 0.5])
        for kind in ("reflection", "replication"):
            yield Case(f"{kind}_pad1d.out", size, [x[0], [1, 1]])
            yield Case(f"{kind}_pad2d.out", size, [x, [1, 1, 1, 1]])
            yield Case(f"{kind}_pad3d.out", size, [x, [1, 1, 1, 1, 1, 1]])
    yield Case("pixel_shuffle.out", "small", [_normal(1, 8, 4, 4), 2])
    yield Case("pixel_shuffle.out", "large", [_normal(1, 64, 56, 56), 2])
    for size, (rows, columns) in SIZES:
        x, weight = _normal(rows, columns), _normal(columns)
        yield Case("native_layer_norm.out", size, [x, [columns], weight, weight, 1e-5])


def _moves() -> Iterator[Case]:
    for size, (rows, columns) in SIZES:
        x, y = _normal(rows, columns), _normal(rows, columns)
        row = torch.randint(0, rows, (rows,))
        position = torch.randint(0, columns, (rows, columns))
        mask = _mask(rows, columns)
        yield Case("cat.out", f"{size} 0", [[x, y], 0])
        yield Case("cat.out", f"{size} -1", [[x, y], -1])
        yield Case("stack.out", f"{size} 0", [[x, y], 0])
        yield Case("stack.out", f"{size} -1", [[x, y], -1])
        yield Case("permute_copy.out", size, [x, [1, 0]])
        yield Case("t_copy.out", size, [x])
        yield Case("transpose_copy.int_out", size, [x, 0, 1])
        yield Case("view_copy.out", size, [x, [columns, rows]])
        yield Case("unsqueeze_copy.out", size, [x, 0])
        yield Case("squeeze_copy.dim_out", size, [x[None], 0])
        yield Case("squeeze_copy.dims_out", size, [x[None], [0]])
        yield Case("expand_copy.out", f"{size} row", [x[0], [rows, columns]])
        column = x[:, :1].contiguous()
        yield Case("expand_copy.out", f"{size} column", [column, [rows, columns]])
        yield Case("repeat.out", size, [x, [1, 2]])
        yield Case("slice_copy.Tensor_out", f"{size} rows", [x, 0, 1, rows])
        yield Case("slice_copy.Tensor_out", f"{size} columns", [x, 1, 1, columns, 2])
        yield Case("narrow_copy.out", size, [x, 1, 1, columns - 1])
        yield Case("select_copy.int_out", f"{size} 0", [x, 0, 1])
        yield Case("select_copy.int_out", f"{size} 1", [x, 1, 1])
        yield Case("split_copy.Tensor_out", size, [x, rows // 2])
        yield Case("split_with_sizes_copy.out", size, [x, [1, columns - 1], 1])
        yield Case("unbind_copy.int_out", size, [x[:4]])
        yield Case("unfold_copy.out", size, [x, 1, 4, 2])
        yield Case("as_strided_copy.out", size, [x, [columns, rows], [1, columns]])
        yield Case("diagonal_copy.out", size, [x])
        yield Case("flip.out", f"{size} 0", [x, [0]])
        yield Case("flip.out", f"{size} 1", [x, [1]])
        yield Case("roll.out", size, [x, [1], [1]])
        yield Case("tril.out", size, [x])
        yield Case("embedding.out", size, [x, row])
        yield Case("index_select.out", f"{size} 0", [x, 0, row])
        yield Case("index_select.out", f"{size} 1", [x, 1, position[0]])
        yield Case("gather.out", size, [x, 1, position])
        yield Case("index.Tensor_out", f"{size} rows", [x, [row]])
        yield Case("index.Tensor_out", f"{size} elements", [x, [row, position[:, 0].clone()]])
        yield Case("index_put.out", size, [x, [row], y])
        yield Case("index_put_", size, [x.clone(), [row], y], outs=[])
        yield Case("scatter.src_out", size, [x, 1, position, y])
        yield Case("scatter.value_out", size, [x, 1, position, 1.5])
        yield Case("scatter_add.out", size, [x, 1, position, y])
        yield Case("select_scatter.out", size, [x, y[0], 0, 1])
        yield Case("slice_scatter.out", size, [x, y[:, 1:].contiguous(), 1, 1, columns])
        yield Case("masked_scatter.out", size, [x, mask, y])
        yield Case("masked_select.out", size, [x, mask])
        yield Case("nonzero.out", size, [mask])
        yield Case("repeat_interleave.Tensor_out", size, [_integers(rows * 4, high=4)])
        complex_ = torch.complex(x, y)
        yield Case("view_as_real_copy.out", size, [complex_])
        order = {"dim_order": [0, 1]}
        yield Case("dim_order_ops::_clone_dim_order.out", size, [x], order, [x])
        yield Case("dim_order_ops::_to_dim_order_copy.out", size, [x], order, [x])
        yield Case("dim_order_ops::_empty_dim_order.out", size, [[rows, columns]], order, [x])
        for op in ("empty", "ones", "zeros", "rand", "randn"):
            yield Case(f"{op}.out", size, [[rows, columns]], {}, [x])
        yield Case("full.out", size, [[rows, columns], 1.5], {}, [x])
        yield Case("full_like.out", size, [x, 1.5])
        yield Case("arange.out", size, [rows * columns], {}, [_integers(rows * columns)])
        yield Case(
            "arange.start_out", size, [0, rows * columns, 1], {}, [_integers(rows * columns)]
        )
        yield Case("native_dropout.out", size, [x, 0.5, True])
    yield Case("scalar_tensor.out", "", [1.5], {}, [torch.tensor(1.5)])
    image = _normal(1, 32, 28, 28)
    yield Case("permute_copy.out", "to channels last", [image, [0, 2, 3, 1]])
    yield Case("permute_copy.out", "heads", [_normal(1, 64, 8, 32), [0, 2, 1, 3]])
    yield Case("permute_copy.out", "keys", [_normal(1, 8, 64, 32), [0, 1, 3, 2]])
    last = image.to(memory_format=torch.channels_last)
    order = {"dim_order": [0, 2, 3, 1]}
    yield Case("dim_order_ops::_to_dim_order_copy.out", "to channels last", [image], order, [last])
    yield Case("clone.out", "half", [_normal(64, 1024, dtype=torch.float16)])
    yield Case("embedding.out", "table", [_normal(1000, 288), torch.randint(0, 1000, (1, 32))])


def cases() -> list[Case]:
    torch.manual_seed(0)
    found: list[Case] = []
    for family in (_elementwise, _reductions, _products, _spatial, _moves):
        found += family()
    return found


def results(case: Case) -> list[Tensor]:
    """Tensors like those that the call writes: what eager PyTorch computes."""
    if case.outs is not None:
        return list(case.outs)
    namespace, _, name = case.full_op.partition("::")
    function = getattr(getattr(torch.ops, namespace), name.partition(".")[0])
    result = function(*case.args, **case.kwargs)
    return list(result) if isinstance(result, (list, tuple)) else [result]
