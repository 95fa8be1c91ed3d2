# SPDX-License-Identifier: BSD-3-Clause
"""The first interface for exporting, from before `torch.export`; kept for code that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch.export import export
from torch.utils import _pytree as pytree

from executorch.exir.capture._config import CaptureConfig
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.program._program import ExirExportedProgram

Value = Any


class CallSpec(NamedTuple):
    """How the inputs and outputs of a program are nested."""

    in_spec: pytree.TreeSpec | None
    out_spec: pytree.TreeSpec | None


class CompileSpec(NamedTuple):
    """One method to be captured."""

    method_name: str
    callable: Callable[..., Any]
    args: tuple[Value, ...]
    dynamic_shapes: Any | None


class WrapperModule(torch.nn.Module):
    """A function as a module."""

    def __init__(self, f: Callable[..., Any]) -> None:
        super().__init__()
        self.forward = f


@contextmanager
def patch_forward(obj: torch.nn.Module, new_method: Callable[..., Any]) -> Iterator[None]:
    """Replaces the `forward` of a module for the enclosed block."""
    had_own = "forward" in vars(obj)
    old = obj.forward
    obj.forward = new_method
    try:
        yield
    finally:
        if had_own:
            obj.forward = old
        else:
            del obj.forward


def _export(f: Callable[..., Any], args: tuple[Value, ...], dynamic_shapes: Any) -> Any:
    if not isinstance(args, tuple):
        raise ExportError(
            ExportErrorType.INVALID_INPUT_TYPE,
            f"the example inputs must be a tuple, got {type(args).__name__}",
        )
    owner = getattr(f, "__self__", None)
    if isinstance(f, torch.nn.Module):
        return export(f, args, dynamic_shapes=dynamic_shapes, strict=True)
    if isinstance(owner, torch.nn.Module):
        # Another method of a module than `forward`.
        with patch_forward(owner, f):
            return export(owner, args, dynamic_shapes=dynamic_shapes, strict=False)
    return export(WrapperModule(f), args, dynamic_shapes=dynamic_shapes, strict=False)


def _capture_legacy_do_not_use(f: Callable[..., Any], args: tuple[Value, ...]) -> Any:
    """`capture` with default settings."""
    return capture(f, args)


def capture(
    f: Callable[..., Any],
    args: tuple[Value, ...],
    config: CaptureConfig | None = None,
    dynamic_shapes: Any | None = None,
) -> ExirExportedProgram:
    """Captures a module, method or function by calling it with `args`.

    config: accepted; programs are always captured by `torch.export`.
    """
    return ExirExportedProgram(_export(f, args, dynamic_shapes), False)


__all__ = [
    "CallSpec",
    "CompileSpec",
    "Value",
    "WrapperModule",
    "capture",
    "patch_forward",
]
