# SPDX-License-Identifier: BSD-3-Clause
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from executorch.exir._serialize._program import deserialize_pte_binary
from executorch.exir.schema import ExecutionPlan, Tensor, TensorShapeDynamism
from executorch.exir.tests.plan_interpreter import Interpreter

sys.path.insert(0, str(Path(__file__).parent))
from op_program import Out, methods_program, op_method, op_program, tensor_inputs

X, Y = torch.randn(2, 3), torch.randn(2, 3)
INDEX = torch.tensor([0, 2])
SAMPLES: list[tuple[str, list[Any], dict[str, Any], list[Any], Any]] = [
    ("aten::add.out", [X, Y], {"alpha": 2}, [torch.empty(2, 3)], torch.add(X, Y, alpha=2)),
    ("aten::add.out", [X], {"other": Y}, [torch.empty(2, 3)], X + Y),
    ("aten::add.out", [X, Y], {}, [Out(torch.empty(2, 3), (4, 5))], X + Y),
    ("aten::cat.out", [[X, Y]], {"dim": 1}, [torch.empty(2, 6)], torch.cat([X, Y], 1)),
    ("aten::index.Tensor_out", [X, [None, INDEX]], {}, [torch.empty(2, 2)], X[:, INDEX]),
    (
        "aten::sum.IntList_out",
        [X, 1],
        {"dtype": torch.float64},
        [torch.empty(2, dtype=torch.float64)],
        X.sum(1, dtype=torch.float64),
    ),
    ("aten::clamp.out", [X, None, 0.5], {}, [torch.empty(2, 3)], X.clamp(max=0.5)),
    ("aten::full.out", [[2, 3], 7], {}, [torch.empty(2, 3)], torch.full((2, 3), 7.0)),
    (
        "aten::topk.values",
        [X, 2],
        {},
        [torch.empty(2, 2), torch.empty(2, 2, dtype=torch.int64)],
        torch.topk(X, 2),
    ),
    (
        "aten::split_with_sizes_copy.out",
        [X, [1, 2]],
        {"dim": 1},
        [torch.empty(2, 1), torch.empty(2, 2)],
        torch.split(X, [1, 2], 1),
    ),
    ("aten::copy_", [torch.zeros(2, 3), Y], {}, [], Y),
]


def check(program: bytes, plan: ExecutionPlan, inputs: list[torch.Tensor], expected: Any) -> None:
    results = Interpreter(deserialize_pte_binary(program).program, plan).run(*inputs)
    expected = [expected] if isinstance(expected, torch.Tensor) else list(expected)
    assert len(results) == len(expected)
    for got, want in zip(results, expected):
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample[0])
def test_program_computes_the_operator(sample: Any) -> None:
    *call, expected = sample
    program = op_program(*call)
    (plan,) = deserialize_pte_binary(program).program.execution_plan
    check(program, plan, tensor_inputs(call[1], call[2]), expected)


def test_many_samples_in_one_program() -> None:
    program = methods_program([op_method(str(i), *s[:-1]) for i, s in enumerate(SAMPLES)])
    plans = deserialize_pte_binary(program).program.execution_plan
    for plan, sample in zip(plans, SAMPLES, strict=True):
        check(program, plan, tensor_inputs(sample[1], sample[2]), sample[-1])


def test_upper_bound() -> None:
    out = Out(torch.empty(2, 3), (4, 5))
    plan = op_method("forward", "aten::relu.out", [X], {}, [out])
    value = plan.values[plan.outputs[0]].val
    assert isinstance(value, Tensor) and value.sizes == [4, 5]
    assert value.shape_dynamism == TensorShapeDynamism.DYNAMIC_BOUND
    assert plan.non_const_buffer_sizes == [0, 80]


def test_operator_that_torch_does_not_know() -> None:
    schema = "mine::scale.out(Tensor x, float factor=2, *, Tensor(a!) out) -> Tensor(a!)"
    plan = op_method("forward", schema, [X], {}, [torch.empty(2, 3)])
    assert (plan.operators[0].name, plan.operators[0].overload) == ("mine::scale", "out")
    assert len(plan.chains[0].instructions[0].instr_args.args) == 4


def test_unknown_argument() -> None:
    with pytest.raises(TypeError, match="has no arguments beta"):
        op_program("aten::relu.out", [X], {"beta": 1}, [X])
