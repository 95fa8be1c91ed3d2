# SPDX-License-Identifier: BSD-3-Clause
"""A part of a program that a backend has compiled."""

from __future__ import annotations

from typing import Any

from torch import fx, nn
from torch.export import ExportedProgram

from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.delegate import executorch_call_delegate


class LoweredBackendModule(nn.Module):
    """What a backend made of a part of a program, and that part.

    Calling it runs the original part in PyTorch. `meta["debug_handle_map"]` relates the backend's
    identifiers to the debug handles of the original nodes.
    """

    def __init__(
        self,
        edge_program: ExportedProgram,
        backend_id: str,
        processed_bytes: bytes,
        compile_specs: list[CompileSpec],
        named_data_store_output: NamedDataStoreOutput | None = None,
    ) -> None:
        super().__init__()
        self._original_exported_program = edge_program
        self._backend_id = backend_id
        self._processed_bytes = processed_bytes
        self._compile_specs = compile_specs
        self._named_data_store_output = named_data_store_output
        self.meta: dict[str, Any] = {}

    @property
    def backend_id(self) -> str:
        return self._backend_id

    @property
    def processed_bytes(self) -> bytes:
        return self._processed_bytes

    @property
    def compile_specs(self) -> list[CompileSpec]:
        return self._compile_specs

    @property
    def original_module(self) -> ExportedProgram:
        return self._original_exported_program

    @property
    def named_data_store_output(self) -> NamedDataStoreOutput | None:
        return self._named_data_store_output

    def forward(self, *args: Any) -> Any:
        return self._original_exported_program.module()(*args)

    def __deepcopy__(self, memo: dict[int, Any]) -> LoweredBackendModule:
        # Nothing in it ever changes.
        return self


def get_lowered_submodules(
    graph_module: fx.GraphModule,
) -> list[tuple[str, LoweredBackendModule, fx.Node]]:
    """(attribute name, lowered module, calling node) of every delegate call, in graph order."""
    found = []
    for node in graph_module.graph.find_nodes(
        op="call_function", target=executorch_call_delegate, sort=True
    ):
        name = str(node.args[0].target)
        found.append((name, getattr(graph_module, name), node))
    return found


def get_lowered_backend_modules(graph_module: fx.GraphModule) -> list[LoweredBackendModule]:
    return [module for _, module, _ in get_lowered_submodules(graph_module)]
