# SPDX-License-Identifier: BSD-3-Clause
"""executorch.runtime and portable_lib: sources, kinds of tensors, layouts, lifetimes, threads."""

import gc
import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from executorch.extension.pybindings import portable_lib
from executorch.runtime import ExecuTorchError, MethodMeta, Program, Runtime, Verification

CORPUS = Path(__file__).parents[4] / "test" / "data" / "corpus"

# Multiplies two float32[4].
MUL = CORPUS / "f_no_constants" / "program.pte"


def load(name: str) -> Program:
    return Runtime.get().load_program(CORPUS / name / "program.pte")


def arange(*shape: int) -> np.ndarray[Any, Any]:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


# --- Loading ------------------------------------------------------------------------------------


def test_sources() -> None:
    content = MUL.read_bytes()
    runtime = Runtime.get()
    with MUL.open("rb") as file:
        sources: list[Any] = [MUL, str(MUL), content, bytearray(content), file, io.BytesIO(content)]
        for source in sources:
            program = runtime.load_program(source)
            (output,) = program.load_method("forward").execute([arange(4), arange(4)])
            np.testing.assert_array_equal(output, arange(4) ** 2)


def test_loading_needs_no_torch() -> None:
    script = f"""
import sys
from executorch.runtime import Runtime
method = Runtime.get().load_program({str(MUL)!r}).load_method("forward")
assert "numpy" not in sys.modules
import numpy
outputs = method.execute([numpy.ones(4, "float32")] * 2)
assert type(outputs[0]) is numpy.ndarray
assert "torch" not in sys.modules and "executorch.exir" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_registries() -> None:
    runtime = Runtime.get()
    assert runtime is Runtime.get()
    assert "aten::mul.out" in runtime.operator_registry.operator_names
    assert "executorch_prim::add.Scalar" in runtime.operator_registry.operator_names
    assert not runtime.backend_registry.is_available("NoSuchBackend")
    for name in runtime.backend_registry.registered_backend_names:
        assert runtime.backend_registry.is_available(name)


def test_program() -> None:
    program = load("m_multiple_methods")
    assert isinstance(program.method_names, set)
    for name in program.method_names:
        method = program.load_method(name)
        assert method is program.load_method(name)
        assert method.metadata.name() == program.metadata(name).name() == name


def test_error_has_a_code() -> None:
    with pytest.raises(RuntimeError) as caught:
        Runtime.get().load_program("/nowhere/absent.pte")
    error = caught.value
    assert isinstance(error, ExecuTorchError)
    assert error.code == 0x22
    assert str(error) == (
        "cannot open '/nowhere/absent.pte': No such file or directory (Error::AccessFailed)"
    )


# --- Metadata -----------------------------------------------------------------------------------


def test_metadata() -> None:
    meta = load("v_scalar_inputs").metadata("forward")
    assert isinstance(meta, MethodMeta)
    tensor = "'TensorInfo(sizes=[3], dtype=Float, is_memory_planned=True, nbytes=12)'"
    assert repr(meta) == (
        f"MethodMeta(name='forward', num_inputs=4, input_tensor_meta=[{tensor}, 'Int', 'Double', "
        f"'Bool'], num_outputs=1, output_tensor_meta=[{tensor}])"
    )
    for index in (1, 4):
        with pytest.raises(IndexError):
            meta.input_tensor_meta(index)
    with pytest.raises(TypeError):
        meta.input_tensor_meta(-1)


def test_dynamic_dimensions() -> None:
    info = load("f_no_constants").metadata("forward").input_tensor_meta(0)
    assert not info.is_dynamic(0)
    with pytest.raises(IndexError, match="none with index 1"):
        info.is_dynamic(1)
    names = sorted(path.name for path in CORPUS.iterdir() if "dynamic" in path.name)
    infos = [load(name).metadata("forward").input_tensor_meta(0) for name in names[:3]]
    assert any(info.is_dynamic(dim) for info in infos for dim in range(len(info.sizes())))


def test_metadata_outlives_the_program() -> None:
    info = load("f_no_constants").metadata("forward").input_tensor_meta(0)
    gc.collect()
    assert info.sizes() == (4,)
    assert info.nbytes() == 16


# --- Kinds of tensors ---------------------------------------------------------------------------


def test_outputs_are_what_inputs_are() -> None:
    method = load("f_no_constants").load_method("forward")
    array: Any = arange(4)
    tensor = torch.arange(4, dtype=torch.float32)
    assert isinstance(method.execute([array, array])[0], np.ndarray)
    assert isinstance(method.execute([memoryview(array), array])[0], np.ndarray)
    for inputs in ([tensor, tensor], [array, tensor], [tensor, array]):
        (output,) = method.execute(inputs)
        assert isinstance(output, torch.Tensor)
        torch.testing.assert_close(output, tensor * tensor)


def test_outputs_without_input_tensors_are_torch_tensors() -> None:
    (output,) = load("m_constant_methods").load_method("get_tensor").execute([])
    assert isinstance(output, torch.Tensor)


def test_torch_tensors_of_all_sorts() -> None:
    method = load("f_no_constants").load_method("forward")
    plain = torch.arange(4, dtype=torch.float32)
    for tensor in (
        torch.nn.Parameter(plain.clone()),
        plain.clone().requires_grad_() * 1,
        torch.arange(8, dtype=torch.float32)[::2] / 2,
        torch.complex(torch.zeros(4), -plain).conj().imag,
    ):
        torch.testing.assert_close(method.execute([tensor, plain])[0], plain * plain)
    with pytest.raises(ExecuTorchError, match="on device 'meta'"):
        method.execute([plain.to("meta"), plain])
    with pytest.raises(ExecuTorchError, match=r"layout torch\.sparse_coo"):
        method.execute([plain.to_sparse(), plain])
    with pytest.raises(ExecuTorchError, match="float32, not int64"):
        method.execute([plain.long(), plain])
    with pytest.raises(ExecuTorchError, match="too large"):
        method.execute([plain[:1].expand(2**30, 2**30, 2), plain])


def test_single_tensor_is_a_sequence_of_one() -> None:
    method = load("p_linear").load_method("forward")
    for tensor in (arange(3, 7), torch.ones(3, 7)):
        assert tuple(method.execute(tensor)[0].shape) == (3, 5)  # type: ignore[arg-type]


def test_objects_that_convert_to_arrays() -> None:
    class Array:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
            return arange(4)

    class DLPack:
        def __dlpack__(self, **options: Any) -> Any:
            return torch.arange(4, dtype=torch.float32).__dlpack__()

        def __dlpack_device__(self) -> Any:
            return (1, 0)

    method = load("f_no_constants").load_method("forward")
    (output,) = method.execute([Array(), DLPack()])
    np.testing.assert_array_equal(output, arange(4) ** 2)


def test_bfloat16() -> None:
    method = load("d_bf16_ops").load_method("forward")
    a = torch.randn(3, 4).bfloat16()
    outputs = method.execute([a, a])
    assert outputs[0].dtype == torch.bfloat16
    bits = a.view(torch.uint16).numpy()
    for bit_output, output in zip(method.execute([bits, bits]), outputs, strict=True):
        assert bit_output.dtype == np.uint16
        np.testing.assert_array_equal(bit_output, output.view(torch.uint16).numpy())
    with pytest.raises(ExecuTorchError, match="type uint16, the bits of bfloat16, not float32"):
        method.execute([a.float().numpy()] * 2)
    with pytest.raises(ExecuTorchError, match="type bfloat16, not uint16"):
        method.execute([a.view(torch.uint16)] * 2)


def test_float16_and_bool() -> None:
    half = load("d_fp16_ops").load_method("forward")
    sizes = half.metadata.input_tensor_meta(0).sizes()
    assert half.execute([np.ones(sizes, np.float16)] * 2)[0].dtype == np.float16
    assert half.execute([torch.ones(sizes).half()] * 2)[0].dtype == torch.float16


# --- Layouts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_arrays_with_gaps_are_copied(library: str) -> None:
    method = load("p_linear").load_method("forward")
    dense = arange(3, 7)
    (expected,) = method.execute([dense])
    wide = np.zeros((6, 21), np.float32)
    wide[::2, ::3] = dense
    read_only = dense.copy()
    read_only.flags.writeable = False
    misaligned = np.frombuffer(b"x" + dense.tobytes(), np.uint8)[1:].view(np.float32).reshape(3, 7)
    assert not misaligned.flags.aligned
    arrays = {
        "transposed": np.ascontiguousarray(dense.T).T,
        "strided": wide[::2, ::3],
        "reversed": np.ascontiguousarray(dense[::-1, ::-1])[::-1, ::-1],
        "read_only": read_only,
        "misaligned": misaligned,
    }
    for name, array in arrays.items():
        if library == "torch":
            if name in ("reversed", "read_only", "misaligned"):
                continue
            array = torch.from_numpy(array)
        np.testing.assert_array_equal(np.asarray(method.execute([array])[0]), expected, name)


def test_broadcast_array() -> None:
    method = load("p_linear").load_method("forward")
    row = arange(1, 7)
    (expected,) = method.execute([np.repeat(row, 3, axis=0)])
    np.testing.assert_array_equal(method.execute([np.broadcast_to(row, (3, 7))])[0], expected)
    (output,) = method.execute([torch.from_numpy(row).expand(3, 7)])
    np.testing.assert_array_equal(output.numpy(), expected)


def test_channels_last() -> None:
    # Exported for a channels-last input.
    method = load("l_channels_last_input").load_method("forward")
    contiguous = torch.randn(2, 3, 4, 5)
    channels_last = contiguous.to(memory_format=torch.channels_last)
    (expected,) = method.execute([channels_last])
    assert torch.equal(method.execute([contiguous])[0], expected)
    (output,) = method.execute([channels_last.numpy()])
    assert output.strides == tuple(4 * stride for stride in expected.stride())
    np.testing.assert_array_equal(output, expected.numpy())
    # Exported for a contiguous one.
    method = load("l_channels_last_output").load_method("forward")
    shape = method.metadata.input_tensor_meta(0).sizes()
    contiguous = torch.randn(*shape)
    (expected,) = method.execute([contiguous])
    assert expected.is_contiguous(memory_format=torch.channels_last)
    channels_last = contiguous.to(memory_format=torch.channels_last)
    assert torch.equal(method.execute([channels_last])[0], expected)


# --- Lifetimes ----------------------------------------------------------------------------------


def test_method_outlives_everything() -> None:
    content = bytearray(MUL.read_bytes())
    method = Runtime.get().load_program(content).load_method("forward")
    content[:] = bytes(len(content))
    gc.collect()
    np.testing.assert_array_equal(method.execute([arange(4)] * 2)[0], arange(4) ** 2)


def test_outputs_are_copies() -> None:
    method = load("f_no_constants").load_method("forward")
    (first,) = method.execute([arange(4), arange(4)])
    method.execute([arange(4) + 1, arange(4)])
    np.testing.assert_array_equal(first, arange(4) ** 2)
    del method
    gc.collect()
    first += 1
    np.testing.assert_array_equal(first, arange(4) ** 2 + 1)


@pytest.mark.parametrize("as_tensor", [np.asarray, torch.from_numpy])
def test_views_see_the_next_run_and_keep_the_method(as_tensor: Any) -> None:
    method = portable_lib._load_program(str(MUL)).load_method("forward")
    one = as_tensor(np.ones(4, np.float32))
    (view,) = method.call([as_tensor(arange(4)), one], clone_outputs=False)
    (copy,) = method.get_outputs()
    method.call([as_tensor(arange(4) + 5), one])
    np.testing.assert_array_equal(view, arange(4) + 5)
    np.testing.assert_array_equal(copy, arange(4))
    del method
    gc.collect()
    np.testing.assert_array_equal(view, arange(4) + 5)


def test_unplanned_inputs_stay_alive() -> None:
    method = portable_lib._load_program(str(CORPUS / "f_no_io_alloc" / "program.pte")).load_method(
        "forward"
    )
    (expected,) = method.call([arange(3, 6)])
    method.set_inputs([arange(3, 6)])
    gc.collect()
    for _ in range(3):
        np.ones((3, 6), np.float32)
        method.execute()
        np.testing.assert_array_equal(method.get_outputs()[0], expected)
    with pytest.raises(ExecuTorchError):
        method.set_inputs([arange(3, 5)])
    method.execute()
    np.testing.assert_array_equal(method.get_outputs()[0], expected)


# --- The older interface ------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["path", "buffer"])
def test_module(source: str) -> None:
    if source == "path":
        module = portable_lib._load_for_executorch(str(MUL))
    else:
        module = portable_lib._load_for_executorch_from_buffer(MUL.read_bytes())
    inputs = [arange(4), arange(4)]
    assert module.method_names() == ["forward"]
    assert module.method_meta("forward").num_inputs() == 2
    for run in (module, module.forward, lambda x: module.run_method("forward", x)):
        np.testing.assert_array_equal(run(inputs)[0], arange(4) ** 2)
    assert len(module.plan_execute("forward")) == 1
    assert not module.has_etdump()
    with pytest.raises(ExecuTorchError, match="'absent'"):
        module.run_method("absent")


def test_module_reads_external_data() -> None:
    folder = CORPUS / "f_external_constants_tagged"
    program, data = folder / "program.pte", folder / "weights_tagged.ptd"
    inputs = [np.fromfile(folder / "inputs" / "0.bin", np.float32)]
    from_path = portable_lib._load_for_executorch(str(program), str(data))
    inputs[0] = inputs[0].reshape(from_path.method_meta("forward").input_tensor_meta(0).sizes())
    from_buffer = portable_lib._load_for_executorch_from_buffer(
        program.read_bytes(), data.read_bytes()
    )
    expected = np.fromfile(folder / "expected" / "0.bin", np.float32)
    for module in (from_path, from_buffer):
        np.testing.assert_allclose(module(inputs)[0].ravel(), expected, rtol=1e-4, atol=1e-5)


def test_methods_of_a_module_share_no_state() -> None:
    path = CORPUS / "s_shared_mutable_buffer" / "program.pte"
    x = np.full(1, 3, np.float32)
    program = Runtime.get().load_program(path)
    module = portable_lib._load_for_executorch(str(path))
    for run, is_shared in (
        (lambda name: program.load_method(name).execute([x]), True),
        (lambda name: module.run_method(name, [x]), False),
    ):
        (before,) = run("get")
        run("set")
        (after,) = run("get")
        assert (after != before).any() == is_shared


def test_program_attributes() -> None:
    program = portable_lib._load_program(
        str(MUL), program_verification=Verification.InternalConsistency
    )
    assert program.num_methods() == 1
    assert program.get_method_name(0) == "forward"
    with pytest.raises(ExecuTorchError):
        program.get_method_name(1)
    with pytest.raises(ExecuTorchError, match="absent"):
        program.load_method("forward").get_attribute("absent")
    with pytest.raises(ExecuTorchError, match="input 0"):
        program.load_method("forward").execute()


def test_named_attribute() -> None:
    path = CORPUS / "s_counter_named_buffer" / "program.pte"
    method = portable_lib._load_program(str(path)).load_method("forward")
    assert method.method_meta().num_attributes() == 2
    before = method.get_attribute("cnt")
    method.call([arange(4)])
    after = method.get_attribute("cnt")
    assert np.asarray(after) - np.asarray(before) == 1


# --- Threads ------------------------------------------------------------------------------------


def test_threads_share_a_method() -> None:
    method = load("p_linear").load_method("forward")
    inputs = [np.full((3, 7), i, np.float32) for i in range(4)]
    expected = [method.execute([x])[0] for x in inputs]
    failures: list[int] = []

    def work(i: int) -> None:
        for _ in range(200):
            if not np.array_equal(method.execute([inputs[i]])[0], expected[i]):
                failures.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
