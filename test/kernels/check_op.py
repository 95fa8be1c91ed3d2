# SPDX-License-Identifier: BSD-3-Clause
"""Compares kernels with eager torch: calls of one operator, run as programs by the runtime.

check_op("aten::add.out", [Call([x, y]), Call([x, 2 * y], {"alpha": 3})])
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from executorch.runtime import Method, Program, Runtime

sys.path.insert(0, str(Path(__file__).parent))
from op_program import Out, methods_program, op_method, tensor_inputs


@dataclass
class Call:
    """Arguments of an operator, without the outs.

    expected: what the operator shall compute; by default what the functional operator of the same
        name does.
    dynamic: whether the outs have room for larger shapes, and are resized by the kernel.
    out_dtype: of the out, where it is another than that of the result.
    """

    args: Sequence[Any]
    kwargs: dict[str, Any] = field(default_factory=dict)
    expected: Any = None
    dynamic: bool = False
    out_dtype: torch.dtype | None = None

    def __str__(self) -> str:
        arguments = [*map(_describe, self.args)]
        arguments += [f"{name}={_describe(value)}" for name, value in self.kwargs.items()]
        notes = (" dynamic" * self.dynamic) + (f" into {self.out_dtype}" if self.out_dtype else "")
        return f"({', '.join(arguments)}){notes}"


def _describe(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        layout = "" if value.is_contiguous() else f" strides {tuple(value.stride())}"
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}{layout}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_describe, value))}]"
    return repr(value)


def _results(op: str, call: Call) -> list[torch.Tensor]:
    """What eager torch computes."""
    result = call.expected
    if result is None:
        namespace, _, name = op.partition("::")
        function = getattr(getattr(torch.ops, namespace), name.partition(".")[0])
        result = function(*call.args, **call.kwargs)
    results = list(result) if isinstance(result, (list, tuple)) else [result]
    return [r.to(call.out_dtype) if call.out_dtype else r for r in results]


def _out(like: torch.Tensor, dynamic: bool) -> Out:
    return Out(like, [size + 2 for size in like.shape] if dynamic and like.dim() else None)


def _load(op: str, calls: Sequence[tuple[Call, Sequence[Out]]]) -> tuple[Program, list[str]]:
    names = [f"call_{i}" for i in range(len(calls))]
    methods = [
        op_method(name, op, call.args, call.kwargs, outs)
        for name, (call, outs) in zip(names, calls)
    ]
    return Runtime.get().load_program(methods_program(methods)), names


def _run(program: Program, name: str, call: Call) -> list[torch.Tensor]:
    method = program.load_method(name)
    assert isinstance(method, Method)
    return [torch.as_tensor(o) for o in method.execute(tensor_inputs(call.args, call.kwargs))]


def check_op(
    op: str, calls: Iterable[Call], rtol: float | None = None, atol: float | None = None
) -> None:
    """Asserts that the kernel of `op` gives the results of eager torch for every call.

    rtol, atol: tolerances; by default those of torch.testing for the element type.
    """
    expected = [(call, _results(op, call)) for call in calls]
    assert expected, "no calls to check"
    program, names = _load(
        op, [(call, [_out(r, call.dynamic) for r in results]) for call, results in expected]
    )
    failures = []
    for name, (call, results) in zip(names, expected):
        try:
            got = _run(program, name, call)
            torch.testing.assert_close(got, results, rtol=rtol, atol=atol, equal_nan=True)
        except (AssertionError, RuntimeError) as error:
            failures.append(f"{op}{call}: {error}")
    assert not failures, f"{len(failures)} of {len(expected)} calls:\n" + "\n".join(failures[:5])


def check_refused(op: str, call: Call, outs: Sequence[torch.Tensor | Out], match: str) -> None:
    """Asserts that the kernel of `op` fails with a sentence that `match` is found in."""
    program, (name,) = _load(op, [(call, [o if isinstance(o, Out) else Out(o) for o in outs])])
    with pytest.raises(RuntimeError, match=match):
        _run(program, name, call)


def layouts(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """The tensor in the default dim order, channels-last (rank 4) and with its order reversed."""
    yield tensor.contiguous()
    if tensor.dim() == 4:
        yield tensor.contiguous(memory_format=torch.channels_last)
    if tensor.dim() > 1:
        order = list(reversed(range(tensor.dim())))
        yield tensor.permute(order).contiguous().permute(order)


def make_tensor(
    *shape: int, dtype: torch.dtype = torch.float32, low: float = -5, high: float = 5
) -> torch.Tensor:
    """Random numbers in [low, high), the same in every run of a test."""
    if dtype.is_floating_point:
        return (torch.rand(shape, dtype=torch.float64) * (high - low) + low).to(dtype)
    if dtype == torch.bool:
        return torch.rand(shape) < 0.5
    low = max(low, 0) if not dtype.is_signed else low
    return torch.randint(int(low), int(high), shape, dtype=torch.int64).to(dtype)


FLOATS = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
INTS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
REAL_AND_BOOL = [*FLOATS, *INTS, torch.bool]
