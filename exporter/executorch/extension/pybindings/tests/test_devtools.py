# SPDX-License-Identifier: BSD-3-Clause
"""portable_lib: records of executions, and programs with test cases inside."""

import threading
from pathlib import Path

import numpy as np
import pytest

from executorch.devtools.etdump.schema_flatcc import ETDumpFlatCC
from executorch.devtools.etdump.serialize import deserialize_from_etdump_flatcc
from executorch.extension.pybindings.portable_lib import (
    ExecuTorchError,
    _load_bundled_program_from_buffer,
    _load_for_executorch,
    _load_for_executorch_from_bundled_program,
)
from executorch.runtime import Runtime

CORPUS = Path(__file__).parents[5] / "test" / "data" / "corpus"
# Multiplies two float32[4].
MUL = CORPUS / "f_no_constants" / "program.pte"
BUNDLE = (CORPUS / "b_bundled_linear" / "program.bpte").read_bytes()
X = np.arange(4, dtype=np.float32)


def read(path: Path) -> ETDumpFlatCC:
    return deserialize_from_etdump_flatcc(path.read_bytes())


def event_names(etdump: ETDumpFlatCC, block: str) -> list[list[str | None]]:
    return [
        [e.profile_event.name for e in run.events or [] if e.profile_event is not None]
        for run in etdump.run_data
        if run.name == block
    ]


def test_etdump(tmp_path: Path) -> None:
    program = Runtime.get().load_program(MUL, enable_etdump=True, debug_buffer_size=4096)
    method = program.load_method("forward")
    for i in range(3):
        method.execute([X + i, X])
    program.write_etdump_result_to_file(str(tmp_path / "a"), str(tmp_path / "values"))
    etdump = read(tmp_path / "a")
    runs = event_names(etdump, "Execute")
    assert runs == [["native_call_mul.out", "OPERATOR_CALL", "Method::execute"]] * 3
    assert event_names(etdump, "Default") == [["Method::init", "Program::load_method"]]
    values = (tmp_path / "values").read_bytes()
    for i, run in enumerate(r for r in etdump.run_data if r.name == "Execute"):
        entries = [e.debug_event.debug_entry for e in run.events or [] if e.debug_event is not None]
        assert [entry.val for entry in entries] == ["Tensor", "Tensor"]
        assert [entry.output is not None for entry in entries] == [False, True]
        for entry in entries:
            assert entry.tensor is not None and entry.tensor.sizes == [4]
            recorded = np.frombuffer(values, np.float32, 4, entry.tensor.offset or 0)
            np.testing.assert_array_equal(recorded, (X + i) * X)


def test_each_etdump_begins_anew(tmp_path: Path) -> None:
    module = _load_for_executorch(str(MUL), enable_etdump=True, debug_buffer_size=4096)
    assert module.has_etdump()
    for runs in (1, 2):
        for _ in range(runs):
            module.forward([X, X])
        module.write_etdump_result_to_file(str(tmp_path / "a"), str(tmp_path / "b"))
        assert len(event_names(read(tmp_path / "a"), "Execute")) == runs
        assert (tmp_path / "b").stat().st_size <= 4096
    with pytest.raises(ExecuTorchError, match="nothing has been recorded"):
        module.write_etdump_result_to_file(str(tmp_path / "a"))


def test_a_debug_buffer_that_is_too_small(tmp_path: Path) -> None:
    module = _load_for_executorch(str(MUL), enable_etdump=True, debug_buffer_size=16)
    np.testing.assert_array_equal(module.forward([X, X])[0], X * X)
    module.write_etdump_result_to_file(str(tmp_path / "a"), str(tmp_path / "b"))
    assert event_names(read(tmp_path / "a"), "Execute")


def test_etdump_without_debug_buffer(tmp_path: Path) -> None:
    module = _load_for_executorch(str(MUL), enable_etdump=True)
    module.forward([X, X])
    with pytest.raises(ExecuTorchError, match="debug buffer of 0 bytes"):
        module.write_etdump_result_to_file(str(tmp_path / "a"), str(tmp_path / "b"))
    with pytest.raises(ExecuTorchError, match="cannot write"):
        module.write_etdump_result_to_file(str(tmp_path / "absent" / "a"))


def test_threads_record_into_one_etdump(tmp_path: Path) -> None:
    program = Runtime.get().load_program(MUL, enable_etdump=True)
    method = program.load_method("forward")

    def run() -> None:
        for _ in range(100):
            method.execute([X, X])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    program.write_etdump_result_to_file(str(tmp_path / "a"), "")
    runs = event_names(read(tmp_path / "a"), "Execute")
    assert runs == [["native_call_mul.out", "OPERATOR_CALL", "Method::execute"]] * 400


def test_bundled_module() -> None:
    bundle = _load_bundled_program_from_buffer(BUNDLE)
    outputs = bundle.verify_result_with_bundled_expected_output("forward", 0)
    assert len(outputs) == 1
    for rtol in (0.0, 1.0):
        bundle.verify_result_with_bundled_expected_output("forward", 0, rtol=rtol, atol=1.0)
    with pytest.raises(ExecuTorchError, match="none with index 99"):
        bundle.verify_result_with_bundled_expected_output("forward", 99)
    with pytest.raises(ExecuTorchError):
        bundle.verify_result_with_bundled_expected_output("absent", 0)


def test_module_of_a_bundled_program() -> None:
    bundle = _load_bundled_program_from_buffer(BUNDLE)
    module = _load_for_executorch_from_bundled_program(bundle)
    module.load_bundled_input(bundle, "forward", 0)
    module.plan_execute("forward")
    module.verify_result_with_bundled_expected_output(bundle, "forward", 0)
    sizes = module.method_meta("forward").input_tensor_meta(0).sizes()
    module.forward([np.full(sizes, 100, np.float32)])
    with pytest.raises(ExecuTorchError, match="Output 0: element"):
        module.verify_result_with_bundled_expected_output(bundle, "forward", 0)
    del bundle
    module.forward([np.ones(sizes, np.float32)])


@pytest.mark.parametrize("data", [b"", b"x" * 100, MUL.read_bytes(), BUNDLE[:-64], BUNDLE[:40]])
def test_what_is_no_bundled_program(data: bytes) -> None:
    with pytest.raises(ExecuTorchError):
        _load_bundled_program_from_buffer(data)
