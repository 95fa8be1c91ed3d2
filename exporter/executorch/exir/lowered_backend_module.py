# SPDX-License-Identifier: BSD-3-Clause
"""A part of a program that a backend has compiled."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from torch import fx, nn
from torch.export import ExportedProgram
from torch.export.graph_signature import (
    ExportGraphSignature,
    InputKind,
    OutputKind,
    OutputSpec,
    TensorArgument,
)

from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.schema import Program

if TYPE_CHECKING:
    from executorch.exir.passes import MemoryPlanningPass
    from executorch.exir.program._program import ExecutorchProgramManager


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

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return executorch_call_delegate(self, *args, **kwargs)

    def program(
        self, emit_stacktrace: bool = False, memory_planning: MemoryPlanningPass | None = None
    ) -> Program:
        """A program whose one method, "forward", calls the backend."""
        return self._manager(emit_stacktrace, memory_planning).executorch_program

    def buffer(
        self,
        extract_delegate_segments: bool = False,
        segment_alignment: int = 128,
        constant_tensor_alignment: int | None = None,
        delegate_alignment: int | None = None,
        memory_planning: MemoryPlanningPass | None = None,
    ) -> bytes:
        """The `.pte` file of `program()`."""
        return self._manager(
            False,
            memory_planning,
            extract_delegate_segments=extract_delegate_segments,
            segment_alignment=segment_alignment,
            constant_tensor_alignment=constant_tensor_alignment,
            delegate_alignment=delegate_alignment,
        ).buffer

    def _manager(
        self,
        emit_stacktrace: bool,
        memory_planning: MemoryPlanningPass | None,
        **options: Any,
    ) -> ExecutorchProgramManager:
        from executorch.exir.capture._config import EdgeCompileConfig, ExecutorchBackendConfig
        from executorch.exir.program._program import EdgeProgramManager

        if memory_planning is not None:
            options["memory_planning_pass"] = memory_planning
        config = ExecutorchBackendConfig(emit_stacktrace=emit_stacktrace, **options)
        manager = EdgeProgramManager(
            program_that_calls(self), None, EdgeCompileConfig(_check_ir_validity=False)
        )
        return manager.to_executorch(config)

    def __deepcopy__(self, memo: dict[int, Any]) -> LoweredBackendModule:
        # Nothing in it ever changes.
        return self


def program_that_calls(module: LoweredBackendModule) -> ExportedProgram:
    """A program that passes its inputs to a lowered module and returns what that answers."""
    original = module.original_module
    signature = original.graph_signature
    graph = fx.Graph()
    arguments = []
    nodes = {node.name: node for node in original.graph.find_nodes(op="placeholder")}
    inputs = [s for s in signature.input_specs if s.kind == InputKind.USER_INPUT]
    for spec in inputs:
        node = graph.placeholder(spec.arg.name)
        node.name = spec.arg.name
        node.meta = dict(nodes[spec.arg.name].meta)
        arguments.append(node)
    attribute = graph.create_node("get_attr", "lowered_module_0")
    call = graph.call_function(executorch_call_delegate, (attribute, *arguments))
    outputs: list[fx.Node] = []
    specs: list[OutputSpec] = []
    returned = original.graph.output_node().args[0]
    for spec, value in zip(signature.output_specs, returned):
        if spec.kind == OutputKind.USER_OUTPUT:
            item = graph.call_function(operator.getitem, (call, len(outputs)))
            item.meta = {"val": value.meta["val"]}
            outputs.append(item)
            specs.append(OutputSpec(spec.kind, TensorArgument(name=item.name), None))
    call.meta["val"] = [item.meta["val"] for item in outputs]
    graph.output(tuple(outputs))
    root = nn.Module()
    root.lowered_module_0 = module
    return ExportedProgram(
        root=root,
        graph=graph,
        graph_signature=ExportGraphSignature(list(inputs), specs),
        state_dict={},
        range_constraints=dict(original.range_constraints),
        module_call_graph=original.module_call_graph,
        verifiers=original.verifiers,
    )


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
