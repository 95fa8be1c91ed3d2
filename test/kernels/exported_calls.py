# SPDX-License-Identifier: BSD-3-Clause
"""Calls of any function of tensors, exported together as one program, run, and compared with eager
PyTorch.

    assert_same([ExportedCall(torch.cumsum, [x, 0]), ExportedCall(torch.nonzero, [y])])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from executorch.exir import to_edge
from executorch.runtime import Method, Runtime


class ExportedCall:
    """One call: the leaves of its arguments that are tensors are inputs, the others constants."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.function = function
        leaves, self._spec = pytree.tree_flatten((tuple(args), kwargs or {}))
        self.leaves = [x.detach() if isinstance(x, torch.Tensor) else x for x in leaves]

    @property
    def tensors(self) -> list[torch.Tensor]:
        return [leaf for leaf in self.leaves if isinstance(leaf, torch.Tensor)]

    def with_tensors(self, tensors: Iterable[torch.Tensor]) -> list[Any]:
        """The leaves of the result of the function on other tensors than the call's own."""
        remaining = iter(tensors)
        leaves = [next(remaining) if isinstance(x, torch.Tensor) else x for x in self.leaves]
        args, kwargs = pytree.tree_unflatten(leaves, self._spec)
        return pytree.tree_leaves(self.function(*args, **kwargs))

    def eager(self) -> list[Any]:
        return self.with_tensors([t.clone() for t in self.tensors])

    def replaced(self, function: Callable[[Any], Any]) -> ExportedCall:
        """The same call with each leaf replaced by function(leaf)."""
        args, kwargs = pytree.tree_unflatten([function(x) for x in self.leaves], self._spec)
        return ExportedCall(self.function, args, kwargs)

    def __str__(self) -> str:
        args, kwargs = pytree.tree_unflatten([_describe(x) for x in self.leaves], self._spec)
        return ", ".join([*map(str, args), *(f"{k}={v}" for k, v in kwargs.items())])


def _describe(value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    layout = "" if value.is_contiguous() else f" strides {tuple(value.stride())}"
    return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}{layout}"


class _Calls(torch.nn.Module):
    def __init__(self, calls: Sequence[ExportedCall]) -> None:
        super().__init__()
        self._calls = calls

    def forward(self, *tensors: torch.Tensor) -> Any:
        remaining = iter(tensors)
        return [call.with_tensors([next(remaining) for _ in call.tensors]) for call in self._calls]


class StageError(Exception):
    """The stage from torch.export to the execution that failed, and why."""


def _stage(name: str, function: Callable[[], Any]) -> Any:
    try:
        return function()
    except Exception as error:
        raise StageError(f"{name}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """The first line that says something, without what differs between calls."""
    text = str(error).strip()
    missing = re.findall(r"^  ([a-z_]+::\S+?): node", text, re.M)
    if missing:
        return "no out variant: " + ", ".join(sorted(set(missing)))
    refused = re.search(r"Operator torch\._ops\.(\S+) is not in Core ATen", text)
    if refused:
        return f"no kernel: {refused[1]}"
    if "without a kernel" in text:
        missing = re.findall(r"([a-z_]+::\w+\.\w+)\(", text)
        return "no kernel: " + ", ".join(sorted(set(missing)))
    line = next((line for line in text.splitlines() if line.strip()), type(error).__name__)
    line = re.sub(r" in instruction \d+ of method 'forward'", "", line)
    return line.strip()[:160]


def run_calls(calls: Sequence[ExportedCall]) -> list[list[Any]]:
    """The leaves of the results of each call, by the runtime. Raises StageError."""
    inputs = tuple(t.clone() for call in calls for t in call.tensors)
    exported = _stage(
        "torch.export", lambda: torch.export.export(_Calls(calls), inputs, strict=False)
    )
    edge = _stage("to_edge", lambda: to_edge(exported))
    program = _stage("to_executorch", lambda: edge.to_executorch())
    method = _stage(
        "load", lambda: Runtime.get().load_program(program.buffer).load_method("forward")
    )
    assert isinstance(method, Method)
    outputs = iter(_stage("execute", lambda: method.execute(list(inputs))))
    return [[next(outputs) for _ in call.eager()] for call in calls]


# Looser than those of assert_close: for values that are rounded several times, where eager torch
# may round once.
_TOLERANCES = {
    torch.float16: (2e-3, 2e-3),
    torch.bfloat16: (1.6e-2, 1e-2),
    torch.float32: (1e-5, 1e-5),
    torch.complex64: (1e-5, 1e-5),
}


def difference(got: Any, expected: Any) -> str:
    """What differs, or nothing."""
    if not isinstance(expected, torch.Tensor):
        same = got == expected or (got != got and expected != expected)
        return "" if same else f"{got} instead of {expected}"
    got = torch.as_tensor(got)
    if got.dtype != expected.dtype:
        return f"element type {got.dtype} instead of {expected.dtype}"
    if got.shape != expected.shape:
        return f"shape {list(got.shape)} instead of {list(expected.shape)}"
    rtol, atol = _TOLERANCES.get(expected.dtype, (None, None))
    try:
        torch.testing.assert_close(
            got, expected, rtol=rtol, atol=atol, equal_nan=True, check_stride=False
        )
    except AssertionError as error:
        return re.sub(r"\s+", " ", str(error))[:200]
    return ""


def assert_same(calls: Sequence[ExportedCall]) -> None:
    """Asserts that the runtime computes what eager torch does."""
    results = run_calls(calls)
    failures = [
        f"{call.function.__name__}({call}): {problem}"
        for call, result in zip(calls, results)
        for got, expected in zip(result, call.eager())
        if (problem := difference(got, expected))
    ]
    assert not failures, f"{len(failures)} of {len(calls)} calls:\n" + "\n".join(failures[:10])
