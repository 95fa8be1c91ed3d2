# SPDX-License-Identifier: BSD-3-Clause
"""Small helpers that do not belong to any stage."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch

T = TypeVar("T")


@contextmanager
def no_dispatch() -> Iterator[None]:
    """Calls tensor operations without `__torch_dispatch__`."""
    with torch._C._DisableTorchDispatch():
        yield


@contextmanager
def setting_python_recursive_limit(limit: int = 10000) -> Iterator[None]:
    """Allows calls to nest `limit` deep."""
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        yield
    finally:
        sys.setrecursionlimit(old)


def extract_out_arguments(
    schema: torch.FunctionSchema, keyword_args: dict[str, T]
) -> tuple[str, T] | list[tuple[str, T]]:
    """The arguments among `keyword_args` that the operator writes to, with their names.

    A pair if there is exactly one.
    """
    outs = [
        (argument.name, keyword_args[argument.name])
        for argument in schema.arguments
        if argument.is_out and argument.name in keyword_args
    ]
    return outs[0] if len(outs) == 1 else outs


def format_schema_name(schema: torch.FunctionSchema) -> str:
    """Name and overload: "aten::add.Tensor", or "aten::relu" for the default overload."""
    return schema.name + (f".{schema.overload_name}" if schema.overload_name else "")


def get_schema_for_operators(ops: Sequence[Any]) -> dict[str, str]:
    """Schemas of operator overloads, or of overloads named like "aten::add.out", by name."""
    schemas: dict[str, str] = {}
    for op in ops:
        if isinstance(op, str):
            namespace, _, name = op.partition("::")
            packet, _, overload = name.partition(".")
            resolved: Any = getattr(getattr(torch.ops, namespace), packet)
            resolved = getattr(resolved, overload or "default")
        else:
            resolved = op
        schemas[format_schema_name(resolved._schema)] = str(resolved._schema)
    return schemas


@contextmanager
def override_logger(
    newLevel: int = logging.DEBUG,
    fmtstr: str = "%(message)s",
    filename: str | None = None,
) -> Iterator[None]:
    """Sends the messages of the root logger to `filename` or, without one, to stderr."""
    logger = logging.getLogger()
    handler: logging.Handler = (
        logging.FileHandler(filename) if filename else logging.StreamHandler()
    )
    handler.setFormatter(logging.Formatter(fmtstr))
    old_level, old_handlers = logger.level, logger.handlers
    logger.setLevel(newLevel)
    logger.handlers = [handler]
    try:
        yield
    finally:
        logger.setLevel(old_level)
        logger.handlers = old_handlers
        handler.close()
