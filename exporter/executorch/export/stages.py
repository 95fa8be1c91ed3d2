# SPDX-License-Identifier: BSD-3-Clause
"""The stages of an export. Each takes an artifact of the stage before it and makes the next."""

from __future__ import annotations

import copy
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import torch
from torch.export import ExportedProgram

from executorch.devtools.backend_debug import get_delegation_info
from executorch.exir import EdgeCompileConfig, EdgeProgramManager, ExecutorchBackendConfig
from executorch.exir.backend.backend_api import validation_disabled
from executorch.exir.pass_manager import PassManager
from executorch.exir.program import to_edge, to_edge_transform_and_lower
from executorch.export.recipe import (
    GraphPass,
    LoweringRecipe,
    Partitioners,
    Passes,
    QuantizationRecipe,
)
from executorch.export.types import StageType

EdgePasses = list[Callable[[str, ExportedProgram], Passes]]
ManagerPasses = list[Callable[[EdgeProgramManager], Passes]]

_PT2E = "torchao.quantization.pt2e"
# What comes from torchao, which is imported when something is quantized.
_TORCHAO = {
    "ComposableQuantizer": f"{_PT2E}.quantizer",
    "TorchAOPT2EQuantizer": f"{_PT2E}.quantizer",
    "allow_exported_model_train_eval": _PT2E,
    "convert_pt2e": f"{_PT2E}.quantize_pt2e",
    "move_exported_model_to_eval": _PT2E,
    "move_exported_model_to_train": _PT2E,
    "prepare_pt2e": f"{_PT2E}.quantize_pt2e",
    "prepare_qat_pt2e": f"{_PT2E}.quantize_pt2e",
    "quantize_": "torchao.quantization",
    "unwrap_tensor_subclass": "torchao.utils",
}


def __getattr__(name: str) -> Any:
    if name not in _TORCHAO:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(_TORCHAO[name])
    except ModuleNotFoundError as error:
        raise ImportError(
            "quantizing needs the package torchao, which is not installed: pip install torchao"
        ) from error
    return getattr(module, "Quantizer" if name == "TorchAOPT2EQuantizer" else name)


def _torchao(name: str) -> Any:
    return getattr(sys.modules[__name__], name)


class PipelineArtifact:
    """What a stage makes.

    data: models, programs, or a manager; models and programs are dictionaries by method name.
    context: what was given to the session (`example_inputs`, `dynamic_shapes` by method name,
        `constant_methods`, ...), and what stages found out.
    """

    def __init__(self, data: Any, context: dict[str, Any]) -> None:
        self.data = data
        self.context = context

    def add_context(self, key: str, value: Any) -> None:
        self.context[key] = value

    def get_context(self, key: str, default: Any = None) -> Any:
        return self.context.get(key, default)

    def copy_with_new_data(self, new_data: Any) -> PipelineArtifact:
        """An artifact with a copy of the context."""
        return PipelineArtifact(new_data, dict(self.context))


class Stage(ABC):
    """One step of an export. `run` keeps what it made for `get_artifacts`."""

    def __init__(self) -> None:
        self._artifact: PipelineArtifact | None = None

    @property
    @abstractmethod
    def stage_type(self) -> StageType: ...

    @property
    @abstractmethod
    def valid_predecessor_stages(self) -> list[StageType]:
        """The stages that may come right before this one."""

    @property
    @abstractmethod
    def can_start_pipeline(self) -> bool:
        """Whether this stage may be the first one."""

    @abstractmethod
    def run(self, artifact: PipelineArtifact) -> None:
        """Does the stage's work on what the stage before made."""

    def get_artifacts(self) -> PipelineArtifact:
        """What `run` made; RuntimeError if it did not run."""
        if self._artifact is None:
            raise RuntimeError(f"Stage: {type(self).__name__} not executed")
        return self._artifact


def _inputs(artifact: PipelineArtifact, method: str) -> list[tuple[Any, ...]]:
    inputs = (artifact.get_context("example_inputs") or {}).get(method)
    if not inputs:
        raise ValueError(f"Example inputs for method {method} not found or empty.")
    return list(inputs)


def _by_method(artifact: PipelineArtifact, stage: Stage) -> dict[str, Any]:
    if not isinstance(artifact.data, dict):
        raise TypeError(
            f"{type(stage).__name__} takes a dictionary by method name, got a "
            f"{type(artifact.data).__name__}"
        )
    return artifact.data


class SourceTransformStage(Stage):
    """Quantizes modules with torchao's `quantize_`, if the recipe says so."""

    def __init__(
        self, quantization_recipe: QuantizationRecipe | None, in_place: bool = False
    ) -> None:
        """in_place: change the given modules instead of copies."""
        super().__init__()
        self._quantization_recipe = quantization_recipe
        self._in_place = in_place

    @property
    def stage_type(self) -> StageType:
        return StageType.SOURCE_TRANSFORM

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return []

    @property
    def can_start_pipeline(self) -> bool:
        return True

    def run(self, artifact: PipelineArtifact) -> None:
        models = _by_method(artifact, self)
        recipe = self._quantization_recipe
        configs = (recipe and recipe.ao_quantization_configs) or []
        if not configs:
            self._artifact = artifact
            return
        if len(configs) > 1:
            raise ValueError(
                "AO quantization configs cannot be reliably composed together, multiple "
                "quantization configs are disallowed for source transform at this point"
            )
        if not self._in_place:
            # One copy of all, so that methods that shared a module still do.
            models = copy.deepcopy(models)
        for model in models.values():
            _torchao("quantize_")(model, configs[0].ao_base_config, configs[0].filter_fn)
            _torchao("unwrap_tensor_subclass")(model)
        self._artifact = artifact.copy_with_new_data(models)


class QuantizeStage(Stage):
    """Captures modules and quantizes them with PT2E, if the recipe has quantizers."""

    def __init__(self, quantization_recipe: QuantizationRecipe | None) -> None:
        super().__init__()
        self._quantization_recipe = quantization_recipe

    @property
    def stage_type(self) -> StageType:
        return StageType.QUANTIZE

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return [StageType.SOURCE_TRANSFORM]

    @property
    def can_start_pipeline(self) -> bool:
        return True

    def run(self, artifact: PipelineArtifact) -> None:
        recipe = self._quantization_recipe
        if recipe is None or not recipe.quantizers:
            self._artifact = artifact
            return
        models = {
            method: self._quantize(model, _inputs(artifact, method), recipe)
            for method, model in _by_method(artifact, self).items()
        }
        self._artifact = artifact.copy_with_new_data(models)

    def _quantize(
        self,
        model: torch.nn.Module,
        inputs: Sequence[tuple[Any, ...]],
        recipe: QuantizationRecipe,
    ) -> torch.fx.GraphModule:
        shapes = _batch_shapes(inputs[0]) if recipe.dynamic_batch_size else None
        captured: Any = torch.export.export(model, inputs[0], dynamic_shapes=shapes, strict=True)
        graph = self._apply_passes(captured.module(), recipe.pre_prepare_passes)
        quantizer = self._get_quantizer_for_prepare_pt2e(recipe.quantizers or [])
        if recipe.is_qat:
            if recipe.train_fn is None:
                raise ValueError("train_fn must be provided when is_qat=True")
            graph = _torchao("prepare_qat_pt2e")(graph, quantizer)
            _torchao("allow_exported_model_train_eval")(graph)
            _torchao("move_exported_model_to_train")(graph)
            graph = self._apply_passes(graph, recipe.post_prepare_passes)
            recipe.train_fn(graph)
            _torchao("move_exported_model_to_eval")(graph)
        else:
            graph = _torchao("prepare_pt2e")(graph, quantizer)
            graph = self._apply_passes(graph, recipe.post_prepare_passes)
            calibration: Iterable[tuple[Any, ...]] = (
                inputs if recipe.calibration_inputs_fn is None else recipe.calibration_inputs_fn()
            )
            for sample in calibration:
                graph(*sample)
        graph = self._apply_passes(graph, recipe.pre_convert_passes)
        return self._apply_passes(_torchao("convert_pt2e")(graph), recipe.post_convert_passes)

    @staticmethod
    def _apply_passes(
        model: torch.fx.GraphModule, passes: list[GraphPass] | None
    ) -> torch.fx.GraphModule:
        for pass_ in passes or []:
            model = pass_(model)
        return model

    def _get_quantizer_for_prepare_pt2e(self, quantizers: list[Any]) -> Any:
        if not quantizers:
            raise ValueError("No quantizers detected")
        if all(isinstance(item, _torchao("TorchAOPT2EQuantizer")) for item in quantizers):
            return _torchao("ComposableQuantizer")(quantizers)
        if len(quantizers) > 1:
            raise ValueError("Multiple quantizers of torch.ao.quantization.quantizer not supported")
        return quantizers[0]


def _batch_shapes(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    batch = torch.export.Dim("batch", min=1)
    return tuple(
        {0: batch} if isinstance(item, torch.Tensor) and item.dim() else None for item in inputs
    )


class TorchExportStage(Stage):
    """Captures modules with `torch.export.export`, from the first example input."""

    def __init__(
        self,
        aten_transform_passes: list[Callable[[str, ExportedProgram], ExportedProgram]]
        | None = None,
        strict: bool = True,
    ) -> None:
        super().__init__()
        self._aten_transform_passes = aten_transform_passes
        self.strict = strict

    @property
    def stage_type(self) -> StageType:
        return StageType.TORCH_EXPORT

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return [StageType.SOURCE_TRANSFORM, StageType.QUANTIZE]

    @property
    def can_start_pipeline(self) -> bool:
        return True

    def run(self, artifact: PipelineArtifact) -> None:
        dynamic_shapes = artifact.get_context("dynamic_shapes") or {}
        programs = {}
        for method, model in _by_method(artifact, self).items():
            if method not in (artifact.get_context("example_inputs") or {}):
                raise ValueError(f"Example inputs for method {method} not found.")
            program = torch.export.export(
                model,
                _inputs(artifact, method)[0],
                dynamic_shapes=dynamic_shapes.get(method),
                strict=self.strict,
            )
            for pass_ in self._aten_transform_passes or []:
                program = pass_(method, program)
            programs[method] = program
        self._artifact = artifact.copy_with_new_data(programs)


class _DelegatingStage(Stage):
    """A stage after which it is known what backends do."""

    @property
    def delegation_info(self) -> Any:
        """The `DelegationInfo` of "forward", or else of the first method; None before `run`."""
        return self.get_artifacts().get_context("delegation_info") if self._artifact else None

    @property
    def delegation_info_by_method(self) -> dict[str, Any]:
        """A `DelegationInfo` for each method."""
        if self._artifact is None:
            return {}
        return dict(self._artifact.get_context("delegation_info_by_method"))

    def _finish(self, artifact: PipelineArtifact, manager: EdgeProgramManager) -> None:
        self._artifact = artifact.copy_with_new_data(manager)
        _add_delegation_info_context(self._artifact, manager)


def _collect_delegation_info(edge_program_manager: EdgeProgramManager) -> dict[str, Any]:
    """A `DelegationInfo` for each method."""
    return {
        name: get_delegation_info(edge_program_manager.exported_program(name).graph_module)
        for name in sorted(edge_program_manager.methods)
    }


def _add_delegation_info_context(
    artifact: PipelineArtifact, edge_program_manager: EdgeProgramManager
) -> None:
    by_method = _collect_delegation_info(edge_program_manager)
    artifact.add_context("delegation_info_by_method", by_method)
    first = next(iter(by_method.values()), None)
    artifact.add_context("delegation_info", by_method.get("forward", first))


def _edge_passes(
    functions: EdgePasses | None, programs: Mapping[str, ExportedProgram]
) -> PassManager | dict[str, list[Any]] | None:
    """What the functions answer for each method; a pass manager is for all methods and alone."""
    passes: dict[str, list[Any]] = {}
    for function in functions or []:
        if not callable(function):
            raise ValueError("Transform passes must be a callable that resolves to passes")
        for method, program in programs.items():
            answer = function(method, program)
            if isinstance(answer, PassManager):
                return answer
            passes.setdefault(method, []).extend(answer)
    return _drop_empty(passes) or None


def _drop_empty(passes_by_method: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {method: passes for method, passes in passes_by_method.items() if passes}


class EdgeTransformAndLowerStage(_DelegatingStage):
    """`to_edge_transform_and_lower`."""

    def __init__(
        self,
        partitioners: Partitioners | None = None,
        transform_passes: EdgePasses | None = None,
        compile_config: EdgeCompileConfig | None = None,
    ) -> None:
        super().__init__()
        self._partitioners = partitioners
        self._transform_passes = transform_passes
        self._compile_config = compile_config

    @classmethod
    def from_recipe(cls, lowering_recipe: LoweringRecipe | None) -> EdgeTransformAndLowerStage:
        if lowering_recipe is None:
            return cls()
        return cls(
            lowering_recipe.partitioners,
            lowering_recipe.edge_transform_passes,
            lowering_recipe.edge_compile_config,
        )

    @property
    def stage_type(self) -> StageType:
        return StageType.TO_EDGE_TRANSFORM_AND_LOWER

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return [StageType.TORCH_EXPORT]

    @property
    def can_start_pipeline(self) -> bool:
        return True

    def run(self, artifact: PipelineArtifact) -> None:
        programs = _by_method(artifact, self)
        manager = to_edge_transform_and_lower(
            programs,
            partitioner=self._partitioners,
            transform_passes=_edge_passes(self._transform_passes, programs),
            constant_methods=artifact.get_context("constant_methods"),
            compile_config=self._compile_config,
            generate_etrecord=artifact.get_context("generate_etrecord", False),
        )
        self._finish(artifact, manager)


class ToEdgeStage(Stage):
    """`to_edge`."""

    def __init__(self, edge_compile_config: EdgeCompileConfig | None = None) -> None:
        super().__init__()
        self._edge_compile_config = edge_compile_config

    @classmethod
    def from_recipe(cls, lowering_recipe: LoweringRecipe | None) -> ToEdgeStage:
        return cls(lowering_recipe.edge_compile_config if lowering_recipe else None)

    @property
    def stage_type(self) -> StageType:
        return StageType.TO_EDGE

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return [StageType.TORCH_EXPORT]

    @property
    def can_start_pipeline(self) -> bool:
        return True

    def run(self, artifact: PipelineArtifact) -> None:
        manager = to_edge(
            _by_method(artifact, self),
            constant_methods=artifact.get_context("constant_methods"),
            compile_config=self._edge_compile_config,
            generate_etrecord=artifact.get_context("generate_etrecord", False),
        )
        self._artifact = artifact.copy_with_new_data(manager)


class EdgeProgramManagerTransformStage(Stage):
    """Passes on edge programs that are made by functions which see them."""

    def __init__(
        self,
        edge_transform_passes: EdgePasses | None = None,
        edge_manager_transform_passes: ManagerPasses | None = None,
    ) -> None:
        super().__init__()
        self._edge_transform_passes = edge_transform_passes
        self._edge_manager_transform_passes = edge_manager_transform_passes

    @classmethod
    def from_recipe(
        cls, lowering_recipe: LoweringRecipe | None
    ) -> EdgeProgramManagerTransformStage:
        if lowering_recipe is None:
            return cls()
        return cls(
            lowering_recipe.edge_transform_passes, lowering_recipe.edge_manager_transform_passes
        )

    @property
    def stage_type(self) -> StageType:
        return StageType.EDGE_PROGRAM_MANAGER_TRANSFORM

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return [StageType.TO_EDGE, StageType.TO_EDGE_TRANSFORM_AND_LOWER]

    @property
    def can_start_pipeline(self) -> bool:
        return False

    def run(self, artifact: PipelineArtifact) -> None:
        manager = artifact.data
        if not isinstance(manager, EdgeProgramManager):
            raise TypeError(f"Expected EdgeProgramManager but got {type(manager)}")
        if self._edge_transform_passes:
            programs = {name: manager.exported_program(name) for name in sorted(manager.methods)}
            passes = _edge_passes(self._edge_transform_passes, programs)
            if passes is not None:
                manager = manager.transform(passes)
        for function in self._edge_manager_transform_passes or []:
            answer = function(manager)
            if answer:
                manager = manager.transform(answer)
        self._artifact = artifact.copy_with_new_data(manager)


class ToBackendStage(_DelegatingStage):
    """`EdgeProgramManager.to_backend` with one partitioner after another."""

    def __init__(self, partitioners: Partitioners | None = None) -> None:
        super().__init__()
        self._partitioners = partitioners

    @classmethod
    def from_recipe(cls, lowering_recipe: LoweringRecipe | None) -> ToBackendStage:
        return cls(lowering_recipe.partitioners if lowering_recipe else None)

    @property
    def stage_type(self) -> StageType:
        return StageType.TO_BACKEND

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return [StageType.TO_EDGE, StageType.EDGE_PROGRAM_MANAGER_TRANSFORM]

    @property
    def can_start_pipeline(self) -> bool:
        return False

    def run(self, artifact: PipelineArtifact) -> None:
        manager = artifact.data
        if manager is None:
            raise RuntimeError("Edge program manager is not set.")
        with validation_disabled():
            for partitioner in self._rounds():
                manager = manager.to_backend(partitioner)
        self._finish(artifact, manager)

    def _rounds(self) -> list[Any]:
        """The partitioners of each call of `to_backend`."""
        if not isinstance(self._partitioners, dict):
            return list(self._partitioners or [])
        by_method = self._partitioners
        return [
            {name: items[index] for name, items in by_method.items() if index < len(items)}
            for index in range(max(map(len, by_method.values()), default=0))
        ]


class ExecutorchStage(Stage):
    """`EdgeProgramManager.to_executorch`."""

    def __init__(self, backend_config: ExecutorchBackendConfig | None) -> None:
        super().__init__()
        self._backend_config = backend_config

    @property
    def stage_type(self) -> StageType:
        return StageType.TO_EXECUTORCH

    @property
    def valid_predecessor_stages(self) -> list[StageType]:
        return [
            StageType.TO_EDGE_TRANSFORM_AND_LOWER,
            StageType.TO_BACKEND,
            StageType.EDGE_PROGRAM_MANAGER_TRANSFORM,
        ]

    @property
    def can_start_pipeline(self) -> bool:
        return False

    def run(self, artifact: PipelineArtifact) -> None:
        if artifact.data is None:
            raise RuntimeError("Edge program manager is not set.")
        manager = artifact.data.to_executorch(self._backend_config)
        self._artifact = artifact.copy_with_new_data(manager)
