# SPDX-License-Identifier: BSD-3-Clause
"""Bundled programs: what is written, what is refused, and that the runtime verifies them."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch

from executorch.devtools import BundledProgram
from executorch.devtools.bundled_program.config import MethodTestCase, MethodTestSuite
from executorch.devtools.bundled_program.serialize import (
    deserialize_from_flatbuffer_to_bundled_program,
    deserialize_from_json_to_bundled_program,
    serialize_from_bundled_program_to_flatbuffer,
    serialize_from_bundled_program_to_json,
)
from executorch.devtools.bundled_program.util.test_util import get_common_executorch_program
from executorch.exir import ExecutorchProgramManager, to_edge
from executorch.exir._serialize._flatbuffer import encode
from executorch.extension.pybindings.portable_lib import (
    ExecuTorchError,
    _load_bundled_program_from_buffer,
)

CORPUS = Path(__file__).parents[5] / "test" / "data" / "corpus"


@pytest.fixture(scope="module")
def common() -> tuple[ExecutorchProgramManager, list[MethodTestSuite]]:
    return get_common_executorch_program()


def test_round_trip(common: Any) -> None:
    bundled = BundledProgram(*common)
    schema = bundled.serialize_to_schema()
    data = serialize_from_bundled_program_to_flatbuffer(bundled)
    assert data[4:8] == b"BP08"
    assert deserialize_from_flatbuffer_to_bundled_program(data) == schema
    json = serialize_from_bundled_program_to_json(schema)
    assert deserialize_from_json_to_bundled_program(json.encode()) == schema
    assert [suite.method_name for suite in schema.method_test_suites] == ["decode", "encode"]
    assert schema.program == common[0].buffer
    # Where the runtime may use both in place.
    assert data.index(schema.program) % 32 == 0


def test_the_runtime_verifies_it(common: Any) -> None:
    bundle = _load_bundled_program_from_buffer(
        serialize_from_bundled_program_to_flatbuffer(BundledProgram(*common))
    )
    for suite in common[1]:
        for i in range(len(suite.test_cases)):
            bundle.verify_result_with_bundled_expected_output(suite.method_name, i)
    wrong = copy.deepcopy(common[1])
    wrong[0].test_cases[3].expected_outputs[0] += 1
    bundle = _load_bundled_program_from_buffer(
        serialize_from_bundled_program_to_flatbuffer(BundledProgram(common[0], wrong))
    )
    bundle.verify_result_with_bundled_expected_output(wrong[0].method_name, 2)
    with pytest.raises(ExecuTorchError, match="the elements differ"):
        bundle.verify_result_with_bundled_expected_output(wrong[0].method_name, 3)


def test_kinds_of_values_and_layouts() -> None:
    class Model(torch.nn.Module):
        def forward(
            self, x: torch.Tensor, mask: torch.Tensor, flag: bool, factor: float
        ) -> tuple[torch.Tensor, torch.Tensor]:
            y = x * factor if flag else x
            return y, mask & (x[0, 0] > 0)

    model = Model()
    x = torch.randn(1, 3, 4, 5).to(memory_format=torch.channels_last)
    inputs = (x, torch.rand(4, 5) > 0.5, True, 2.5)
    program = to_edge(torch.export.export(model, inputs)).to_executorch()
    suites = [MethodTestSuite("forward", [MethodTestCase(inputs, model(*inputs))])]
    data = serialize_from_bundled_program_to_flatbuffer(BundledProgram(program, suites))
    tensor: Any = deserialize_from_flatbuffer_to_bundled_program(data).method_test_suites[0]
    assert tensor.test_cases[0].inputs[0].val.dim_order == [0, 2, 3, 1]
    bundle = _load_bundled_program_from_buffer(data)
    outputs = bundle.verify_result_with_bundled_expected_output("forward", 0)
    torch.testing.assert_close(outputs[0], x * 2.5)


def test_program_from_a_file(common: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.pte"
    path.write_bytes(common[0].buffer)
    from_file = BundledProgram(None, common[1], str(path)).serialize_to_schema()
    assert from_file == BundledProgram(*common).serialize_to_schema()
    with pytest.raises(RuntimeError, match="must be provided"):
        BundledProgram(None, common[1])
    with pytest.raises(RuntimeError, match="Only one"):
        BundledProgram(common[0], common[1], str(path))


@pytest.mark.parametrize("folder", ["b_bundled_linear", "b_bundled_multi_output"])
def test_files_of_another_implementation(folder: str) -> None:
    data = (CORPUS / folder / "program.bpte").read_bytes()
    schema = deserialize_from_flatbuffer_to_bundled_program(data)
    assert schema.program == (CORPUS / folder / "program.pte").read_bytes()
    bundle = _load_bundled_program_from_buffer(encode(schema, b"BP08"))
    bundle.verify_result_with_bundled_expected_output("forward", 0)
    for length in range(0, len(data) - len(schema.program), 7):
        with pytest.raises(ValueError):
            deserialize_from_flatbuffer_to_bundled_program(data[:length])


def refused(common: Any, inputs: Any, outputs: Any = None, method: str = "encode") -> str:
    suite = MethodTestSuite(method, [MethodTestCase(inputs, outputs)])
    with pytest.raises(AssertionError) as error:
        BundledProgram(common[0], [suite]).serialize_to_schema()
    return str(error.value)


def test_suites_that_do_not_fit(common: Any) -> None:
    case = common[1][0].test_cases[0]
    x, y, a = case.inputs
    output = case.expected_outputs[0]
    assert "{'absent'}" in refused(common, case.inputs, method="absent")
    assert "get 3 and 1" in refused(common, [x])
    assert "expected <class 'torch.Tensor'> but get <class 'int'>" in refused(common, [1, y, a])
    assert "expected <class 'int'> but get <class 'bool'>" in refused(common, [x, y, True])
    assert "shall be torch.int32, but now is torch.float32" in refused(common, [x.float(), y, a])
    assert "has 1 dimensions, the program's has 2" in refused(common, [x[0], y, a])
    assert "get 1 and 2" in refused(common, case.inputs, [output, output])
    assert "torch.int32, but now is torch.int64" in refused(common, case.inputs, [output.long()])


@pytest.mark.parametrize("value", ["text", None, object(), 1j])
def test_values_that_test_cases_cannot_hold(value: Any) -> None:
    with pytest.raises(AssertionError, match="is not supported"):
        MethodTestCase([value])


def test_nested_values_are_flattened() -> None:
    case = MethodTestCase({"a": [1, (2.5, True)]}, torch.ones(2))  # type: ignore[arg-type]
    assert case.inputs == [1, 2.5, True]
    assert len(case.expected_outputs) == 1
    assert MethodTestCase([1]).expected_outputs == []
