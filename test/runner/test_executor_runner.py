# SPDX-License-Identifier: BSD-3-Clause
"""executor_runner: inputs and outputs in files, measurements, server mode."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from executorch.runtime import Runtime

Run = Callable[..., str]


@pytest.fixture
def run(executor_runner: Path) -> Run:
    def run(*arguments: str, stdin: str | None = None, **flags: object) -> str:
        command = [str(executor_runner), *arguments]
        command += [f"--{name}={value}" for name, value in flags.items()]
        process = subprocess.run(command, capture_output=True, text=True, timeout=120, input=stdin)
        assert process.returncode == 0, process.stderr
        return process.stdout

    return run


@pytest.fixture
def program(corpus: Path) -> Path:
    """One method `forward`, one input of float32[3, 7], one output of float32[3, 5]."""
    return corpus / "p_linear" / "program.pte"


def expected(program: Path, x: np.ndarray) -> np.ndarray:
    method = Runtime.get().load_program(program).load_method("forward")
    output: np.ndarray = method.execute([x])[0]
    return output


def test_npy_in_and_out(program: Path, run: Run, tmp_path: Path) -> None:
    x = np.random.default_rng(0).standard_normal((3, 7), np.float32)
    np.save(tmp_path / "x.npy", x)
    for flag in ("inputs", "input_value_files"):
        run(model_path=program, output_file=tmp_path / "y.npy", **{flag: tmp_path / "x.npy"})
        np.testing.assert_array_equal(np.load(tmp_path / "y-0.npy"), expected(program, x))


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.zeros((3, 7)), "has elements of type '<f8', but input 0 takes '<f4'"),
        (np.zeros((3, 7), ">f4"), "has elements of type '>f4'"),
        (np.zeros((3, 7), "f4,f4"), "element type, or one with fields"),
        (np.zeros((3, 7), np.float32, order="F"), "in Fortran's order"),
        (np.zeros(21, np.float32), "has 2 dimensions, but the shape 21 was given"),
        (np.zeros((3, 8), np.float32), "cannot set the inputs"),
        (b"\x93NUMPY", "not an .npy file"),
        (b"\x93NUMPY\x01\x00\xff\xff", "the header is cut off"),
        (b"\x93NUMPY\x02\x00\xff\xff", "the header is cut off"),
        (b"\x93NUMPY\x01\x00\x02\x00{}", "no element type"),
        (
            b"\x93NUMPY\x01\x00\x40\x00"
            + b"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999,)}",
            "a size is out of range",
        ),
        (
            b"\x93NUMPY\x01\x00\x3a\x00"
            + b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 7)}\n",
            "not as many elements",
        ),
    ],
)
def test_npy_that_does_not_fit(
    array: np.ndarray | bytes, sentence: str, program: Path, executor_runner: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.npy"
    if isinstance(array, bytes):
        path.write_bytes(array)
    else:
        np.save(path, array)
    process = subprocess.run(
        [executor_runner, f"--model_path={program}", f"--inputs={path}"],
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1
    assert sentence in process.stderr


def test_shapes_below_the_upper_bound(corpus: Path, run: Run, tmp_path: Path) -> None:
    program = corpus / "y_add_batch" / "program.pte"
    meta = Runtime.get().load_program(program).metadata("forward")
    sizes = [list(meta.input_tensor_meta(i).sizes()) for i in range(meta.num_inputs())]
    for shape in sizes:
        shape[0] = 2
    shapes = ",".join("x".join(map(str, shape)) for shape in sizes)
    run(model_path=program, input_shapes=shapes, output_file=tmp_path / "y.npy")
    assert np.load(tmp_path / "y-0.npy").shape[0] == 2


def test_formats(program: Path, run: Run) -> None:
    flags = {"model_path": program, "num_runs": 20, "warmup_runs": 2, "report_peak_memory": "true"}
    report = json.loads(run(format="json", **flags))
    assert report["executions"] == 20
    assert report["peak_memory_mb"] > 0
    assert report["output_0"].startswith("Float tensor(sizes=[3, 5]")
    quantiles = [report[f"{name}_execution_ms"] for name in ("min", "p50", "p90", "p99", "max")]
    assert quantiles == sorted(quantiles)
    (row,) = csv.DictReader(io.StringIO(run(format="csv", **flags)))
    assert row["model"] == str(program)
    assert "mean_execution_ms: " in run(format="text", **flags)


def test_stops_after_a_time(program: Path, run: Run) -> None:
    report = json.loads(run(model_path=program, num_runs=10**9, max_secs=0.05, format="json"))
    assert 0 < report["executions"] < 10**9


@pytest.mark.parametrize("threads", [-1, 0, 1, 3])
def test_threads(threads: int, program: Path, run: Run) -> None:
    assert "output_0" in run(model_path=program, cpu_threads=threads)


def test_server_mode(program: Path, run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = ""
    for i in range(3):
        np.save(tmp_path / f"{i}.npy", rng.standard_normal((3, 7), np.float32))
        lines += f"{tmp_path / f'{i}.npy'}\n"
    answers = run("--server_mode", model_path=program, stdin=lines).splitlines()
    assert len(answers) == 3
    assert len(set(answers)) == 3
    assert all(answer.startswith("output_0: Float tensor") for answer in answers)


# --- Test cases and records -----------------------------------------------------------------------


def test_bundled_program(corpus: Path, run: Run) -> None:
    path = corpus / "b_bundled_linear" / "program.bpte"
    report = json.loads(run(model_path=path, format="json", num_runs=3, warmup_runs=1))
    assert report["verified_test_case"] == 0 and report["executions"] == 3
    assert "verified_test_case: 1" in run(model_path=path, testset_idx=1)
    # Inputs of one's own have no expected outputs.
    x = Runtime.get().load_program(path.with_suffix(".pte")).metadata("forward")
    sizes = "x".join(map(str, x.input_tensor_meta(0).sizes()))
    assert "verified" not in run(model_path=path, input_shapes=sizes)


def test_bundled_program_that_fails(corpus: Path, executor_runner: Path, tmp_path: Path) -> None:
    content = bytearray((corpus / "b_bundled_linear" / "program.bpte").read_bytes())
    from executorch.devtools.bundled_program.serialize import (
        deserialize_from_flatbuffer_to_bundled_program,
    )

    bundled = deserialize_from_flatbuffer_to_bundled_program(bytes(content))
    expected: Any = bundled.method_test_suites[0].test_cases[0].expected_outputs[0].val
    position = content.index(expected.data)
    content[position : position + 4] = np.float32(100).tobytes()
    path = tmp_path / "wrong.bpte"
    path.write_bytes(content)

    def run(**flags: object) -> subprocess.CompletedProcess[str]:
        command = [str(executor_runner), f"--model_path={path}"]
        command += [f"--{name}={value}" for name, value in flags.items()]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    process = run()
    assert process.returncode == 1
    assert "test case 0 fails: Output 0: element 0 is" in process.stderr
    assert run(bundleio_atol=200).returncode == 0
    assert "none with index 99" in run(testset_idx=99).stderr
    assert "must be a number" in run(bundleio_rtol=-1).stderr
    path.write_bytes(content[:-200])
    assert run().returncode == 1 and "cannot load" in run().stderr


def test_etdump(program: Path, run: Run, tmp_path: Path) -> None:
    from executorch.devtools.etdump.serialize import deserialize_from_etdump_flatcc

    files = {"etdump_path": tmp_path / "a.etdp", "debug_output_path": tmp_path / "values"}
    run(model_path=program, num_runs=2, **files)
    etdump = deserialize_from_etdump_flatcc((tmp_path / "a.etdp").read_bytes())
    assert [block.name for block in etdump.run_data] == ["Default", "Execute", "Execute"]
    assert (tmp_path / "values").stat().st_size >= 2 * 3 * 5 * 4


def test_times_of_operators(program: Path, run: Run, tmp_path: Path) -> None:
    table = run(model_path=program, num_runs=3, warmup_runs=2, profiling_output="-")
    lines = [line.split() for line in table.splitlines() if line.endswith("addmm.out")]
    by_instruction, in_all = lines
    assert by_instruction[:2] == ["1", "3"] and in_all[0] == "3"
    path = tmp_path / "times"
    run(model_path=program, num_runs=3, profiling_output=path, format="csv")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["operator"] for row in rows][-1] == "addmm.out"
    assert all(int(row["calls"]) == 3 and float(row["total_ms"]) > 0 for row in rows)
    assert abs(sum(float(row["percent"]) for row in rows) - 100) < 0.1
    run(model_path=program, num_runs=3, profiling_output=path, format="json")
    assert [row["operator"] for row in json.loads(path.read_text())] == [
        row["operator"] for row in rows
    ]


def test_times_of_backends(corpus: Path, run: Run) -> None:
    table = run(model_path=corpus / "x_linear" / "program.pte", profiling_output="-")
    assert "Fully Connected" in table
