# SPDX-License-Identifier: BSD-3-Clause
"""Factorizations and solutions of linear systems."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import Call, check_op, check_refused, layouts, make_tensor
from op_program import op_program

from executorch.runtime import Method, Runtime

aten = torch.ops.aten
DTYPES = [torch.float32, torch.float64]


def tolerances(dtype: torch.dtype) -> dict[str, Any]:
    tolerance = 1e-3 if dtype == torch.float32 else 1e-9
    return {"rtol": tolerance, "atol": tolerance}


def squares(dtype: torch.dtype) -> list[torch.Tensor]:
    shapes = [(1, 1), (3, 3), (7, 7), (2, 4, 4), (2, 3, 5, 5), (0, 0), (0, 3, 3)]
    return [torch.randn(*s, dtype=dtype) + 2 * torch.eye(s[-1], dtype=dtype) for s in shapes]


def run(op: str, args: list, outs: list[torch.Tensor], kwargs: dict | None = None) -> list:
    program = Runtime.get().load_program(op_program(op, args, kwargs, outs))
    method = program.load_method("forward")
    assert isinstance(method, Method)
    tensors = [a for a in args if isinstance(a, torch.Tensor)]
    return [torch.as_tensor(o) for o in method.execute(tensors)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_determinants(dtype: torch.dtype) -> None:
    matrices = [t for m in squares(dtype) for t in layouts(m)]
    det = [Call([m], expected=aten._linalg_det(m.contiguous())) for m in matrices]
    check_op("aten::_linalg_det.result", det, **tolerances(dtype))
    log = [Call([m], expected=aten._linalg_slogdet(m.contiguous())) for m in matrices]
    check_op("aten::_linalg_slogdet.sign", log, **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_inverse(dtype: torch.dtype) -> None:
    calls = [Call([t]) for m in squares(dtype) for t in layouts(m)]
    check_op("aten::linalg_inv_ex.inverse", calls, **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_lu(dtype: torch.dtype) -> None:
    matrices = [*squares(dtype), *(torch.randn(*s, dtype=dtype) for s in [(2, 3, 5), (5, 3)])]
    check_op("aten::linalg_lu_factor_ex.out", [Call([m]) for m in matrices], **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_solve(dtype: torch.dtype) -> None:
    def randn(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, dtype=dtype)

    calls = [
        Call([a, b], {"left": left}, expected=aten._linalg_solve_ex(a, b, left=left))
        for a, b, left in [
            (randn(3, 3), randn(3), True),
            (randn(3, 3), randn(3, 2), True),
            (randn(3, 3), randn(2, 3), False),
            (randn(2, 4, 4), randn(2, 4), True),
            (randn(2, 4, 4), randn(2, 4, 3), True),
            (randn(2, 4, 4), randn(4, 4), True),
            (randn(4, 4), randn(2, 3, 4, 1), True),
        ]
    ]
    check_op("aten::_linalg_solve_ex.result", calls, **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_cholesky(dtype: torch.dtype) -> None:
    calls, plain = [], []
    for m in squares(dtype):
        positive = m @ m.mT + torch.eye(m.shape[-1], dtype=dtype)
        for t in layouts(positive):
            for upper in (False, True):
                calls.append(Call([t], {"upper": upper}))
                plain.append(Call([t, upper]))
    check_op("aten::linalg_cholesky_ex.L", calls, **tolerances(dtype))
    check_op("aten::cholesky.out", plain, **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_solve_triangular(dtype: torch.dtype) -> None:
    a = torch.randn(2, 4, 4, dtype=dtype) + 3 * torch.eye(4, dtype=dtype)
    calls = [
        Call([a, b], {"upper": upper, "left": left, "unitriangular": unit})
        for upper in (False, True)
        for unit in (False, True)
        for b, left in [
            (torch.randn(4, 3, dtype=dtype), True),
            (torch.randn(3, 1, 4, 2, dtype=dtype), True),
            (torch.randn(2, 5, 4, dtype=dtype), False),
        ]
    ]
    check_op("aten::linalg_solve_triangular.out", calls, **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_qr(dtype: torch.dtype) -> None:
    shapes = [(1, 1), (3, 3), (5, 3), (3, 5), (2, 4, 2), (0, 3)]
    calls = [
        Call([t, mode], expected=torch.linalg.qr(m, mode))
        for m in [torch.randn(*s, dtype=dtype) for s in shapes]
        for t in layouts(m)
        for mode in ("reduced", "complete", "r")
    ]
    check_op("aten::linalg_qr.out", calls, **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("uplo", ["L", "U"])
def test_eigh(dtype: torch.dtype, uplo: str) -> None:
    for n in (1, 2, 5, 12):
        a = torch.randn(2, n, n, dtype=dtype)
        triangle = a.tril() if uplo == "L" else a.triu()
        full = triangle + triangle.mT - torch.diag_embed(a.diagonal(dim1=1, dim2=2))
        expected = torch.linalg.eigvalsh(full.double()).to(dtype)
        values, vectors = run("aten::_linalg_eigh.eigenvalues", [a, uplo], [expected, a.clone()])
        torch.testing.assert_close(values, expected, **tolerances(dtype))
        # Vectors are only determined up to their sign.
        product = vectors @ torch.diag_embed(values) @ vectors.mT
        torch.testing.assert_close(product, full, **tolerances(dtype))
        only = run(
            "aten::_linalg_eigh.eigenvalues",
            [a, uplo, False],
            [expected, torch.empty(0, dtype=dtype)],
        )
        torch.testing.assert_close(only[0], expected, **tolerances(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("full", [False, True])
def test_svd(dtype: torch.dtype, full: bool) -> None:
    deficient = torch.ones(4, 3, dtype=dtype)
    zero = torch.zeros(3, 2, dtype=dtype)
    randoms = [torch.randn(*s, dtype=dtype) for s in [(1, 1), (4, 4), (2, 6, 3), (3, 7), (9, 5)]]
    for a in [*randoms, deficient, zero]:
        expected = torch.linalg.svd(a, full_matrices=full)
        u, s, vh = run("aten::_linalg_svd.U", [a, full], [t.contiguous() for t in expected])
        torch.testing.assert_close(s, expected.S, **tolerances(dtype))
        k = s.shape[-1]
        product = u[..., :k] @ torch.diag_embed(s) @ vh[..., :k, :]
        torch.testing.assert_close(product, a, **tolerances(dtype))
        for q in (u, vh.mT):
            identity = torch.eye(q.shape[-1], dtype=dtype).expand(*q.shape[:-2], -1, -1)
            torch.testing.assert_close(q.mT @ q, identity, **tolerances(dtype))
        none = torch.empty(0, dtype=dtype)
        values = run("aten::_linalg_svd.U", [a, full, False], [none, expected.S, none])
        torch.testing.assert_close(values[1], expected.S, **tolerances(dtype))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_vector_norm(dtype: torch.dtype) -> None:
    x = make_tensor(2, 3, 4, 5, dtype=dtype)
    calls = [
        Call([t, p, dim, keepdim], expected=torch.linalg.vector_norm(x, p, dim, keepdim))
        for t in layouts(x)
        for p in (0, 1, 2, 3, 0.5, -1, float("inf"), float("-inf"))
        for dim, keepdim in [(None, False), ([1], True), ([-1, 0], False), ([0, 2, 3], False)]
    ]
    calls += [Call([torch.empty(0, 3, dtype=dtype), 2, [0]]), Call([x[0, 0, 0, 0]])]
    nan = x.clone()
    nan[0, 0, 0, 0] = float("nan")
    calls += [Call([nan, p, [1]]) for p in (2, float("inf"))]
    if dtype == torch.float32:
        calls.append(Call([x, 2, [1]], {"dtype": torch.float64}))
    tolerance = {torch.float16: 5e-3, torch.bfloat16: 3e-2}.get(dtype, 1e-5)
    check_op("aten::linalg_vector_norm.out", calls, rtol=tolerance, atol=tolerance)


def test_refused() -> None:
    a, i = torch.zeros(2, 2), torch.zeros((), dtype=torch.int32)
    check_refused("aten::linalg_inv_ex.inverse", Call([a[:1]]), [a[:1], i], "not square")
    check_refused(
        "aten::linalg_inv_ex.inverse", Call([a], {"check_errors": True}), [a, i], "singular"
    )
    check_refused("aten::cholesky.out", Call([-torch.eye(2)]), [a], "not positive definite")
    check_refused("aten::linalg_inv_ex.inverse", Call([a.int()]), [a.int(), i], "Int")
    check_refused("aten::linalg_qr.out", Call([a, "wrong"]), [a, a], "mode is 'wrong'")
    check_refused(
        "aten::linalg_vector_norm.out", Call([a[:0], -1]), [torch.zeros(())], "of no elements"
    )
