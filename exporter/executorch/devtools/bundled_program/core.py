# SPDX-License-Identifier: BSD-3-Clause
"""A program together with its test cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from executorch.devtools.bundled_program.config import ConfigValue, MethodTestSuite
from executorch.devtools.bundled_program.schema import bundled_program_schema as bp_schema
from executorch.devtools.bundled_program.version import BUNDLED_PROGRAM_SCHEMA_VERSION
from executorch.exir._serialize._program import deserialize_pte_binary
from executorch.exir.program._exir_exported_program import ExecutorchProgram
from executorch.exir.program._program import ExecutorchProgramManager
from executorch.exir.schema import Bool, Double, ExecutionPlan, Int, Program, Tensor
from executorch.exir.tensor import (
    dim_order_of,
    get_scalar_type,
    scalar_type_enum,
    tensor_bytes,
)

supported_program_type_table: dict[type, type] = {
    Tensor: torch.Tensor,
    Int: int,
    Double: float,
    Bool: bool,
}
"""What a test case has to hold, by what the program declares."""


class BundledProgram:
    """A program and test suites for its methods.

    Attributes:
        executorch_program: The program, or None if it is read from a file.
        method_test_suites: The suites, of any number of the program's methods.
    """

    def __init__(
        self,
        executorch_program: ExecutorchProgram | ExecutorchProgramManager | None,
        method_test_suites: Sequence[MethodTestSuite],
        pte_file_path: str | None = None,
    ) -> None:
        """Either `executorch_program` or `pte_file_path`, the path of a `.pte` file, is given.

        RuntimeError if none or both are; AssertionError if the suites do not fit the program.
        """
        if executorch_program is None and pte_file_path is None:
            raise RuntimeError("Either executorch_program or pte_file_path must be provided")
        if executorch_program is not None and pte_file_path is not None:
            raise RuntimeError("Only one of executorch_program or pte_file_path can be used")
        self.executorch_program = executorch_program
        self._pte_file_path = pte_file_path
        self.method_test_suites = method_test_suites
        self._bundled_program_in_schema: bp_schema.BundledProgram | None = None
        if executorch_program is not None:
            self._assert_valid_bundle(self._extract_program(executorch_program), method_test_suites)

    def serialize_to_schema(self) -> bp_schema.BundledProgram:
        """The file as plain data; suites are sorted by method name."""
        if self._bundled_program_in_schema is None:
            if self.executorch_program is not None:
                data = self.executorch_program.buffer
            else:
                assert self._pte_file_path is not None
                data = Path(self._pte_file_path).read_bytes()
                program = deserialize_pte_binary(data).program
                self._assert_valid_bundle(program, self.method_test_suites)
            suites = sorted(self.method_test_suites, key=lambda suite: suite.method_name)
            self._bundled_program_in_schema = bp_schema.BundledProgram(
                version=BUNDLED_PROGRAM_SCHEMA_VERSION,
                method_test_suites=[
                    bp_schema.BundledMethodTestSuite(
                        suite.method_name,
                        [
                            bp_schema.BundledMethodTestCase(
                                inputs=[_bundled_value(v) for v in case.inputs],
                                expected_outputs=[_bundled_value(v) for v in case.expected_outputs],
                            )
                            for case in suite.test_cases
                        ],
                    )
                    for suite in suites
                ],
                program=data,
            )
        return self._bundled_program_in_schema

    def _extract_program(
        self, executorch_program: ExecutorchProgram | ExecutorchProgramManager
    ) -> Program:
        if isinstance(executorch_program, ExecutorchProgramManager):
            return executorch_program.executorch_program
        return executorch_program.program

    def _assert_valid_bundle(
        self, program: Program, method_test_suites: Sequence[MethodTestSuite]
    ) -> None:
        plans = {plan.name: plan for plan in program.execution_plan}
        unknown = {suite.method_name for suite in method_test_suites} - plans.keys()
        assert not unknown, (
            "All method names in bundled config should be found in program.execution_plan, "
            f"but {unknown} does not include."
        )
        for suite in method_test_suites:
            plan = plans[suite.method_name]
            for number, case in enumerate(suite.test_cases):
                where = f"test case {number} of method {suite.method_name}"
                _assert_values(plan, plan.inputs, case.inputs, "input", where)
                # Without expected outputs, there is nothing to verify.
                if case.expected_outputs:
                    _assert_values(plan, plan.outputs, case.expected_outputs, "output", where)


def _assert_values(
    plan: ExecutionPlan,
    indices: Sequence[int],
    given: Sequence[ConfigValue],
    kind: str,
    where: str,
) -> None:
    assert len(indices) == len(given), (
        f"The number of {kind} in each bundled set and Program shall equal, but get "
        f"{len(indices)} and {len(given)} ({where})"
    )
    for i, (index, value) in enumerate(zip(indices, given)):
        declared = plan.values[index].val
        expected = supported_program_type_table.get(type(declared))
        assert expected is not None, (
            f"{kind} {i} of {where} is a {type(declared).__name__} in the program, which test "
            "cases can't hold"
        )
        # A bool is an int in Python, but not in a program.
        assert type(value) is expected or (
            expected is torch.Tensor and isinstance(value, torch.Tensor)
        ), (
            f"The type of {kind} {i} in {where} does not meet Program's requirement: expected "
            f"{expected} but get {type(value)}"
        )
        if isinstance(declared, Tensor):
            assert isinstance(value, torch.Tensor)
            dtype = get_scalar_type(declared.scalar_type)
            assert value.dtype == dtype, (
                f"The {kind} tensor {i} of {where} dtype shall be {dtype}, but now is {value.dtype}"
            )
            assert value.dim() == len(declared.sizes), (
                f"The {kind} tensor {i} of {where} has {value.dim()} dimensions, the program's has "
                f"{len(declared.sizes)}"
            )


def _bundled_value(value: ConfigValue) -> bp_schema.Value:
    if isinstance(value, torch.Tensor):
        tensor = value.detach().cpu()
        if tensor.layout != torch.strided:
            raise ValueError(f"a test case can't hold a tensor of layout {tensor.layout}")
        dim_order = dim_order_of(tensor.shape, tensor.stride())
        return bp_schema.Value(
            bp_schema.Tensor(
                scalar_type=scalar_type_enum(tensor.dtype),
                sizes=list(tensor.shape),
                data=bytes(tensor_bytes(tensor, dim_order)),
                dim_order=list(dim_order),
            )
        )
    if isinstance(value, bool):
        return bp_schema.Value(bp_schema.Bool(value))
    if isinstance(value, int):
        return bp_schema.Value(bp_schema.Int(value))
    return bp_schema.Value(bp_schema.Double(value))
