# SPDX-License-Identifier: BSD-3-Clause
"""Estimates of the arithmetic that operators do, to weigh them against each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Shape = tuple[int, ...]

_FREE = {
    "alias_copy",
    "clone",
    "copy",
    "copy_",
    "empty",
    "expand_copy",
    "getitem",
    "permute_copy",
    "select_copy",
    "slice_copy",
    "split_with_sizes_copy",
    "squeeze_copy",
    "t_copy",
    "transpose_copy",
    "unsqueeze_copy",
    "view_copy",
    "_to_dim_order_copy",
    "_clone_dim_order",
    "cat",
    "full",
    "embedding",
    "et_view",
}
"""Operators that only move data."""

# Additions and multiplications, roughly, per element of the largest tensor.
_PER_ELEMENT = {
    "_softmax": 5,
    "_log_softmax": 5,
    "gelu": 8,
    "sigmoid": 4,
    "tanh": 4,
    "exp": 4,
    "erf": 8,
    "native_layer_norm": 8,
    "native_group_norm": 8,
    "_native_batch_norm_legit_no_training": 4,
}


def base_name(operator: str) -> str:
    """`aten::add.out` is `add`."""
    return operator.rpartition("::")[2].partition(".")[0]


def estimate_flops(operator: str, args: Sequence[Any], result: Shape) -> int:
    """Floating point (or integer) operations of one call; a multiplication and addition are 2.

    operator: as in a program, `namespace::name.overload`.
    args: of the schema, in order; shapes (tuples) stand for tensors, lists for lists.
    """
    name = base_name(operator)
    shapes = [arg for arg in args if isinstance(arg, tuple)]
    out = math.prod(result)
    if name in _FREE or not shapes:
        return 0
    if name in ("mm", "bmm", "matmul", "_int_mm"):
        return 2 * out * shapes[0][-1]
    if name in ("addmm", "baddbmm", "addbmm") and len(shapes) > 1:
        return 2 * out * shapes[1][-1]
    if name == "linear" or name.endswith("mixed_linear"):
        return 2 * out * shapes[0][-1]
    if name in ("convolution", "conv1d", "conv2d", "conv3d") and len(shapes) > 1:
        transposed = name == "convolution" and len(args) > 6 and args[6] is True
        weight = shapes[1]
        per_element = math.prod(weight[1:])
        return 2 * per_element * (math.prod(shapes[0]) if transposed else out)
    if "scaled_dot_product" in name or "sdpa" in name:
        query, key = shapes[0], shapes[1]
        return 4 * math.prod(query) * key[-2]
    if "pool" in name:
        window = next((arg for arg in args if isinstance(arg, list) and arg), [])
        if "adaptive" in name:
            return math.prod(shapes[0])
        return out * math.prod(size for size in window if isinstance(size, int))
    largest = max([out, *map(math.prod, shapes)])
    return _PER_ELEMENT.get(name, 1) * largest
