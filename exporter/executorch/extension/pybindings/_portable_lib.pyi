# SPDX-License-Identifier: BSD-3-Clause
# Compiled from extension/pybindings. See portable_lib.py for what inputs and outputs may be.

import enum
from collections.abc import Sequence
from typing import Any, overload

class ExecuTorchError(RuntimeError):
    """A failure of the runtime: a sentence that says what is wrong. `code` is the number of its
    Error (see runtime/core/error.h)."""

    code: int

class Verification(enum.Enum):
    """How much of a program file is checked when it is loaded. Both are memory-safe.

    Minimal: the structure of the file; a method when it is loaded.
    InternalConsistency: all methods, and whether they agree with the program's data.
    """

    Minimal = 0
    InternalConsistency = 1

class TensorInfo:
    def sizes(self) -> tuple[int, ...]:
        """The shape; upper bounds if it is dynamic."""

    def dtype(self) -> int:
        """The number of the ScalarType."""

    def is_memory_planned(self) -> bool: ...
    def nbytes(self) -> int: ...
    def is_dynamic(self, dim: int) -> bool:
        """Whether the size of a dimension may vary, up to that of `sizes()`."""

class MethodMeta:
    """What a program file says about a method. An index that is out of range, or not of a tensor,
    raises IndexError."""

    def name(self) -> str: ...
    def num_inputs(self) -> int: ...
    def num_outputs(self) -> int: ...
    def num_attributes(self) -> int: ...
    def input_tensor_meta(self, index: int) -> TensorInfo: ...
    def output_tensor_meta(self, index: int) -> TensorInfo: ...
    def attribute_tensor_meta(self, index: int) -> TensorInfo: ...

class ExecuTorchMethod:
    """A loaded method. Threads may share it; other Python threads run while it executes.

    `clone_outputs=False` gives views of the runtime's memory, which the next execution overwrites.
    """

    def set_inputs(self, inputs: Sequence[Any]) -> None: ...
    def execute(self) -> None: ...
    def get_outputs(self, clone_outputs: bool = True) -> list[Any]: ...
    def call(self, inputs: Any = (), clone_outputs: bool = True) -> list[Any]:
        """All three in one step. `inputs`: a sequence, or a single tensor."""

    def __call__(self, inputs: Any = (), clone_outputs: bool = True) -> list[Any]: ...
    def get_attribute(self, name: str) -> Any:
        """A copy of a named tensor of the method."""

    def method_meta(self) -> MethodMeta: ...

class ExecuTorchProgram:
    """A program whose methods share all planned buffers but the first, which each has for itself:
    state in the later ones is seen by all methods."""

    def num_methods(self) -> int: ...
    def get_method_name(self, method_index: int) -> str: ...
    def load_method(self, method_name: str) -> ExecuTorchMethod: ...
    def method_meta(self, method_name: str) -> MethodMeta: ...
    def has_etdump(self) -> bool:
        """Whether executions are recorded: `enable_etdump` when it was loaded."""

    def write_etdump_result_to_file(self, path: str, debug_buffer_path: str | None = None) -> None:
        """Writes what was recorded since it was loaded or this was last called: an ETDump and, to
        the other file, the values that instructions computed (`debug_buffer_size` bytes at
        most)."""

class ExecuTorchModule:
    """A program whose methods share no memory. A method is loaded when it is first used."""

    def forward(self, inputs: Any = (), clone_outputs: bool = True) -> list[Any]: ...
    def __call__(self, inputs: Any = (), clone_outputs: bool = True) -> list[Any]: ...
    def run_method(
        self, method_name: str, inputs: Any = (), clone_outputs: bool = True
    ) -> list[Any]: ...
    def plan_execute(self, method_name: str, clone_outputs: bool = True) -> list[Any]:
        """Runs a method again without setting its inputs; those that the last run overwrote are
        undefined."""

    def method_meta(self, method_name: str) -> MethodMeta: ...
    def method_names(self) -> list[str]: ...
    def has_etdump(self) -> bool:
        """Whether executions are recorded: `enable_etdump` when it was loaded."""

    def write_etdump_result_to_file(self, path: str, debug_buffer_path: str | None = None) -> None:
        """Writes what was recorded since it was loaded or this was last called: an ETDump and, to
        the other file, the values that instructions computed (`debug_buffer_size` bytes at
        most)."""
    def load_bundled_input(self, module: BundledModule, method_name: str, testset_idx: int) -> None:
        """Sets the inputs to those of a test case."""

    def verify_result_with_bundled_expected_output(
        self,
        module: BundledModule,
        method_name: str,
        testset_idx: int,
        rtol: float = 1e-5,
        atol: float = 1e-8,
    ) -> None:
        """Compares the outputs of the latest execution; ExecuTorchError if they differ."""

class BundledModule:
    """A bundled program: a program with test cases around it."""

    def verify_result_with_bundled_expected_output(
        self, method_name: str, testset_idx: int, rtol: float = 1e-5, atol: float = 1e-8
    ) -> list[Any]:
        """Runs a method on the inputs of a test case and answers the outputs; ExecuTorchError if
        they are not the expected ones."""

def _load_bundled_program_from_buffer(
    buffer: bytes, non_const_pool_size: int = 16384
) -> BundledModule:
    """`non_const_pool_size` is ignored: a program says how much memory it needs."""

@overload
def _load_for_executorch_from_bundled_program(
    ptr: BundledModule,
    data_map_buffer: bytes | None = None,
    enable_etdump: bool = False,
    debug_buffer_size: int = 0,
) -> ExecuTorchModule: ...
@overload
def _load_for_executorch_from_bundled_program(
    ptr: BundledModule,
    data_path: str,
    enable_etdump: bool = False,
    debug_buffer_size: int = 0,
) -> ExecuTorchModule: ...
def _load_for_executorch(
    program_path: str,
    data_path: str | None = None,
    enable_etdump: bool = False,
    debug_buffer_size: int = 0,
    program_verification: Verification = Verification.InternalConsistency,
) -> ExecuTorchModule: ...
def _load_for_executorch_from_buffer(
    buffer: bytes,
    data_map_buffer: bytes | None = None,
    enable_etdump: bool = False,
    debug_buffer_size: int = 0,
    program_verification: Verification = Verification.InternalConsistency,
) -> ExecuTorchModule: ...
def _load_program(
    path: str,
    enable_etdump: bool = False,
    debug_buffer_size: int = 0,
    program_verification: Verification = Verification.Minimal,
    data_path: str | None = None,
) -> ExecuTorchProgram: ...
def _load_program_from_buffer(
    buffer: bytes,
    enable_etdump: bool = False,
    debug_buffer_size: int = 0,
    program_verification: Verification = Verification.Minimal,
    data_path: str | None = None,
) -> ExecuTorchProgram: ...
def _get_operator_names() -> list[str]: ...
def _get_registered_backend_names() -> list[str]: ...
def _is_available(backend_name: str) -> bool: ...
def _threadpool_get_thread_count() -> int:
    """Threads that share out the work of kernels and backends, the calling one included."""

def _unsafe_reset_threadpool(num_threads: int) -> None:
    """Sets that number; safe while methods run. 0: one per performance core."""

def _create_profile_block(name: str) -> None: ...
def _dump_profile_results() -> bytes: ...
def _reset_profile_results() -> None: ...
