# SPDX-License-Identifier: BSD-3-Clause
"""rand, randn and native_dropout: their distributions, and what is certain."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from executorch.runtime import Runtime

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, Call, check_refused, layouts, make_tensor
from op_program import op_program, tensor_inputs


def run(op: str, args: list[Any], *outs: torch.Tensor) -> list[torch.Tensor]:
    method = Runtime.get().load_program(op_program(op, args, outs=outs)).load_method("forward")
    assert method is not None
    return [torch.as_tensor(out) for out in method.execute(tensor_inputs(args))]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("op", "mean", "deviation", "low", "high"),
    [("rand", 0.5, 0.2887, 0, 1), ("randn", 0, 1, -9, 9)],
)
def test_distribution(
    op: str, mean: float, deviation: float, low: float, high: float, dtype: torch.dtype
) -> None:
    args: list[Any] = [[50, 80]]
    (first,) = run(f"aten::{op}.out", args, torch.empty(50, 80, dtype=dtype))
    (second,) = run(f"aten::{op}.out", args, torch.empty(50, 80, dtype=dtype))
    assert not torch.equal(first, second)
    values = first.double()
    assert low <= values.min() and values.max() <= high
    # Six standard errors of 4000 samples.
    assert abs(values.mean() - mean) < 6 * deviation / 63
    assert abs(values.std() - deviation) < 6 * deviation / 89


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("train", [True, None, False])
def test_dropout(dtype: torch.dtype, p: float, train: bool | None) -> None:
    for x in layouts(make_tensor(2, 3, 20, 30, dtype=dtype)):
        mask = torch.empty(x.shape, dtype=torch.bool)
        out, kept = run("aten::native_dropout.out", [x, p, train], torch.empty_like(x), mask)
        if train is False or p == 0:
            assert kept.all() and torch.equal(out, x)
        elif p == 1:
            assert not kept.any() and not out.any()
        else:
            assert abs(kept.double().mean() - (1 - p)) < 0.05
            torch.testing.assert_close(out, torch.where(kept, x.double() / (1 - p), 0).to(dtype))


def draw(op: str, args: list[Any], out: torch.Tensor) -> torch.Tensor:
    return run(op, args, out)[0].clone()


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.float32, torch.float16])
def test_randperm(dtype: torch.dtype) -> None:
    for n in (0, 1, 2, 100):
        numbers = draw("aten::randperm.out", [n], torch.empty(n, dtype=dtype))
        assert torch.equal(numbers.long().sort().values, torch.arange(n))
    assert not torch.equal(numbers, draw("aten::randperm.out", [n], torch.empty(n, dtype=dtype)))


@pytest.mark.parametrize("dtype", [torch.int64, torch.int8, torch.float32])
def test_randint(dtype: torch.dtype) -> None:
    out = torch.empty(20, 30, dtype=dtype)
    for op, args, low, high in [
        ("aten::randint.out", [7, [20, 30]], 0, 7),
        ("aten::randint.low_out", [-3, 4, [20, 30]], -3, 4),
        ("aten::randint_like.out", [out, 7], 0, 7),
        ("aten::randint_like.low_dtype_out", [out, -3, 4], -3, 4),
    ]:
        numbers = draw(op, args, out).unique()
        assert numbers.long().tolist() == list(range(low, high))
    check_refused("aten::randint.out", Call([0, [2]]), [out[0, :2]], "no integers")


def test_likes() -> None:
    out = torch.empty(20, 30)
    uniform = draw("aten::rand_like.out", [out], out)
    assert uniform.min() >= 0 and uniform.max() < 1 and 0.4 < uniform.mean() < 0.6
    normal = draw("aten::randn_like.out", [out], out)
    assert abs(normal.mean()) < 0.2 and 0.8 < normal.std() < 1.2
