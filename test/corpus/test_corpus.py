# SPDX-License-Identifier: BSD-3-Clause
"""Runs every program of test/data/corpus and compares the results; README.md there has the format.

Cases in not_yet_passing.yaml must fail, all others must pass: the list can only shrink.

    python test/corpus/test_corpus.py CASE    runs one case; exit code 0 if it passes
"""

import contextlib
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import yaml

from executorch.runtime import ExecuTorchError, MethodMeta, Program, Runtime

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
CASES = sorted(path.parent.name for path in CORPUS.glob("*/case.json"))
NOT_YET_PASSING: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("not_yet_passing.yaml").read_text()
)

Case = dict[str, Any]
Value = dict[str, Any]
Array = npt.NDArray[Any]


def load_case(name: str) -> Case:
    return json.loads((CORPUS / name / "case.json").read_text())


def numpy_dtype(value: Value) -> np.dtype[Any]:
    # NumPy has no bfloat16: the runtime takes and gives its bits.
    return np.dtype("uint16" if value["dtype"] == "bfloat16" else value["dtype"])


def read_tensor(folder: Path, value: Value) -> Array:
    """The tensor with its logical shape; in memory its dimensions are in the order of the file."""
    data = np.fromfile(folder / value["file"], dtype=numpy_dtype(value))
    physical = data.reshape([value["sizes"][dim] for dim in value["dim_order"]])
    return physical.transpose(np.argsort(value["dim_order"]))


def read_input(folder: Path, value: Value) -> Any:
    return read_tensor(folder, value) if value["kind"] == "tensor" else value.get("value")


def as_numbers(array: Array, value: Value) -> Array:
    if value["dtype"] == "bfloat16":
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array


def layout(array: Array) -> tuple[int, ...]:
    """Strides, where they matter."""
    return tuple(
        stride if size > 1 else 0 for size, stride in zip(array.shape, array.strides, strict=True)
    )


def check_output(folder: Path, value: Value, output: Any) -> None:
    if value["kind"] != "tensor":
        python_type = {"int": int, "double": float, "bool": bool, "string": str}
        assert type(output) is python_type.get(value["kind"], type(None))
        expected = value.get("value")
        assert output == (pytest.approx(expected) if value["kind"] == "double" else expected)
        return
    actual = np.asarray(output)
    expected = read_tensor(folder, value)
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    if expected.size > 0:
        assert layout(actual) == layout(expected), "the dimensions are in another order in memory"
    np.testing.assert_allclose(
        as_numbers(actual, value).astype(np.float64),
        as_numbers(expected, value).astype(np.float64),
        atol=value.get("atol", 0),
        rtol=value.get("rtol", 0),
    )


def check_meta(expected: list[Value | None], count: int, get_info: Any) -> None:
    assert count == len(expected)
    for i, tensor in enumerate(expected):
        if tensor is None:
            with pytest.raises(IndexError):
                get_info(i)
            continue
        info = get_info(i)
        assert {
            "sizes": list(info.sizes()),
            "dtype": info.dtype(),
            "nbytes": info.nbytes(),
            "memory_planned": info.is_memory_planned(),
        } == tensor


def check_method_meta(expected: Value, meta: MethodMeta) -> None:
    assert meta.name() == expected["name"]
    if "meta" not in expected:
        return
    check_meta(expected["meta"]["inputs"], meta.num_inputs(), meta.input_tensor_meta)
    check_meta(expected["meta"]["outputs"], meta.num_outputs(), meta.output_tensor_meta)


def load_program(folder: Path, case: Case) -> Program:
    path = folder / case["files"]["program"]
    data_paths = [folder / name for name in case["files"].get("data", [])]
    assert len(data_paths) <= 1
    return Runtime.get().load_program(
        path.read_bytes() if case.get("load") == "buffer" else path,
        data_path=data_paths[0] if data_paths else None,
    )


def run_call(folder: Path, program: Program, call: Value) -> None:
    method = program.load_method(call["method"])
    outputs = method.execute([read_input(folder, value) for value in call["inputs"]])
    if "outputs" in call:
        assert len(outputs) == len(call["outputs"])
        for value, output in zip(call["outputs"], outputs, strict=True):
            check_output(folder, value, output)


def run_bundled(folder: Path, case: Case) -> None:
    bundled = case["bundled"]
    content = (folder / bundled["file"]).read_bytes()
    # Names of the upstream interface.
    portable_lib: Any = importlib.import_module("executorch.extension.pybindings.portable_lib")
    module = portable_lib._load_bundled_program_from_buffer(content)
    for test in bundled["tests"]:
        for index in range(test["count"]):
            module.verify_result_with_bundled_expected_output(
                test["method"], index, rtol=bundled["rtol"], atol=bundled["atol"]
            )


def read_trace(folder: Path, files: dict[str, str]) -> None:
    devtools: Any = importlib.import_module("executorch.devtools")
    inspector = devtools.Inspector(
        etdump_path=str(folder / files["etdump"]),
        etrecord=str(folder / files["etrecord"]),
        debug_buffer_path=str(folder / files["debug_buffer"]),
    )
    assert any(block.events for block in inspector.event_blocks)


def run_case(name: str) -> None:
    """Raises an exception unless the case behaves as its description says."""
    folder = CORPUS / name
    case = load_case(name)
    if "expect" in case:
        errors = (ExecuTorchError, KeyError)
        with pytest.raises(errors) if case["expect"] == "error" else contextlib.suppress(*errors):
            program = load_program(folder, case)
            for call in case["calls"]:
                run_call(folder, program, call)
        return

    program = load_program(folder, case)
    assert program.method_names == {method["name"] for method in case["methods"]}
    for method in case["methods"]:
        check_method_meta(method, program.metadata(method["name"]))
    for call in case["calls"]:
        if call.get("expect") == "error":
            with pytest.raises((ExecuTorchError, KeyError)):
                run_call(folder, program, call)
        else:
            run_call(folder, program, call)
    if "bundled" in case:
        run_bundled(folder, case)
    if "etdump" in case["files"]:
        read_trace(folder, case["files"])


def parameters() -> list[Any]:
    reasons = {name: reason for reason, names in NOT_YET_PASSING.items() for name in names}
    # Strict, see pyproject.toml: one that passes fails the test. So does a wrong result.
    missing = (ExecuTorchError, AttributeError, ImportError)
    marks = {
        name: pytest.mark.xfail(reason=f"needs {reason}", raises=missing)
        for name, reason in reasons.items()
    }
    return [pytest.param(name, marks=marks.get(name, ())) for name in CASES]


@pytest.mark.parametrize("name", parameters())
def test_case(name: str) -> None:
    if "expect" not in load_case(name):
        run_case(name)
        return
    # In a process of its own, which is seen to crash if it does.
    process = subprocess.run(
        [sys.executable, __file__, name], capture_output=True, text=True, timeout=120
    )
    assert process.returncode == 0, f"exit code {process.returncode}\n{process.stderr}"


def test_list_of_cases_not_yet_passing() -> None:
    listed = [name for names in NOT_YET_PASSING.values() for name in names]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(CASES)
    assert all(names == sorted(names) for names in NOT_YET_PASSING.values())


def run_by_command(executor_runner: Path, name: str, call: Value, base: Path) -> Any:
    folder = CORPUS / name
    files = load_case(name)["files"]
    arguments = [f"--model_path={folder / files['program']}", f"--output_file={base}"]
    arguments += [f"--method_name={call['method']}", "--print_output=none"]
    arguments += [f"--data_path={folder / data}" for data in files.get("data", [])]
    inputs = [str(folder / value["file"]) for value in call["inputs"] if "file" in value]
    arguments += [f"--inputs={','.join(inputs)}"]
    return subprocess.run(
        [executor_runner, *arguments], capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    "name",
    [
        "d_bf16_ops",
        "f_external_constants_tagged",
        "f_no_io_alloc",
        "l_channels_last_input",
        "m_multiple_methods",
        "p_mlp",
        "p_unet_tiny",
        "v_none_input",
    ],
)
def test_executor_runner(name: str, executor_runner: Path, tmp_path: Path) -> None:
    for call in load_case(name)["calls"]:
        process = run_by_command(executor_runner, name, call, tmp_path / "output")
        assert process.returncode == 0, process.stderr
        for i, value in enumerate(call["outputs"]):
            output = read_tensor(tmp_path, {**value, "file": f"output-{i}.bin"})
            check_output(CORPUS / name, value, output)


@pytest.mark.parametrize("name", [name for name in CASES if "expect" in load_case(name)])
def test_executor_runner_with_bad_program(name: str, executor_runner: Path, tmp_path: Path) -> None:
    case = load_case(name)
    process = run_by_command(executor_runner, name, case["calls"][0], tmp_path / "output")
    assert process.returncode in ([1] if case["expect"] == "error" else [0, 1])
    assert process.stderr.startswith("error: ") == (process.returncode == 1)


if __name__ == "__main__":
    run_case(sys.argv[1])
