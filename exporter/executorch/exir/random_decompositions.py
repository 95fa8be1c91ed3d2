# SPDX-License-Identifier: BSD-3-Clause
"""Random numbers of any distribution in terms of `rand` and `randn`, for which kernels exist.

A program has no random number generators: `generator` arguments have no effect.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

aten = torch.ops.aten


def _uniform(x: Tensor, low: float = 0.0, high: float = 1.0, generator: Any = None) -> Tensor:
    return torch.rand_like(x) * (high - low) + low


def _normal(mean: Any, std: Any, generator: Any = None) -> Tensor:
    """mean, std: tensors, or one of them a number."""
    like = mean + torch.zeros_like(std) if isinstance(std, Tensor) else mean
    return torch.randn_like(like) * std + mean


def _normal_of_size(
    mean: float, std: float, size: Sequence[int], generator: Any = None, **options: Any
) -> Tensor:
    return torch.randn(size, **options) * std + mean


def _normal_like(x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    return torch.randn_like(x) * std + mean


def _bernoulli(p: Tensor, generator: Any = None) -> Tensor:
    return (torch.rand_like(p) < p).to(p.dtype)


def _bernoulli_like(x: Tensor, p: float = 0.5, generator: Any = None) -> Tensor:
    dtype = x.dtype if x.dtype.is_floating_point else torch.float32
    return (torch.rand_like(x, dtype=dtype) < p).to(x.dtype)


def _exponential(x: Tensor, lambd: float = 1.0, generator: Any = None) -> Tensor:
    return torch.log1p(-torch.rand_like(x)) * (-1 / lambd)


def _cauchy(x: Tensor, median: float = 0.0, sigma: float = 1.0, generator: Any = None) -> Tensor:
    return torch.tan((torch.rand_like(x) - 0.5) * math.pi) * sigma + median


def _log_normal(x: Tensor, mean: float = 1.0, std: float = 2.0, generator: Any = None) -> Tensor:
    return torch.exp(torch.randn_like(x) * std + mean)


def _geometric(x: Tensor, p: float, generator: Any = None) -> Tensor:
    dtype = x.dtype if x.dtype.is_floating_point else torch.float32
    tails = torch.log1p(-torch.rand_like(x, dtype=dtype))
    return torch.clamp_min(torch.ceil(tails / math.log1p(-p)), 1).to(x.dtype)


def _multinomial(
    weights: Tensor, num_samples: int, replacement: bool = False, generator: Any = None
) -> Tensor:
    if replacement and num_samples != 1:
        sums = torch.cumsum(weights, -1)
        numbers = torch.rand([*weights.shape[:-1], num_samples], dtype=weights.dtype)
        return torch.searchsorted(sums, numbers * sums[..., -1:], right=True)
    # The smallest of exponential variables with these rates; the next ones are those of the rest.
    times = torch.log1p(-torch.rand_like(weights)) / weights
    return torch.topk(times, num_samples).indices


RANDOM_DECOMPOSITIONS: dict[OpOverload, Callable[..., Tensor]] = {
    aten.bernoulli.default: _bernoulli,
    aten.bernoulli.p: _bernoulli_like,
    aten.cauchy.default: _cauchy,
    aten.exponential.default: _exponential,
    aten.geometric.default: _geometric,
    aten.log_normal.default: _log_normal,
    aten.multinomial.default: _multinomial,
    aten.normal.Tensor_Tensor: _normal,
    aten.normal.Tensor_float: _normal,
    aten.normal.float_Tensor: _normal,
    aten.normal.float_float: _normal_of_size,
    aten.normal_functional.default: _normal_like,
    aten.uniform.default: _uniform,
}
