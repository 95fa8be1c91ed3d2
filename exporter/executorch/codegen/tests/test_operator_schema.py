# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import pytest

from executorch.codegen.operator_schema import OperatorSchema, Type


@pytest.mark.parametrize(
    ("text", "cpp"),
    [
        ("Tensor", "const ::executorch::aten::Tensor&"),
        ("Tensor(a!)", "::executorch::aten::Tensor&"),
        ("Tensor?", "const ::std::optional<::executorch::aten::Tensor>&"),
        ("Tensor[]", "::executorch::aten::ArrayRef<::executorch::aten::Tensor>"),
        ("Tensor(a!)[]", "::executorch::aten::ArrayRef<::executorch::aten::Tensor>"),
        (
            "Tensor?[]",
            "::executorch::aten::ArrayRef<::std::optional<::executorch::aten::Tensor>>",
        ),
        ("Scalar", "const ::executorch::aten::Scalar&"),
        ("Scalar?", "const ::std::optional<::executorch::aten::Scalar>&"),
        ("SymInt", "int64_t"),
        ("int?", "::std::optional<int64_t>"),
        ("float", "double"),
        ("str", "::std::string_view"),
        ("SymInt[2]", "::executorch::aten::ArrayRef<int64_t>"),
        ("int[1]?", "::std::optional<::executorch::aten::ArrayRef<int64_t>>"),
        ("float[]?", "::std::optional<::executorch::aten::ArrayRef<double>>"),
        ("ScalarType?", "::std::optional<::executorch::aten::ScalarType>"),
    ],
)
def test_cpp_argument(text: str, cpp: str) -> None:
    assert Type.parse(text).cpp_argument == cpp


def test_out_variant() -> None:
    schema = OperatorSchema.parse(
        "add.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)"
    )
    assert schema.full_name == "aten::add.out"
    assert [argument.name for argument in schema.arguments] == ["self", "other", "alpha", "out"]
    assert schema.cpp_return == "::executorch::aten::Tensor&"
    assert schema.cpp_wrapper_name == "add_outf"


def test_several_results() -> None:
    schema = OperatorSchema.parse(
        "max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, "
        "Tensor(b!) max_values) -> (Tensor(a!) values, Tensor(b!) indices)"
    )
    assert (
        schema.cpp_return
        == "::std::tuple<::executorch::aten::Tensor&, ::executorch::aten::Tensor&>"
    )


@pytest.mark.parametrize(
    ("text", "name", "returns", "wrapper"),
    [
        ("my::f(Tensor x) -> Tensor", "my::f", "::executorch::aten::Tensor", "f"),
        ("my::g.default(int x) -> int", "my::g.default", "int64_t", "g"),
        (
            "copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)",
            "aten::copy_",
            "::executorch::aten::Tensor&",
            "copy_",
        ),
        (
            "split_copy.Tensor_out(Tensor self, SymInt n, *, Tensor(a!)[] out) -> ()",
            "aten::split_copy.Tensor_out",
            "void",
            "split_copy_outf",
        ),
    ],
)
def test_names_and_results(text: str, name: str, returns: str, wrapper: str) -> None:
    schema = OperatorSchema.parse(text)
    assert (schema.full_name, schema.cpp_return, schema.cpp_wrapper_name) == (
        name,
        returns,
        wrapper,
    )


def test_defaults_do_not_confuse_the_parser() -> None:
    schema = OperatorSchema.parse(
        "my::f(int[2] size=[1, 1], str mode='a, b)', float eps=1e-05, Tensor? weight=None) -> ()"
    )
    assert [argument.name for argument in schema.arguments] == ["size", "mode", "eps", "weight"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("add.out", "not an operator schema"),
        ("f(Tensor) -> Tensor", "has no name"),
        ("f(Dict x) -> Tensor", "type 'Dict' is not supported"),
        ("f(Tensor x) -> Generator", "type 'Generator' is not supported"),
    ],
)
def test_errors_say_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        OperatorSchema.parse(text)
