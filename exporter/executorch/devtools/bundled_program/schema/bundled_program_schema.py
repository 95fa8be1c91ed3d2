# SPDX-License-Identifier: BSD-3-Clause
"""The file as plain data: one dataclass per table of `bundled_program_schema.fbs`."""

from dataclasses import dataclass
from typing import Annotated

from executorch.exir.flatbuffer_types import (
    Boolean,
    Float64,
    ForceAlign,
    Int32,
    Int64,
    Scalar,
    UInt8,
    UInt32,
)
from executorch.exir.scalar_type import ScalarType


@dataclass
class Tensor:
    """`data` are the elements in the order of `dim_order`, without gaps."""

    scalar_type: Annotated[ScalarType, Scalar("b")]
    sizes: list[Int32]
    data: Annotated[bytes, ForceAlign(16)]
    dim_order: list[UInt8]


@dataclass
class Int:
    int_val: Int64


@dataclass
class Bool:
    bool_val: Boolean


@dataclass
class Double:
    double_val: Float64


ValueUnion = Tensor | Int | Bool | Double


@dataclass
class Value:
    val: ValueUnion


@dataclass
class BundledMethodTestCase:
    inputs: list[Value]
    expected_outputs: list[Value]


@dataclass
class BundledMethodTestSuite:
    method_name: str
    test_cases: list[BundledMethodTestCase]


@dataclass
class BundledProgram:
    """`program` is a whole `.pte` file."""

    version: UInt32
    method_test_suites: list[BundledMethodTestSuite]
    program: Annotated[bytes, ForceAlign(32)]
