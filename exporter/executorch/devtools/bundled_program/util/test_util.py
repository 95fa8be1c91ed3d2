# SPDX-License-Identifier: BSD-3-Clause
"""Small programs and random test suites, for tests of what handles bundled programs."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.export import export

from executorch.devtools.bundled_program.config import (
    MethodInputType,
    MethodOutputType,
    MethodTestCase,
    MethodTestSuite,
)
from executorch.exir import ExecutorchProgramManager, to_edge

DEFAULT_INT_INPUT = 2


class SampleModel(torch.nn.Module):
    """Two methods of two int32[2, 2] and an integer."""

    def __init__(self) -> None:
        super().__init__()
        self.a: torch.Tensor = torch.ones(2, 2, dtype=torch.int32)
        self.b: torch.Tensor = 2 * torch.ones(2, 2, dtype=torch.int32)

    def encode(self, x: torch.Tensor, q: torch.Tensor, a: int = DEFAULT_INT_INPUT) -> torch.Tensor:
        return (self.a * x + self.b + q) * a

    def decode(self, x: torch.Tensor, q: torch.Tensor, a: int = DEFAULT_INT_INPUT) -> torch.Tensor:
        return (x - self.b) * self.a + q * a


class StatefulWrapperModule(torch.nn.Module):
    """A module whose forward() is a method of another one."""

    def __init__(self, base_mod: torch.nn.Module, method: Callable[..., Any]) -> None:
        super().__init__()
        self.state_dict = base_mod.state_dict  # type: ignore[method-assign]
        self.fn = method

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.fn(*args, **kwargs)


def get_rand_input_values(
    n_tensors: int,
    sizes: list[list[int]],
    n_int: int,
    dtype: torch.dtype,
    n_sets_per_plan_test: int,
    n_method_test_suites: int,
) -> list[list[MethodInputType]]:
    """By suite and test case: so many random tensors, then so many integers."""
    return [
        [
            [
                *((torch.rand(*sizes[i]) - 0.5).to(dtype) for i in range(n_tensors)),
                *[DEFAULT_INT_INPUT] * n_int,
            ]
            for _ in range(n_sets_per_plan_test)
        ]
        for _ in range(n_method_test_suites)
    ]


def get_rand_output_values(
    n_tensors: int,
    sizes: list[list[int]],
    dtype: torch.dtype,
    n_sets_per_plan_test: int,
    n_method_test_suites: int,
) -> list[list[MethodOutputType]]:
    """By suite and test case: so many random tensors."""
    return [
        [
            [(torch.rand(*sizes[i]) - 0.5).to(dtype) for i in range(n_tensors)]
            for _ in range(n_sets_per_plan_test)
        ]
        for _ in range(n_method_test_suites)
    ]


def get_rand_method_names(n_method_test_suites: int) -> list[str]:
    """So many different names."""
    names: set[str] = set()
    while len(names) < n_method_test_suites:
        names.add("".join(random.choices(string.ascii_letters, k=random.randint(1, 10))))
    return list(names)


def get_random_test_suites(
    n_model_inputs: int,
    model_input_sizes: list[list[int]],
    n_model_outputs: int,
    model_output_sizes: list[list[int]],
    dtype: torch.dtype,
    n_sets_per_plan_test: int,
    n_method_test_suites: int,
) -> tuple[
    list[str], list[list[MethodInputType]], list[list[MethodOutputType]], list[MethodTestSuite]
]:
    """Names, inputs and outputs, all random; and the suites made of them."""
    names = get_rand_method_names(n_method_test_suites)
    inputs = get_rand_input_values(
        n_model_inputs, model_input_sizes, 1, dtype, n_sets_per_plan_test, n_method_test_suites
    )
    outputs = get_rand_output_values(
        n_model_outputs, model_output_sizes, dtype, n_sets_per_plan_test, n_method_test_suites
    )
    return names, inputs, outputs, _suites(names, inputs, outputs)


def get_random_test_suites_with_eager_model(
    eager_model: torch.nn.Module,
    method_names: list[str],
    n_model_inputs: int,
    model_input_sizes: list[list[int]],
    dtype: torch.dtype,
    n_sets_per_plan_test: int,
) -> tuple[list[list[MethodInputType]], list[MethodTestSuite]]:
    """Random inputs; and suites that expect what the model's methods make of them."""
    inputs = get_rand_input_values(
        n_model_inputs, model_input_sizes, 1, dtype, n_sets_per_plan_test, len(method_names)
    )
    outputs = [
        [[getattr(eager_model, name)(*case)] for case in cases]
        for name, cases in zip(method_names, inputs)
    ]
    return inputs, _suites(method_names, inputs, outputs)


def get_common_executorch_program() -> tuple[ExecutorchProgramManager, list[MethodTestSuite]]:
    """The program of `SampleModel`, and test suites for its two methods."""
    model = SampleModel()
    names = ["encode", "decode"]
    inputs, suites = get_random_test_suites_with_eager_model(
        eager_model=model,
        method_names=names,
        n_model_inputs=2,
        model_input_sizes=[[2, 2], [2, 2]],
        dtype=torch.int32,
        n_sets_per_plan_test=10,
    )
    programs = {
        name: export(
            StatefulWrapperModule(model, getattr(model, name)), tuple(cases[0]), strict=True
        )
        for name, cases in zip(names, inputs)
    }
    return to_edge(programs).to_executorch(), suites


def _suites(
    names: Sequence[str],
    inputs: Sequence[Sequence[MethodInputType]],
    outputs: Sequence[Sequence[MethodOutputType]],
) -> list[MethodTestSuite]:
    return [
        MethodTestSuite(name, [MethodTestCase(i, o) for i, o in zip(input_cases, output_cases)])
        for name, input_cases, output_cases in zip(names, inputs, outputs)
    ]
