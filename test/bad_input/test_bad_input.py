# SPDX-License-Identifier: BSD-3-Clause
"""What users get wrong: each gives a sentence about it, from executor_runner and Python alike."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from executorch.runtime import ExecuTorchError, Method, Program, Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def program(corpus: Path) -> Path:
    """One method `forward`, one input of float32[3, 7], one output of float32[3, 5]."""
    return corpus / "p_linear" / "program.pte"


@pytest.fixture
def run(executor_runner: Path) -> Run:
    def run(**flags: object) -> subprocess.CompletedProcess[str]:
        arguments = [f"--{name}={value}" for name, value in flags.items()]
        return subprocess.run(
            [executor_runner, *arguments], capture_output=True, text=True, timeout=120
        )

    return run


def assert_refused(process: subprocess.CompletedProcess[str], sentence: str) -> None:
    assert process.returncode == 1
    assert re.fullmatch(rf"error: [^\n]*{sentence}[^\n]*\n", process.stderr)
    assert process.stdout == ""


# --- Files that are no programs -------------------------------------------------------------------


def absent(path: Path, content: bytes) -> None:
    pass


def directory(path: Path, content: bytes) -> None:
    path.mkdir()


def empty(path: Path, content: bytes) -> None:
    path.write_bytes(b"")


def text(path: Path, content: bytes) -> None:
    path.write_text("This is not the file that you are looking for. " * 10)


def half(path: Path, content: bytes) -> None:
    path.write_bytes(content[: len(content) // 2])


def other_version(path: Path, content: bytes) -> None:
    path.write_bytes(content[:4] + b"ET99" + content[8:])


def zeros(path: Path, content: bytes) -> None:
    path.write_bytes(bytes(len(content)))


def dead_root(path: Path, content: bytes) -> None:
    path.write_bytes(b"\xff\xff\xff\x7f" + content[4:])


BAD_FILES = [
    pytest.param(absent, "cannot open '.*': No such file or directory", id="absent"),
    pytest.param(directory, "cannot read '.*': it is a directory", id="directory"),
    pytest.param(empty, "has 0 bytes", id="empty"),
    pytest.param(text, "not a program", id="text"),
    pytest.param(half, "truncated", id="half"),
    pytest.param(other_version, "not a program of this version", id="other_version"),
    pytest.param(zeros, "not a program", id="zeros"),
    pytest.param(dead_root, "damaged", id="dead_root"),
]


@pytest.mark.parametrize(("make", "sentence"), BAD_FILES)
def test_bad_file(
    make: Callable[[Path, bytes], None], sentence: str, program: Path, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "bad.pte"
    make(path, program.read_bytes())
    assert_refused(run(model_path=path), sentence)
    with pytest.raises(ExecuTorchError, match=sentence):
        Runtime.get().load_program(path)
    if path.is_file():
        with pytest.raises(ExecuTorchError, match=sentence):
            Runtime.get().load_program(path.read_bytes())


@pytest.mark.parametrize("size", [0, 1, 7, 63, 64, 100, 400])
def test_truncated_file(size: int, program: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "truncated.pte"
    path.write_bytes(program.read_bytes()[:size])
    assert_refused(run(model_path=path), "bytes")
    with pytest.raises(ExecuTorchError):
        Runtime.get().load_program(path)


# --- Data files -----------------------------------------------------------------------------------


def test_missing_data_file(corpus: Path, run: Run) -> None:
    path = corpus / "f_external_constants_tagged" / "program.pte"
    sentence = "external|data map|data file"
    assert_refused(run(model_path=path), f"(?:{sentence})")
    with pytest.raises(ExecuTorchError, match=sentence):
        Runtime.get().load_program(path).load_method("forward")


def test_data_file_of_another_program(corpus: Path, run: Run) -> None:
    path = corpus / "f_external_constants_tagged" / "program.pte"
    data = corpus / "f_external_constants_buffer_load" / "_default_external_constant.ptd"
    assert_refused(run(model_path=path, data_path=data), "external data .* has rank 4")
    with pytest.raises(ExecuTorchError, match=r"external data .* has rank 4"):
        Runtime.get().load_program(path, data_path=data).load_method("forward")


def test_data_file_that_is_none(program: Path, run: Run) -> None:
    assert_refused(run(model_path=program, data_path=program), r"not a \.ptd file")
    with pytest.raises(ExecuTorchError, match=r"not a \.ptd file"):
        Runtime.get().load_program(program, data_path=program)
    with pytest.raises(ExecuTorchError, match="cannot open"):
        Runtime.get().load_program(program, data_path="/nowhere/absent.ptd")


# --- Methods and inputs ---------------------------------------------------------------------------


def test_missing_method(program: Path, run: Run) -> None:
    assert_refused(run(model_path=program, method_name="absent"), "'absent'")
    loaded = Runtime.get().load_program(program)
    with pytest.raises(KeyError, match="no method 'absent'"):
        loaded.load_method("absent")
    with pytest.raises(ExecuTorchError, match="'absent'"):
        loaded.metadata("absent")


def float32(*shape: int) -> np.ndarray[Any, Any]:
    return np.ones(shape, dtype=np.float32)


def huge(*shape: int) -> np.ndarray[Any, Any]:
    """An array of any size, of one element's memory."""
    return np.broadcast_to(np.float32(1), shape)


@pytest.fixture
def method(program: Path) -> Method:
    return Runtime.get().load_program(program).load_method("forward")


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        pytest.param([], "takes 1 inputs, but 0 were given", id="none"),
        pytest.param([float32(3, 7)] * 2, "takes 1 inputs, but 2 were given", id="two"),
        pytest.param([float32(4, 7)], r"input 0\b.*4", id="size"),
        pytest.param([float32(3, 7, 1)], "input 0", id="rank"),
        pytest.param([np.float32(1)], "input 0", id="rank_0"),
        pytest.param([np.ones((3, 7))], "float32, not float64", id="float64"),
        pytest.param([np.ones((3, 7), ">f4")], "float32, not '>f'", id="big_endian"),
        pytest.param([np.full((3, 7), "x")], "float32, not", id="strings"),
        pytest.param(
            [huge(2**31, 7)], "too large: it has a dimension of size 2147483648", id="long"
        ),
        pytest.param([huge(2**20, 7)], "bytes; the program takes 84 at most", id="broadcast"),
        pytest.param([1.0], "input 0 of 'forward' must be a tensor, not a float", id="float"),
        pytest.param([None], "must be a tensor, not a NoneType", id="None"),
        pytest.param(["text"], "must be a tensor, not a str", id="str"),
        pytest.param([[1.0, 2.0]], "must be a tensor, not a list", id="list"),
        pytest.param([object()], "must be a tensor, not a object", id="object"),
    ],
)
def test_bad_inputs(inputs: list[Any], sentence: str, method: Method) -> None:
    with pytest.raises(ExecuTorchError, match=sentence):
        method.execute(inputs)
    # The method is as it was.
    (output,) = method.execute([float32(3, 7)])
    assert output.shape == (3, 5)


@pytest.mark.parametrize("inputs", [None, 5, "text"])
def test_inputs_that_are_no_sequence(inputs: Any, method: Method) -> None:
    with pytest.raises(TypeError, match="the inputs must be a sequence"):
        method.execute(inputs)


@pytest.mark.parametrize(
    ("index", "value", "sentence"),
    [
        pytest.param(1, 4, "input 1", id="other_int"),
        pytest.param(1, 3.0, "must be an int, not a float", id="int_as_float"),
        pytest.param(1, True, "must be an int, not a bool", id="int_as_bool"),
        pytest.param(2, 0.75, "input 2", id="other_float"),
        pytest.param(2, "0.5", "must be a float, not a str", id="float_as_str"),
        pytest.param(3, False, "input 3", id="other_bool"),
        pytest.param(3, 1, "must be a bool, not a int", id="bool_as_int"),
        pytest.param(0, 1, "must be a tensor, not a int", id="tensor_as_int"),
    ],
)
def test_scalars_differ_from_the_exported_ones(
    index: int, value: Any, sentence: str, corpus: Path
) -> None:
    program = Runtime.get().load_program(corpus / "v_scalar_inputs" / "program.pte")
    inputs: list[Any] = [float32(3), 3, 0.5, True]
    assert len(program.load_method("forward").execute(inputs)) == 1
    inputs[index] = value
    with pytest.raises(ExecuTorchError, match=sentence):
        program.load_method("forward").execute(inputs)


def test_int_beyond_64_bits(corpus: Path) -> None:
    program = Runtime.get().load_program(corpus / "v_scalar_inputs" / "program.pte")
    with pytest.raises(OverflowError):
        program.load_method("forward").execute([float32(3), 2**64, 0.5, True])


def test_inputs_of_the_runner(program: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(bytes(83))
    (tmp_path / "good").write_bytes(bytes(84))
    assert run(model_path=program, inputs=tmp_path / "good").returncode == 0
    assert_refused(
        run(model_path=program, inputs=tmp_path / "short"),
        "has 83 bytes, but input 0 of shape 3x7 needs 84",
    )
    assert_refused(run(model_path=program, inputs=tmp_path / "absent"), "No such file")
    assert_refused(run(model_path=program, inputs=tmp_path), "it is a directory")
    both = f"{tmp_path / 'good'},{tmp_path / 'good'}"
    assert_refused(run(model_path=program, inputs=both), "has 1 tensor inputs")


# --- Flags of the runner --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"no_such_flag": 1}, "no flag --no_such_flag"),
        ({"num_executions": 0}, "number from 1 to 1000000000, not '0'"),
        ({"num_executions": "many"}, "number from 1 to 1000000000, not 'many'"),
        ({"num_executions": 2**70}, "number from 1 to"),
        ({"num_runs": -1}, "--num_runs must be a number from 1 to"),
        ({"warmup_runs": -1}, "number from 0 to"),
        ({"max_secs": "nan"}, "--max_secs must be a number"),
        ({"cpu_threads": -2}, "--cpu_threads must be a number from -1 to"),
        ({"num_threads": 2**40}, "--num_threads must be a number from -1 to"),
        ({"server_mode": "perhaps"}, "true or false, not 'perhaps'"),
        ({"print_output": "some"}, "one of none.summary.all, not 'some'"),
        ({"format": "xml"}, "one of text.json.csv, not 'xml'"),
        ({"input_shapes": "3x"}, "input 0 has 2 dimensions"),
        ({"input_shapes": "3x-7"}, "is not a shape"),
        ({"input_shapes": "3xseven"}, "is not a shape"),
        ({"input_shapes": "99999999999x1"}, "is not a shape"),
        ({"input_shapes": "2147483647x2147483647"}, "is too large"),
        ({"input_shapes": "4x7"}, "cannot set the inputs"),
        ({"input_shapes": "3x7,3x7"}, "has 1 tensor inputs"),
        ({"output_file": "/nowhere/absent/output"}, "cannot write '/nowhere/absent/output-0.bin'"),
    ],
)
def test_bad_flags(flags: dict[str, object], sentence: str, program: Path, run: Run) -> None:
    process = run(model_path=program, **flags)
    assert process.returncode == 1
    assert re.fullmatch(rf"error: [^\n]*{sentence}[^\n]*\n", process.stderr)


@pytest.mark.parametrize("arguments", [["model.pte"], ["--model_path"], ["---model_path=x"]])
def test_bad_arguments(arguments: list[str], executor_runner: Path) -> None:
    process = subprocess.run(
        [executor_runner, *arguments], capture_output=True, text=True, timeout=120
    )
    assert_refused(process, "")


def test_help(executor_runner: Path) -> None:
    process = subprocess.run([executor_runner, "--help"], capture_output=True, text=True)
    assert process.returncode == 0
    assert "--model_path" in process.stdout


# --- Other calls ----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [None, 5, memoryview(b"x")])
def test_load_program_of_another_type(data: Any) -> None:
    with pytest.raises(TypeError, match="Expected data to be"):
        Runtime.get().load_program(data)


def test_etdump_was_not_enabled(program: Path, tmp_path: Path) -> None:
    loaded: Program = Runtime.get().load_program(program)
    with pytest.raises(ExecuTorchError, match="no ETDump"):
        loaded.write_etdump_result_to_file(str(tmp_path / "a"), str(tmp_path / "b"))
