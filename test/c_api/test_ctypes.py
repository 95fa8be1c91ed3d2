# SPDX-License-Identifier: BSD-3-Clause
"""The C interface, as languages that are not C call it: through ctypes."""

import ctypes
from collections.abc import Iterator
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_size_t, c_void_p
from pathlib import Path
from typing import Any

import numpy as np
import pytest

OK, INVALID_STATE, INVALID_ARGUMENT, INVALID_TYPE, ACCESS_FAILED = 0, 0x02, 0x12, 0x13, 0x22
KIND_TENSOR, DTYPE_FLOAT = 1, 6

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def library() -> Any:
    path = ROOT / "build" / "release" / "extension" / "libexecutorch_c.so"
    assert path.exists(), "build it: cmake --build --preset release --target executorch_c"
    library = ctypes.CDLL(str(path))
    for name, result in (
        ("et_c_api_version", ctypes.c_uint32),
        ("et_last_error", c_char_p),
        ("et_status_name", c_char_p),
        ("et_module_method_name", c_char_p),
        ("et_module_num_methods", c_size_t),
        ("et_tensor_rank", c_size_t),
        ("et_tensor_nbytes", c_size_t),
        ("et_tensor_sizes", POINTER(c_int32)),
        ("et_tensor_data", c_void_p),
        ("et_get_num_threads", ctypes.c_uint32),
    ):
        getattr(library, name).restype = result
    return library


@pytest.fixture
def module(library: Any, corpus: Path) -> Iterator[c_void_p]:
    """A linear layer: float32[3, 7] to float32[3, 5]."""
    handle = c_void_p()
    path = str(corpus / "p_linear" / "program.pte").encode()
    assert library.et_module_load(path, None, byref(handle)) == OK, library.et_last_error()
    yield handle
    library.et_module_free(handle)


def new_tensor(library: Any, array: np.ndarray) -> c_void_p:
    value = c_void_p()
    sizes = (c_int32 * array.ndim)(*array.shape)
    status = library.et_value_new_tensor(
        DTYPE_FLOAT, c_size_t(array.ndim), sizes, None, array.ctypes.data_as(c_void_p),
        c_size_t(array.nbytes), byref(value),
    )  # fmt: skip
    assert status == OK, library.et_last_error()
    return value


def run(library: Any, module: c_void_p, array: np.ndarray) -> np.ndarray:
    value, output = new_tensor(library, array), c_void_p()
    for status in (
        library.et_module_set_input(module, b"forward", c_size_t(0), value),
        library.et_module_run(module, b"forward"),
        library.et_module_output(module, b"forward", c_size_t(0), byref(output)),
    ):
        assert status == OK, library.et_last_error()
    library.et_value_free(value)
    rank = library.et_tensor_rank(output)
    sizes = library.et_tensor_sizes(output)[:rank]
    data = ctypes.string_at(library.et_tensor_data(output), library.et_tensor_nbytes(output))
    return np.frombuffer(data, np.float32).reshape(sizes)


def test_version(library: Any) -> None:
    assert library.et_c_api_version() >> 16 == 1


def test_run(library: Any, module: c_void_p, corpus: Path) -> None:
    from executorch.runtime import Runtime

    x = np.random.default_rng(0).standard_normal((3, 7), np.float32)
    program = Runtime.get().load_program(corpus / "p_linear" / "program.pte")
    (expected,) = program.load_method("forward").execute([x])
    for _ in range(2):
        np.testing.assert_array_equal(run(library, module, x), np.asarray(expected))


def test_inspect(library: Any, module: c_void_p) -> None:
    assert library.et_module_num_methods(module) == 1
    assert library.et_module_method_name(module, c_size_t(0)) == b"forward"
    kind, dtype, rank, sizes = c_int32(), c_int32(), c_size_t(), (c_int32 * 16)()
    status = library.et_module_input_info(
        module, b"forward", c_size_t(0), byref(kind), byref(dtype), byref(rank), sizes
    )
    assert status == OK
    assert (kind.value, dtype.value, list(sizes[: rank.value])) == (
        KIND_TENSOR,
        DTYPE_FLOAT,
        [3, 7],
    )


def test_failures_are_sentences(library: Any, module: c_void_p) -> None:
    handle = c_void_p()
    assert library.et_module_load(b"/no/such/file", None, byref(handle)) == ACCESS_FAILED
    assert not handle and b"/no/such/file" in library.et_last_error()
    assert library.et_status_name(ACCESS_FAILED) == b"Error::AccessFailed"
    assert library.et_module_run(module, b"backward") != OK
    assert b"backward" in library.et_last_error()
    value = new_tensor(library, np.zeros((3, 8), np.float32))
    assert library.et_module_set_input(module, b"forward", c_size_t(0), value) != OK
    assert b"8" in library.et_last_error()
    library.et_value_free(value)
    assert library.et_module_output(module, b"forward", c_size_t(0), byref(handle)) == INVALID_STATE
    assert library.et_module_load(None, None, byref(handle)) == INVALID_ARGUMENT


def test_numbers(library: Any) -> None:
    value, integer, real = c_void_p(), c_int64(), c_double()
    assert library.et_value_new_int(c_int64(-7), byref(value)) == OK
    assert library.et_value_get_int(value, byref(integer)) == OK and integer.value == -7
    assert library.et_value_get_double(value, byref(real)) == INVALID_TYPE
    library.et_value_free(value)
    assert library.et_value_new_double(c_double(2.5), byref(value)) == OK
    assert library.et_value_get_double(value, byref(real)) == OK and real.value == 2.5
    library.et_value_free(value)
