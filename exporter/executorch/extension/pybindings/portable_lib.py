# SPDX-License-Identifier: BSD-3-Clause
"""The runtime as a Python module, experimental; `executorch.runtime` is the interface for users.

Tensors may be NumPy arrays (or anything with the buffer protocol) or torch tensors. Outputs are
torch tensors if an input is one, NumPy arrays if all input tensors are; without any input tensor
they are torch tensors if torch has been imported, which this module does not do. NumPy has no
bfloat16: uint16 arrays hold the bits, on input and output. An array that is not laid out as the
program wants it is copied.
"""

from executorch.extension.pybindings._portable_lib import (
    BundledModule,
    ExecuTorchError,
    ExecuTorchMethod,
    ExecuTorchModule,
    ExecuTorchProgram,
    MethodMeta,
    TensorInfo,
    Verification,
    _create_profile_block,
    _dump_profile_results,
    _get_operator_names,
    _get_registered_backend_names,
    _is_available,
    _load_bundled_program_from_buffer,
    _load_for_executorch,
    _load_for_executorch_from_buffer,
    _load_for_executorch_from_bundled_program,
    _load_program,
    _load_program_from_buffer,
    _reset_profile_results,
    _threadpool_get_thread_count,
    _unsafe_reset_threadpool,
)

__all__ = [
    "BundledModule",
    "ExecuTorchError",
    "ExecuTorchMethod",
    "ExecuTorchModule",
    "ExecuTorchProgram",
    "MethodMeta",
    "TensorInfo",
    "Verification",
    "_create_profile_block",
    "_dump_profile_results",
    "_get_operator_names",
    "_get_registered_backend_names",
    "_is_available",
    "_load_bundled_program_from_buffer",
    "_load_for_executorch",
    "_load_for_executorch_from_buffer",
    "_load_for_executorch_from_bundled_program",
    "_load_program",
    "_load_program_from_buffer",
    "_reset_profile_results",
    "_threadpool_get_thread_count",
    "_unsafe_reset_threadpool",
]
