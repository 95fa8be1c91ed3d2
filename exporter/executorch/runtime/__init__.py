# SPDX-License-Identifier: BSD-3-Clause
"""Runs exported programs from Python, without torch.

    from executorch.runtime import Runtime

    program = Runtime.get().load_program("model.pte")
    outputs = program.load_method("forward").execute([numpy.ones((1, 3), dtype="float32")])

Tensors are NumPy arrays (or anything with the buffer protocol) or torch tensors; outputs are of the
kind that the inputs are, see `executorch.extension.pybindings.portable_lib`. A failure raises
ExecuTorchError, a RuntimeError, with a sentence that says what is wrong.
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from executorch.extension.pybindings import portable_lib
from executorch.extension.pybindings.portable_lib import (
    ExecuTorchError,
    ExecuTorchMethod,
    ExecuTorchProgram,
    MethodMeta,
    Verification,
)

__all__ = [
    "BackendRegistry",
    "ExecuTorchError",
    "Method",
    "MethodMeta",
    "OperatorRegistry",
    "Program",
    "Runtime",
    "Verification",
]


class Method:
    """A loaded method of a program; keeps the program alive."""

    def __init__(self, method: ExecuTorchMethod) -> None:
        self._method = method

    def execute(self, inputs: Sequence[Any]) -> Sequence[Any]:
        """Runs the method.

        Args:
            inputs: The flattened inputs: tensors, numbers, bools, strings and None. Numbers, bools
                and strings must equal those that the program was exported with. May be a single
                tensor.

        Returns:
            The flattened outputs, copied out of the runtime's memory.
        """
        return self._method.call(inputs)

    @property
    def metadata(self) -> MethodMeta:
        """What the program says about the method."""
        return self._method.method_meta()


class Program:
    """A loaded program. Its methods share the mutable state that was planned to be shared."""

    def __init__(self, program: ExecuTorchProgram, data: bytes | None) -> None:
        self._program = program
        # The program keeps its bytes itself; the parameter is part of the interface.
        del data
        names = (program.get_method_name(i) for i in range(program.num_methods()))
        self._methods: dict[str, Method | None] = dict.fromkeys(names)

    @property
    def method_names(self) -> set[str]:
        return set(self._methods)

    def load_method(self, name: str) -> Method:
        """The method with this name, loaded the first time that it is asked for.

        Raises KeyError if there is none.
        """
        if name not in self._methods:
            raise KeyError(f"the program has no method {name!r}, only {sorted(self._methods)}")
        method = self._methods[name]
        if method is None:
            method = self._methods[name] = Method(self._program.load_method(name))
        return method

    def metadata(self, method_name: str) -> MethodMeta:
        """What the program says about a method, which need not be loaded."""
        return self._program.method_meta(method_name)

    def write_etdump_result_to_file(self, etdump_path: str, debug_buffer_path: str) -> None:
        """Writes the recorded events and intermediate values to files."""
        self._program.write_etdump_result_to_file(etdump_path, debug_buffer_path)


class BackendRegistry:
    """The backends that are linked into the runtime."""

    def __init__(self, legacy_module: ModuleType) -> None:
        self._module = legacy_module

    @property
    def registered_backend_names(self) -> list[str]:
        return self._module._get_registered_backend_names()

    def is_available(self, backend_name: str) -> bool:
        """Whether the backend is registered and can run on this machine."""
        return self._module._is_available(backend_name)


class OperatorRegistry:
    """The operators that are linked into the runtime."""

    def __init__(self, legacy_module: ModuleType) -> None:
        self._module = legacy_module

    @property
    def operator_names(self) -> set[str]:
        """Names with overload, such as "aten::add.out"."""
        return set(self._module._get_operator_names())


class Runtime:
    """The runtime, of which there is one per process; see `Runtime.get()`.

    Attributes:
        backend_registry: The backends that it can use.
        operator_registry: The operators that it can run.
    """

    @staticmethod
    @functools.lru_cache(maxsize=1)
    def get() -> "Runtime":
        return Runtime(legacy_module=portable_lib)

    def __init__(self, *, legacy_module: ModuleType) -> None:
        self.backend_registry = BackendRegistry(legacy_module)
        self.operator_registry = OperatorRegistry(legacy_module)
        self._module = legacy_module

    def load_program(
        self,
        data: bytes | bytearray | BinaryIO | Path | str,
        *,
        verification: Verification = Verification.InternalConsistency,
        enable_etdump: bool = False,
        debug_buffer_size: int = 0,
        data_path: Path | str | None = None,
    ) -> Program:
        """Loads a program.

        Args:
            data: The program, or a file opened for reading in binary mode, or the path of a file,
                which is mapped into memory and must not be changed as long as the program is in
                use.
            verification: How much of the program is checked.
            enable_etdump: Whether to record events while methods run.
            debug_buffer_size: Bytes for recorded intermediate values.
            data_path: The data file (.ptd) of the program, if it has one.
        """
        options: dict[str, Any] = {
            "enable_etdump": enable_etdump,
            "debug_buffer_size": debug_buffer_size,
            "program_verification": verification,
            "data_path": None if data_path is None else str(data_path),
        }
        if isinstance(data, (Path, str)):
            return Program(self._module._load_program(str(data), **options), None)
        if isinstance(data, (bytes, bytearray)):
            content = bytes(data)
        elif hasattr(data, "read"):
            content = data.read()
        else:
            raise TypeError(
                "Expected data to be bytes, bytearray, a path to a .pte file, or a file-like "
                f"object, but got {type(data).__name__}."
            )
        return Program(self._module._load_program_from_buffer(content, **options), content)
