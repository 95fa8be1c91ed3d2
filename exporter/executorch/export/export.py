# SPDX-License-Identifier: BSD-3-Clause
"""An export as a sequence of stages, and the function that runs the usual one."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.export import ExportedProgram

from executorch.exir import EdgeProgramManager, ExecutorchProgramManager
from executorch.exir._warnings import experimental
from executorch.exir.schema import Program
from executorch.export.recipe import ExportRecipe
from executorch.export.stages import (
    EdgeProgramManagerTransformStage,
    EdgeTransformAndLowerStage,
    ExecutorchStage,
    PipelineArtifact,
    QuantizeStage,
    SourceTransformStage,
    Stage,
    ToBackendStage,
    ToEdgeStage,
    TorchExportStage,
)
from executorch.export.types import StageType
from executorch.extension.export_util.utils import save_pte_program

_Model = torch.nn.Module | torch.fx.GraphModule | ExportedProgram
Model = _Model | dict[str, _Model] | str
Inputs = list[tuple[Any, ...]] | dict[str, list[tuple[Any, ...]]]

_LOWER = [StageType.TO_EDGE_TRANSFORM_AND_LOWER, StageType.TO_EXECUTORCH]
_PIPELINES = {
    "nn.Module": [
        StageType.SOURCE_TRANSFORM,
        StageType.QUANTIZE,
        StageType.TORCH_EXPORT,
        *_LOWER,
    ],
    "GraphModule": [StageType.TORCH_EXPORT, *_LOWER],
    "ExportedProgram": _LOWER,
}
_FOR_MODULES = (StageType.TORCH_EXPORT, StageType.SOURCE_TRANSFORM, StageType.QUANTIZE)


def export(
    model: Model,
    example_inputs: Inputs | None = None,
    export_recipe: ExportRecipe | None = None,
    name: str | None = None,
    dynamic_shapes: Any | dict[str, Any] | None = None,
    constant_methods: dict[str, Any] | None = None,
    artifact_dir: str | None = None,
    generate_etrecord: bool = False,
) -> ExportSession:
    """Exports a model by a recipe; the session that is returned has the program and all between.

    model: a module, a graph module, an exported program or the path of one (`torch.export.save`),
        or a dictionary of modules or programs by method name.
    example_inputs: inputs, or inputs by method name. The first is captured with, all calibrate a
        quantized model. Not needed for exported programs.
    export_recipe: None is `ExportRecipe()`: no quantization, no backend.
    dynamic_shapes: as of `torch.export.export`, for one method or by method name.
    constant_methods: methods that only return the given value.
    artifact_dir: told to the stages; those here write nothing.
    """
    session = ExportSession(
        model,
        example_inputs,
        export_recipe,
        name,
        dynamic_shapes,
        constant_methods,
        artifact_dir,
        generate_etrecord,
    )
    session.export()
    return session


@experimental("This API and all of its related functionality such as ExportRecipe may change")
class ExportSession:
    """Runs the stages of a recipe. `register_stage` replaces one before `export` runs them."""

    def __init__(
        self,
        model: Model,
        example_inputs: Inputs | None = None,
        export_recipe: ExportRecipe | None = None,
        name: str | None = None,
        dynamic_shapes: Any | dict[str, Any] | None = None,
        constant_methods: dict[str, Any] | None = None,
        artifact_dir: str | None = None,
        generate_etrecord: bool | None = False,
    ) -> None:
        """See `export` for the arguments."""
        if isinstance(model, str):
            model = torch.export.load(model)
        self._input_model_type = self._detect_model_type(model)
        self._model: dict[str, Any] = model if isinstance(model, dict) else {"forward": model}
        if example_inputs is None and self._input_model_type != "ExportedProgram":
            raise ValueError(
                f"example_inputs are required when model is {self._input_model_type}. "
                "Only ExportedProgram inputs can omit example_inputs."
            )
        if isinstance(example_inputs, dict):
            self._example_inputs = example_inputs
        else:
            self._example_inputs = {} if example_inputs is None else {"forward": example_inputs}
        self._dynamic_shapes = _shapes_by_method(dynamic_shapes, self._model)
        self._export_recipe = ExportRecipe() if export_recipe is None else export_recipe
        self._quant_recipe = self._export_recipe.quantization_recipe
        self._lowering_recipe = self._export_recipe.lowering_recipe
        self._pipeline_stages = self._export_recipe.pipeline_stages or self._get_default_pipeline()
        misplaced = [stage for stage in _FOR_MODULES if stage in self._pipeline_stages]
        if misplaced and self._input_model_type == "ExportedProgram":
            names = ", ".join(stage.name for stage in misplaced)
            raise ValueError(
                f"Cannot run {names} stage(s) with ExportedProgram input. ExportedProgram is "
                f"already exported. Remove {names} from pipeline_stages or use "
                "nn.Module/GraphModule input."
            )
        self._stage_registry = self._build_stages(self._pipeline_stages)
        self._run_context: dict[str, Any] = {
            "example_inputs": self._example_inputs,
            "dynamic_shapes": self._dynamic_shapes,
            "constant_methods": constant_methods,
            "export_recipe": self._export_recipe,
            "session_name": name,
            "artifact_dir": artifact_dir,
            "generate_etrecord": bool(generate_etrecord),
        }
        self._stage_to_artifacts: dict[StageType, PipelineArtifact] = {}

    def _detect_model_type(self, model: Any) -> str:
        """The kind of model: "nn.Module", "GraphModule" or "ExportedProgram"."""
        if not isinstance(model, dict):
            for kind, name in (
                (ExportedProgram, "ExportedProgram"),
                (torch.fx.GraphModule, "GraphModule"),
                (torch.nn.Module, "nn.Module"),
            ):
                if isinstance(model, kind):
                    return name
            raise TypeError(f"Unsupported model type: {type(model)}")
        if not model:
            raise ValueError("a dictionary of models by method name is empty")
        kinds = {name: self._detect_model_type(item) for name, item in model.items()}
        if "ExportedProgram" in kinds.values() and len(set(kinds.values())) > 1:
            raise TypeError(f"models of different kinds cannot be exported together: {kinds}")
        return "GraphModule" if set(kinds.values()) == {"GraphModule"} else min(kinds.values())

    def _get_default_pipeline(self) -> list[StageType]:
        return list(_PIPELINES[self._input_model_type])

    def _build_stages(self, stages: list[StageType]) -> dict[StageType, Stage]:
        recipe = self._export_recipe
        builders = {
            StageType.SOURCE_TRANSFORM: lambda: SourceTransformStage(
                self._quant_recipe, recipe.source_transform_in_place
            ),
            StageType.QUANTIZE: lambda: QuantizeStage(self._quant_recipe),
            StageType.TORCH_EXPORT: lambda: TorchExportStage(
                recipe.aten_transform_passes, recipe.strict
            ),
            StageType.TO_EDGE_TRANSFORM_AND_LOWER: lambda: EdgeTransformAndLowerStage.from_recipe(
                self._lowering_recipe
            ),
            StageType.TO_EDGE: lambda: ToEdgeStage.from_recipe(self._lowering_recipe),
            StageType.EDGE_PROGRAM_MANAGER_TRANSFORM: lambda: (
                EdgeProgramManagerTransformStage.from_recipe(self._lowering_recipe)
            ),
            StageType.TO_BACKEND: lambda: ToBackendStage.from_recipe(self._lowering_recipe),
            StageType.TO_EXECUTORCH: lambda: ExecutorchStage(recipe.executorch_backend_config),
        }
        return {stage: builders[stage]() for stage in stages if stage in builders}

    def register_stage(self, stage_type: StageType, stage: Stage) -> None:
        """Uses `stage` wherever the sequence of stages has `stage_type`."""
        self._stage_registry[stage_type] = stage

    def get_registered_stage(self, stage_type: StageType) -> Stage | None:
        return self._stage_registry.get(stage_type)

    def get_all_registered_stages(self) -> dict[StageType, Stage]:
        return self._stage_registry

    def _validate_pipeline_sequence(self, stages: list[StageType]) -> None:
        if not stages:
            raise ValueError("Pipeline stages cannot be empty")
        before: StageType | None = None
        for name in stages:
            stage = self._stage_registry.get(name)
            if stage is None:
                raise ValueError(
                    f"Stage {name} not found in registry, register it using session.register_stage"
                )
            allowed = stage.valid_predecessor_stages
            if before is None:
                if not stage.can_start_pipeline:
                    raise ValueError(f"Stage {name} cannot start a pipeline. ")
            elif before not in allowed:
                raise ValueError(
                    f"Invalid transition from {before} to {name}. Valid predecessors for {name}: "
                    f"{allowed}"
                )
            before = name

    def export(self) -> None:
        """Runs all stages.

        Raises ValueError if they do not fit each other, and what the stages raise.
        """
        self._run_pipeline()

    def _run_pipeline(self) -> None:
        self._validate_pipeline_sequence(self._pipeline_stages)
        artifact = PipelineArtifact(self._model, self._run_context)
        for name in self._pipeline_stages:
            stage = self._stage_registry[name]
            start = time.perf_counter()
            stage.run(artifact)
            made = stage.get_artifacts()
            artifact = made.copy_with_new_data(made.data)
            artifact.add_context("duration_ms", round((time.perf_counter() - start) * 1000))
            self._stage_to_artifacts[name] = artifact

    def get_stage_artifacts(self) -> dict[StageType, PipelineArtifact]:
        """What each stage made; its context says how long it took (`duration_ms`)."""
        return self._stage_to_artifacts

    def get_example_input(self, method_name: str = "forward") -> tuple[Any, ...]:
        """The first example input of a method; KeyError or ValueError if there is none."""
        if method_name not in self._example_inputs:
            raise KeyError(f"Method name '{method_name}' not found in example inputs")
        if not self._example_inputs[method_name]:
            raise ValueError(f"Example inputs list for method {method_name} is empty")
        return self._example_inputs[method_name][0]

    def get_exported_program(self, method_name: str = "forward") -> ExportedProgram:
        """The captured program of a method.

        Raises RuntimeError if the stage TORCH_EXPORT did not run, KeyError without such a method.
        """
        artifact = self._stage_to_artifacts.get(StageType.TORCH_EXPORT)
        if artifact is None:
            raise RuntimeError("Exported program is not available. Run Torch Export Stage first.")
        programs: dict[str, ExportedProgram] = artifact.data
        if method_name not in programs:
            raise KeyError(
                f"Method name '{method_name}' not found in exported programs. "
                f"Available methods: {list(programs)}"
            )
        return programs[method_name]

    def get_edge_program_manager(self) -> EdgeProgramManager:
        """The edge programs after the last stage that made some; RuntimeError if none did."""
        for stage in (
            StageType.TO_EDGE_TRANSFORM_AND_LOWER,
            StageType.TO_BACKEND,
            StageType.EDGE_PROGRAM_MANAGER_TRANSFORM,
            StageType.TO_EDGE,
        ):
            if stage in self._stage_to_artifacts:
                manager: EdgeProgramManager = self._stage_to_artifacts[stage].data
                return manager
        raise RuntimeError(
            "Edge program manager is not available. Run one of the edge stages first: "
            "TO_EDGE_TRANSFORM_AND_LOWER, TO_EDGE, EDGE_PROGRAM_MANAGER_TRANSFORM, or TO_BACKEND."
        )

    def get_executorch_program_manager(self) -> ExecutorchProgramManager:
        """The finished programs; RuntimeError if the stage TO_EXECUTORCH did not run."""
        artifact = self._stage_to_artifacts.get(StageType.TO_EXECUTORCH)
        if artifact is None:
            raise RuntimeError(
                "Executorch program manager is not initialized. Run Executorch Stage first."
            )
        manager: ExecutorchProgramManager = artifact.data
        return manager

    def get_executorch_program(self) -> Program:
        """The program as plain data."""
        return self.get_executorch_program_manager().executorch_program

    def get_pte_buffer(self) -> bytes:
        """The whole `.pte` file."""
        return self.get_executorch_program_manager().buffer

    def save_to_pte(self, output_name: str) -> None:
        """Writes the program, and its external constants beside it.

        output_name: path of the file, with or without `.pte`.
        """
        assert output_name, "Need a valid output name"
        directory, name = os.path.split(output_name)
        save_pte_program(self.get_executorch_program_manager(), name, directory)

    def get_etrecord(self) -> Any:
        """The ETRecord; RuntimeError if the session was not told to generate one."""
        manager: Any = self.get_executorch_program_manager()
        if not self._run_context["generate_etrecord"]:
            raise RuntimeError("ETRecord was not generated")
        return manager.get_etrecord()

    def run_method(
        self, method_name: str = "forward", example_inputs: tuple[Any, ...] | None = None
    ) -> Sequence[Any]:
        """Runs a method of the program with the Python runtime.

        example_inputs: None takes the first example input of the method.
        """
        from executorch.runtime import Runtime

        buffer = self.get_pte_buffer()
        inputs = self.get_example_input(method_name) if example_inputs is None else example_inputs
        method = Runtime.get().load_program(buffer).load_method(method_name)
        if method is None:
            raise RuntimeError(f"the program has no method {method_name}")
        return method.execute(inputs)

    def print_delegation_info(self) -> None:
        """Prints what backends do, for each method; RuntimeError if no stage found it out."""
        infos = [
            artifact.get_context("delegation_info_by_method")
            for artifact in self._stage_to_artifacts.values()
        ]
        found = next((info for info in reversed(infos) if info is not None), None)
        if found is None:
            raise RuntimeError(
                "Delegation info is not available. Run TO_EDGE_TRANSFORM_AND_LOWER or TO_BACKEND "
                "first."
            )
        for method, info in found.items():
            print(f"Delegation info for method '{method}':")
            print(info.get_summary())
            print(info.get_operator_delegation_dataframe().to_string())


def _shapes_by_method(shapes: Any, methods: Mapping[str, Any]) -> dict[str, Any]:
    """`shapes` by method name; a dictionary with other keys is by input of the only method."""
    if not shapes:
        return {}
    if isinstance(shapes, dict) and shapes.keys() <= methods.keys():
        return shapes
    if len(methods) > 1:
        raise ValueError(
            f"dynamic_shapes have to be given by method name ({sorted(methods)}), got {shapes}"
        )
    return dict.fromkeys(methods, shapes)
