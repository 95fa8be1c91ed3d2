# SPDX-License-Identifier: BSD-3-Clause
"""Exports models, runs the files, and compares with PyTorch, for tests."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.export import export
from torch.utils import _pytree as pytree

from executorch.exir import ExecutorchBackendConfig, ExecutorchProgramManager, to_edge
from executorch.exir.tests.graph_execution import Function
from executorch.runtime import Runtime

Inputs = tuple[Any, ...]


def assert_runs(
    model: nn.Module | Callable[..., Any],
    inputs: Inputs,
    others: Iterable[Inputs] = (),
    config: ExecutorchBackendConfig | None = None,
    **export_options: Any,
) -> ExecutorchProgramManager:
    """Runs an exported model on `inputs` and then on `others`, one call after another.

    Every call must answer what the model itself does, which keeps its state between calls, too.
    """
    module = model if isinstance(model, nn.Module) else Function(model)
    reference = copy.deepcopy(module)
    manager = to_edge(export(module, inputs, **export_options)).to_executorch(config)
    method = Runtime.get().load_program(manager.buffer).load_method("forward")
    for arguments in (inputs, *others):
        mine = copy.deepcopy(arguments)
        actual = method.execute(pytree.tree_leaves(mine))
        with torch.no_grad():
            expected = pytree.tree_leaves(reference(*arguments))
        assert_equal(actual, expected)
    return manager


def assert_equal(actual: Any, expected: Any) -> None:
    """Compares flat lists of tensors, numbers, strings and None."""
    assert len(actual) == len(expected)
    for mine, theirs in zip(actual, expected):
        if isinstance(theirs, torch.Tensor):
            torch.testing.assert_close(torch.as_tensor(mine), theirs)
        else:
            assert mine == theirs and type(mine) is type(theirs)


def instructions(manager: ExecutorchProgramManager) -> list[str]:
    """Names of the operators that the kernel calls of "forward" name, in order."""
    plan = manager.executorch_program.execution_plan[0]
    operators = [f"{o.name}.{o.overload}" for o in plan.operators]
    arguments = [i.instr_args for i in plan.chains[0].instructions]
    return [operators[a.op_index] for a in arguments if hasattr(a, "op_index")]
