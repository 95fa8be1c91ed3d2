# SPDX-License-Identifier: BSD-3-Clause
"""The stages of an export: captured program, edge program, program file."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from importlib import import_module
from io import BufferedIOBase
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from torch import fx
from torch._export.verifier import SpecViolationError
from torch._ops import OpOverload
from torch.export import ExportedProgram

from executorch.exir._serialize._cord import Cord
from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir._serialize.atomic_file import write_atomically
from executorch.exir.backend.backend_api import MethodProgramsPartitionerSpec, to_backend
from executorch.exir.backend.partitioner import Partitioner
from executorch.exir.capture._config import EdgeCompileConfig, ExecutorchBackendConfig
from executorch.exir.constants import remove_unused_constants
from executorch.exir.copy_program import copy_program
from executorch.exir.decomposition import decompose
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.graph_module import all_graph_modules, origin
from executorch.exir.kernel_check import check_kernels
from executorch.exir.pass_base import (
    ExportedProgramPassBase,
    ExportedProgramPassResult,
    PassType,
)
from executorch.exir.pass_manager import ExportedProgramPassManager, PassManager
from executorch.exir.passes.aten_to_edge_pass import AtenToEdgePass
from executorch.exir.passes.constant_prop_pass import constant_prop_pass
from executorch.exir.passes.external_constants_pass import (
    DEFAULT_FILE,
    external_constants_pass,
    external_mutable_weights_pass,
)
from executorch.exir.passes.insert_write_back_for_buffers_pass import (
    insert_write_back_for_buffers_pass,
)
from executorch.exir.passes.memory_planning_pass import MemoryPlanningPass
from executorch.exir.passes.optimize.names import MEMORY_OPTIMIZATIONS
from executorch.exir.passes.optimize.optimize import optimize
from executorch.exir.passes.propagate_device_pass import PropagateDevicePass
from executorch.exir.passes.reinplace import (
    DEFAULT_INPLACEABLE_OPS,
    reinplace_pass,
    update_state_in_place,
)
from executorch.exir.passes.replace_view_copy_with_view_pass import ReplaceViewCopyWithViewPass
from executorch.exir.passes.spec_prop_pass import SpecPropPass
from executorch.exir.passes.unfunctionalize_pass import unfunctionalize_pass
from executorch.exir.passes.weights_to_outputs_pass import weights_to_outputs_pass
from executorch.exir.progress import stage
from executorch.exir.schema import Program
from executorch.exir.verification.verifier import EXIREdgeDialectVerifier

if TYPE_CHECKING:
    from executorch.devtools.etrecord import ETRecord
    from executorch.exir.report import Report

Programs = ExportedProgram | dict[str, ExportedProgram]
_MethodPasses = Sequence[PassType] | PassManager
Passes = _MethodPasses | Mapping[str, _MethodPasses]
Partitioners = Partitioner | list[Partitioner] | dict[str, list[Partitioner]] | None


def _by_method(programs: Programs) -> dict[str, ExportedProgram]:
    methods = programs if isinstance(programs, dict) else {"forward": programs}
    for name, program in methods.items():
        if not isinstance(program, ExportedProgram):
            raise TypeError(
                f"method {name} is a {type(program).__name__}, not an ExportedProgram; capture the "
                "model first: torch.export.export(model, example_inputs)"
            )
    return methods


def _for_method(setting: Any, method: str) -> Any:
    """A setting that is either one value for all methods or a dictionary by method name."""
    return setting[method] if isinstance(setting, dict) else setting


def to_edge(
    programs: Programs,
    constant_methods: dict[str, Any] | None = None,
    compile_config: EdgeCompileConfig | None = None,
    generate_etrecord: bool = False,
) -> EdgeProgramManager:
    """Decomposes captured programs to core ATen and converts them to the edge dialect.

    programs: one program (method "forward"), or several by method name; they are not changed.
    constant_methods: methods that only return the given value.
    Raises `SpecViolationError` naming node and source line if the result breaks a rule.
    """
    config = _config(compile_config, EdgeCompileConfig)
    edge = {name: _to_edge_program(p, config) for name, p in _by_method(programs).items()}
    manager = EdgeProgramManager(edge, constant_methods, config)
    if generate_etrecord:
        manager._etrecord = _record(programs, manager)
    return manager


def to_edge_transform_and_lower(
    programs: Programs,
    transform_passes: Passes | None = None,
    partitioner: Partitioners = None,
    constant_methods: dict[str, Any] | None = None,
    compile_config: EdgeCompileConfig | None = None,
    generate_etrecord: bool = False,
) -> EdgeProgramManager:
    """`to_edge`, then `transform` with the passes, then `to_backend` with the partitioners.

    Operators that a partitioner asks for are not decomposed.
    """
    config = _config(compile_config, EdgeCompileConfig)
    methods = _by_method(programs)
    partitioners = _partitioners_by_method(partitioner, methods)
    # Names, by method, of nodes whose operators a partitioner wanted whole but then did not take.
    refused: dict[str, set[str]] = {name: set() for name in methods}
    while True:
        edge = {
            name: _to_edge_for(program, config, partitioners.get(name, []), refused[name])
            for name, program in methods.items()
        }
        # What the partitioners want to have whole is in order until they have left it behind.
        wanted = set[OpOverload]().union(*(ops for _, ops in edge.values()))
        lenient = _with_exceptions(config, None, list(wanted))
        manager = EdgeProgramManager(
            {name: program for name, (program, _) in edge.items()}, constant_methods, lenient
        )
        if transform_passes is not None:
            manager = manager.transform(transform_passes)
        before = manager
        if partitioners:
            manager = manager.to_backend(partitioners)
        left = {n: _origins(manager.exported_program(n), edge[n][1]) for n in methods}
        if all(left[name] <= refused[name] for name in methods):
            if wanted:
                manager = manager._checked(config)
            if generate_etrecord:
                # Of the program before delegation: its nodes are what debug handles refer to.
                manager._etrecord = _record(programs, before)
            return manager
        for name in methods:
            refused[name] |= left[name]


def _to_edge_for(
    program: ExportedProgram,
    config: EdgeCompileConfig,
    partitioners: Sequence[Partitioner],
    refused: Collection[str],
) -> tuple[ExportedProgram, set[OpOverload]]:
    """An edge program in which the operators that the partitioners ask for are whole; and these.

    refused: names of captured nodes that are decomposed all the same.
    """
    wanted: list[tuple[set[OpOverload], Callable[[fx.Node], bool] | None]] = []
    for partitioner in partitioners:
        program = partitioner.transform_for_pre_decomposition(program)
        ops, check = partitioner.ops_to_not_decompose(program)
        wanted.append((set(ops), check))
    always = {*config.preserve_ops, *config._core_aten_ops_exception_list}

    def is_preserved(node: fx.Node, op: OpOverload) -> bool:
        return op in always or (
            node.name not in refused
            and any(
                op in ops and (check is None or op is not node.target or check(node))
                for ops, check in wanted
            )
        )

    asked_for: set[OpOverload] = set().union(*(ops for ops, _ in wanted)) - always
    edge = _to_edge_program(program, config, always | asked_for, is_preserved)
    return edge, asked_for


def _origins(program: ExportedProgram, ops: Collection[OpOverload]) -> set[str]:
    """Names of the captured nodes that operators in `ops` come from."""
    return {
        origin(node)
        for module in all_graph_modules(program.graph_module)
        for node in module.graph.nodes
        if isinstance(node.target, EdgeOpOverload) and node.target._op in ops
    }


_Config = TypeVar("_Config", EdgeCompileConfig, ExecutorchBackendConfig)


def _config(config: _Config | None, kind: type[_Config]) -> _Config:
    if config is None:
        return kind()
    if not isinstance(config, kind):
        raise TypeError(f"{kind.__name__} is expected as the configuration, got {config!r}")
    return config


def _record(programs: Programs, edge: EdgeProgramManager) -> ETRecord:
    """The record of an export so far."""
    from executorch.devtools.etrecord import ETRecord

    record = ETRecord()
    record.add_exported_program(programs)
    record.add_edge_dialect_program(edge)
    return record


def _partitioners_by_method(
    partitioner: Partitioners, methods: Mapping[str, Any]
) -> dict[str, list[Partitioner]]:
    if not partitioner:
        return {}
    if isinstance(partitioner, dict):
        unknown = partitioner.keys() - methods.keys()
        if unknown:
            raise KeyError(f"partitioners are given for unknown methods {sorted(unknown)}")
        return {n: p if isinstance(p, list) else [p] for n, p in partitioner.items()}
    items = partitioner if isinstance(partitioner, list) else [partitioner]
    for item in items:
        if not isinstance(item, Partitioner):
            raise TypeError(f"a partitioner is expected, got a {type(item).__name__}")
    return dict.fromkeys(methods, items)


def _to_edge_program(
    program: ExportedProgram,
    config: EdgeCompileConfig,
    preserve: Collection[OpOverload] | None = None,
    is_preserved: Callable[[fx.Node, OpOverload], bool] | None = None,
) -> ExportedProgram:
    if preserve is None:
        preserve = {*config.preserve_ops, *config._core_aten_ops_exception_list}
    with stage("edge dialect"):
        core = decompose(program, preserve, is_preserved)
        edge = AtenToEdgePass(config)(core).exported_program
        _verify(edge, _with_exceptions(config, None, list(preserve)))
    return edge


def _verify(program: ExportedProgram, config: EdgeCompileConfig) -> None:
    verifier = EXIREdgeDialectVerifier(config, class_only=True)
    program._verifiers = [verifier]
    if not config._check_ir_validity:
        return
    try:
        verifier().check(program)
    except SpecViolationError:
        # Torch's part of the check comes first and names no node; this does.
        verifier()(program.graph_module)
        raise


def edge_to_executorch_passes(
    config: ExecutorchBackendConfig,
    name: str | None = None,
    edge_compile_config: EdgeCompileConfig | None = None,
) -> list[PassType]:
    """The passes, in order, that prepare method `name` for memory planning."""
    method = name or "forward"
    planning = _for_method(config.memory_planning_pass, method)
    # A buffer that another method changes is not a constant in this one.
    is_shared = getattr(planning, "share_mutable_buffers", False)
    names = set(config.graph_optimizations)
    if config.external_constants or is_shared:
        # Users find constants by name, or other methods change them: they stay what they are.
        names.discard("fold_batch_norm")
    return [
        *config.passes,
        _ProgramPass(weights_to_outputs_pass),
        _ProgramPass(partial(optimize, names=names)),
        *_constant_passes(config, include_buffers=not is_shared),
        _ProgramPass(unfunctionalize_pass),
        _ProgramPass(partial(_reinplace, config)),
        SpecPropPass(),
        _propagate_device_pass(config, method),
        *([ReplaceViewCopyWithViewPass()] if config.remove_view_copy else []),
        _for_method(config.sym_shape_eval_pass, method),
        _ProgramPass(insert_write_back_for_buffers_pass),
        config.to_out_var_pass,
    ]


def _constant_passes(config: ExecutorchBackendConfig, include_buffers: bool) -> list[PassType]:
    passes: list[PassType] = []
    if config.external_constants:
        # Users find external constants by name, so these stay what they are.
        choice = config.external_constants
        tag = choice if callable(choice) else lambda node: DEFAULT_FILE
        passes.append(partial(external_constants_pass, gen_tag_fn=tag))
    else:
        is_on = "fold_constants" in config.graph_optimizations
        fold = constant_prop_pass if is_on else remove_unused_constants
        passes.append(_ProgramPass(partial(fold, include_buffers=include_buffers)))
    if config.external_mutable_weights:
        passes.append(_ProgramPass(lambda ep: external_mutable_weights_pass(ep.graph_module, ep)))
    return passes


def _reinplace(config: ExecutorchBackendConfig, program: ExportedProgram) -> None:
    if config.run_reinplace_pass:
        reinplace_pass(
            program, DEFAULT_INPLACEABLE_OPS | (config.reinplace_extra_ops or frozenset())
        )
    else:
        update_state_in_place(program)


def _propagate_device_pass(config: ExecutorchBackendConfig, method: str) -> PropagateDevicePass:
    device = _for_method(config.propagate_device_config, method)
    return PropagateDevicePass(
        _for_method(device.skip_h2d_for_method_inputs, method),
        _for_method(device.skip_d2h_for_method_outputs, method),
        config.enable_non_cpu_memory_planning,
    )


class _ProgramPass(ExportedProgramPassBase):
    """A function that changes a program in place, as a pass."""

    def __init__(self, function: Callable[[ExportedProgram], object]) -> None:
        self._function = function

    def call(self, exported_program: ExportedProgram) -> ExportedProgramPassResult:
        self._function(exported_program)
        return ExportedProgramPassResult(exported_program, True)


def _to_executorch_program(
    program: ExportedProgram, name: str, config: ExecutorchBackendConfig
) -> ExportedProgram:
    program = copy_program(program)
    passes = edge_to_executorch_passes(config, name)
    with stage("optimize", name):
        program = ExportedProgramPassManager(passes)(program).exported_program
    planning = _for_method(config.memory_planning_pass, name)
    if isinstance(planning, MemoryPlanningPass):
        planning.enable_non_cpu_memory_planning = config.enable_non_cpu_memory_planning
        planning.memory_optimizations = set(config.graph_optimizations) & set(MEMORY_OPTIMIZATIONS)
    with stage("plan memory", name):
        if hasattr(planning, "run"):
            result = planning.run(program.graph_module, program.graph_signature)
        else:
            result = planning(program.graph_module)
    if result is not None:
        program._graph_module = result.graph_module
    program.graph_module.recompile()
    return program


def _with_exceptions(
    config: EdgeCompileConfig,
    exceptions: list[OpOverload] | None,
    preserve_ops: list[OpOverload] | None,
) -> EdgeCompileConfig:
    if not exceptions and not preserve_ops:
        return config
    return replace(
        config,
        _core_aten_ops_exception_list=[
            *config._core_aten_ops_exception_list,
            *(exceptions or ()),
        ],
        preserve_ops=[*config.preserve_ops, *(preserve_ops or ())],
    )


def _transform(
    self: ExportedProgram, *passes: PassType, override_verifiers: list[Any] | None = None
) -> ExportedProgram:
    """Applies passes to a copy of a program."""
    manager = ExportedProgramPassManager(list(passes))
    result = manager(copy_program(self), override_verifiers).exported_program
    for module in all_graph_modules(result.graph_module):
        module.recompile()
    return result


class EdgeProgramManager:
    """Edge programs by method name. Methods of the manager return new managers."""

    def __init__(
        self,
        edge_programs: Programs,
        constant_methods: dict[str, Any] | None = None,
        compile_config: EdgeCompileConfig | None = None,
        core_aten_ops_exception_list: list[OpOverload] | None = None,
        preserve_ops: list[OpOverload] | None = None,
    ) -> None:
        self.compile_config = _with_exceptions(
            compile_config or EdgeCompileConfig(), core_aten_ops_exception_list, preserve_ops
        )
        self._edge_programs = _by_method(edge_programs)
        self._config_methods = constant_methods
        self._etrecord: ETRecord | None = None

    @property
    def methods(self) -> set[str]:
        """Names of the methods that compute something."""
        return set(self._edge_programs)

    @property
    def config_methods(self) -> set[str]:
        """Names of the methods that return a constant."""
        return set(self._config_methods or {})

    def exported_program(self, method_name: str = "forward") -> ExportedProgram:
        """The program of a method; KeyError if there is none."""
        return self._edge_programs[method_name]

    def transform(
        self, passes: Passes, compile_config: EdgeCompileConfig | None = None
    ) -> EdgeProgramManager:
        """Applies passes to copies of the programs.

        passes: a list or pass manager for all methods, or by method name; methods without one
            are kept.
        compile_config: rules that the results are checked against, by default those of `to_edge`.
        """
        config = compile_config or self.compile_config
        programs = dict(self._edge_programs)
        for name, program in self._edge_programs.items():
            items = passes.get(name) if isinstance(passes, Mapping) else passes
            if items is None:
                continue
            with stage("passes", name):
                items = [items] if isinstance(items, PassManager) else items
                program = _transform(program, *items)
                _verify(program, config)
            programs[name] = program
        return self._successor(programs, config)

    def _checked(self, config: EdgeCompileConfig) -> EdgeProgramManager:
        """The same programs, checked against the rules of `config`."""
        for program in self._edge_programs.values():
            _verify(program, config)
        return self._successor(self._edge_programs, config)

    def to_backend(
        self, partitioner: Partitioner | list[Partitioner] | dict[str, list[Partitioner]]
    ) -> EdgeProgramManager:
        """Hands the nodes that partitioners tag to their backends.

        partitioner: for all methods, or by method name; several are applied one after another.
        """
        partitioners = _partitioners_by_method(partitioner, self._edge_programs)
        programs = dict(self._edge_programs)
        for round_ in range(max(map(len, partitioners.values()), default=0)):
            active = {name: p[round_] for name, p in partitioners.items() if round_ < len(p)}
            with stage("delegates"):
                programs = to_backend(MethodProgramsPartitionerSpec(programs, active))
        return self._successor(programs, self.compile_config)._checked(self.compile_config)

    def _successor(
        self, programs: dict[str, ExportedProgram], config: EdgeCompileConfig
    ) -> EdgeProgramManager:
        manager = EdgeProgramManager(programs, self._config_methods, config)
        manager._etrecord = self._etrecord
        return manager

    def to_executorch(
        self, config: ExecutorchBackendConfig | None = None
    ) -> ExecutorchProgramManager:
        """Plans memory and makes everything ready to be written to a file.

        The edge programs stay as they are, so this may be called again with another `config`.
        Raises `RuntimeError` naming every operator without an out variant. Warns, or raises if
        `config.target_kernels` says so, naming every operator that the target has no kernel for.
        """
        config = _config(config, ExecutorchBackendConfig)
        programs = {
            name: _to_executorch_program(program, name, config)
            for name, program in self._edge_programs.items()
        }
        check_kernels(programs, config.target_kernels)
        plan_together = getattr(config.memory_planning_pass, "run_multimethod", None)
        if plan_together is not None:
            plan_together()
        manager = ExecutorchProgramManager(programs, self._config_methods, config)
        if self._etrecord is not None:
            manager._etrecord = self._etrecord.copy()
            manager._etrecord.add_executorch_program(manager)
        return manager


class ExecutorchProgramManager:
    """Programs that are ready to be written to a `.pte` file (and `.ptd` files beside it)."""

    def __init__(
        self,
        execution_programs: dict[str, ExportedProgram],
        config_methods: dict[str, Any] | None = None,
        backend_config: ExecutorchBackendConfig | None = None,
        named_data: NamedDataStoreOutput | None = None,
    ) -> None:
        from executorch.exir.emit import emit_program

        self._execution_programs = execution_programs
        self._config_methods = config_methods
        self._backend_config = backend_config or ExecutorchBackendConfig()
        self._named_data = named_data
        self._etrecord: ETRecord | None = None
        with stage("emit"):
            self._emitter_output = emit_program(
                execution_programs,
                self._backend_config.emit_stacktrace,
                config_methods,
                self._backend_config.emit_mutable_buffer_names,
            )

    @property
    def _tensor_data(self) -> dict[str, Cord]:
        """The `.ptd` files by name, without extension."""
        return self._files[1]

    @cached_property
    def _files(self) -> tuple[Cord, dict[str, Cord]]:
        from executorch.exir._serialize._serialize import serialize_for_executorch
        from executorch.extension.flat_tensor.serialize.serialize import FlatTensorSerializer

        return serialize_for_executorch(
            self._emitter_output, self._backend_config, FlatTensorSerializer(), self._named_data
        )

    @property
    def methods(self) -> set[str]:
        """Names of the methods that compute something."""
        return set(self._execution_programs)

    @property
    def config_methods(self) -> set[str]:
        """Names of the methods that return a constant."""
        return set(self._config_methods or {})

    def exported_program(self, method_name: str = "forward") -> ExportedProgram:
        """The program of a method as it was written; KeyError if there is none."""
        return self._execution_programs[method_name]

    def dump_executorch_program(self, verbose: bool = False, out: TextIO | None = None) -> None:
        """Prints the program: its instructions or, with `verbose`, every field."""
        from executorch.exir.print_program import pretty_print, print_program

        if verbose:
            pretty_print(self.executorch_program, out=out)
        else:
            print_program(self.executorch_program, out=out)

    @property
    def executorch_program(self) -> Program:
        """The program as plain data."""
        return self._emitter_output.program

    @property
    def debug_handle_map(self) -> dict[str, dict[int, int | list[int]]]:
        """By method and instruction: the debug handles of the nodes it comes from."""
        return self._emitter_output.debug_handle_map

    @property
    def delegate_map(self) -> dict[str, dict[int, dict[str, Any]]]:
        """By method and instruction: what a delegate said about its nodes."""
        return self._emitter_output.method_to_delegate_debug_id_map

    @property
    def instruction_id_to_num_outs_map(self) -> dict[str, dict[int, int]]:
        return self._emitter_output.instruction_id_to_num_outs_map

    def get_etrecord(self) -> ETRecord:
        """The record of the export. RuntimeError unless `generate_etrecord` was given."""
        if self._etrecord is None:
            raise RuntimeError("ETRecord was not generated")
        return self._etrecord

    def report(self) -> Report:
        """What is in the program: `print` it, or `save` it as .html, .json or .txt."""
        from executorch.exir.report import report_of_manager

        return report_of_manager(self)

    @property
    def buffer(self) -> bytes:
        """The whole `.pte` file. For large models prefer `write_to_file` or `save`."""
        return bytes(self._files[0])

    def write_to_file(self, open_file: BufferedIOBase) -> None:
        """Writes the `.pte` file to `open_file`, without assembling it in memory first."""
        with stage("write"):
            self._files[0].write_to_file(open_file)

    def write_tensor_data_to_file(self, outdir: str | os.PathLike[str]) -> None:
        """Writes the external constants, one `.ptd` file each, to `outdir`."""
        for name, data in self._files[1].items():
            file_name = name if name.endswith(".ptd") else f"{name}.ptd"
            write_atomically(os.path.join(outdir, file_name), data.write_to_file)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the `.pte` file to `path`, which afterwards is either complete or unchanged."""
        path = os.fspath(path)
        if not path.endswith(".pte"):
            raise ValueError(f"program files end in .pte, got {path!r}")
        write_atomically(path, self.write_to_file)


_LEGACY = ("ExecutorchProgram", "ExirExportedProgram", "_to_edge")


def __getattr__(name: str) -> Any:
    # The first interface is built on this one.
    if name in _LEGACY:
        return getattr(import_module("executorch.exir.program._exir_exported_program"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
