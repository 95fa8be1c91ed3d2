# SPDX-License-Identifier: BSD-3-Clause
"""Exporting with recipes: stages, sessions, recipes of backends, and their combination."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import Mock, call, patch

import pytest
import torch
from torch.export import Dim

from executorch.exir import EdgeCompileConfig, ExecutorchBackendConfig
from executorch.exir.backend.test.op_partitioner_demo import AddMulPartitionerDemo
from executorch.exir.pass_manager import ExportedProgramPassManager, PassManager
from executorch.export import (
    AOQuantizationConfig,
    BackendRecipeProvider,
    ExportRecipe,
    ExportSession,
    LoweringRecipe,
    QuantizationRecipe,
    RecipeType,
    StageType,
    export,
    recipe_registry,
    stages,
)
from executorch.export.recipe import Mode
from executorch.export.stages import PipelineArtifact, QuantizeStage, SourceTransformStage, Stage
from executorch.export.target_recipes import get_android_recipe, get_ios_recipe
from executorch.util.activation_memory_profiler import generate_memory_trace

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Affine(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x) * 2 + 1


MODEL = Affine().eval()
INPUT = (torch.randn(2, 4),)
SEPARATE = [
    StageType.TORCH_EXPORT,
    StageType.TO_EDGE,
    StageType.EDGE_PROGRAM_MANAGER_TRANSFORM,
    StageType.TO_BACKEND,
    StageType.TO_EXECUTORCH,
]


def test_a_module_becomes_a_program_that_runs(tmp_path: Path) -> None:
    session = export(MODEL, [INPUT], ExportRecipe())
    assert list(session.get_stage_artifacts()) == [
        StageType.SOURCE_TRANSFORM,
        StageType.QUANTIZE,
        StageType.TORCH_EXPORT,
        StageType.TO_EDGE_TRANSFORM_AND_LOWER,
        StageType.TO_EXECUTORCH,
    ]
    torch.testing.assert_close(session.run_method()[0], MODEL(*INPUT))
    other = (torch.ones(2, 4),)
    torch.testing.assert_close(session.run_method(example_inputs=other)[0], MODEL(*other))
    session.save_to_pte(str(tmp_path / "model"))
    assert (tmp_path / "model.pte").read_bytes() == session.get_pte_buffer()
    assert session.get_executorch_program().execution_plan[0].name == "forward"
    for artifact in session.get_stage_artifacts().values():
        assert artifact.get_context("duration_ms") >= 0


def test_methods_shapes_and_constants() -> None:
    shapes = {"b": {"x": {0: Dim("n", max=8)}}}
    inputs = {"a": [INPUT], "b": [INPUT]}
    session = export(
        {"a": MODEL, "b": MODEL}, inputs, dynamic_shapes=shapes, constant_methods={"c": 3}
    )
    assert session.get_executorch_program_manager().methods == {"a", "b"}
    assert session.run_method("c", ())[0] == 3
    longer = (torch.randn(7, 4),)
    torch.testing.assert_close(session.run_method("b", longer)[0], MODEL(*longer))
    only = export(MODEL, [INPUT], dynamic_shapes={"x": {0: Dim("n", max=8)}})
    torch.testing.assert_close(only.run_method("forward", longer)[0], MODEL(*longer))


def test_programs_and_files_are_lowered_only(tmp_path: Path) -> None:
    program = torch.export.export(MODEL, INPUT)
    torch.export.save(program, tmp_path / "model.pt2")
    models: list[Any] = [program, {"forward": program}, str(tmp_path / "model.pt2")]
    for model in models:
        session = export(model)
        assert StageType.TORCH_EXPORT not in session.get_stage_artifacts()
        torch.testing.assert_close(session.run_method("forward", INPUT)[0], MODEL(*INPUT))
    with pytest.raises(ValueError, match="Cannot run TORCH_EXPORT"):
        export(program, export_recipe=ExportRecipe(pipeline_stages=[StageType.TORCH_EXPORT]))


@pytest.mark.parametrize("pipeline", [None, SEPARATE])
def test_partitioners_and_passes(
    pipeline: list[StageType] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Any] = []

    def aten_pass(method: str, program: Any) -> Any:
        seen.append(method)
        return program

    def edge_passes(method: str, program: Any) -> list[Any]:
        return [lambda module: seen.append(type(module))]

    lowering = LoweringRecipe([AddMulPartitionerDemo()], [edge_passes])
    recipe = ExportRecipe(
        aten_transform_passes=[aten_pass], lowering_recipe=lowering, pipeline_stages=pipeline
    )
    session = export(MODEL, [INPUT], recipe)
    assert seen[0] == "forward" and issubclass(seen[1], torch.fx.GraphModule)
    artifact = session.get_stage_artifacts()[StageType.TO_EXECUTORCH]
    assert artifact.get_context("delegation_info").num_delegated_subgraphs >= 1
    session.print_delegation_info()
    assert "Total delegated subgraphs" in capsys.readouterr().out


def test_pass_managers_are_passes() -> None:
    seen: list[Any] = []
    passes = PassManager([lambda module: seen.append(module)])
    recipe = ExportRecipe(lowering_recipe=LoweringRecipe(edge_transform_passes=[lambda *_: passes]))
    session = export(MODEL, [INPUT], recipe)
    assert len(seen) == 1
    session.get_edge_program_manager().transform({"forward": ExportedProgramPassManager([passes])})
    assert len(seen) == 2


def test_a_registered_stage_is_used() -> None:
    program = torch.export.export(MODEL, INPUT)

    class Captured(Stage):
        stage_type = StageType.TORCH_EXPORT
        valid_predecessor_stages: list[StageType] = []
        can_start_pipeline = True

        def run(self, artifact: PipelineArtifact) -> None:
            self._artifact = artifact.copy_with_new_data({"forward": program})

    session = ExportSession(MODEL, [INPUT], ExportRecipe(pipeline_stages=[StageType.TORCH_EXPORT]))
    session.register_stage(StageType.TORCH_EXPORT, Captured())
    session.export()
    assert session.get_exported_program() is program


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match=r"Invalid transition from StageType.TORCH_EXPORT"):
        pipeline = [StageType.TORCH_EXPORT, StageType.TO_EXECUTORCH]
        export(MODEL, [INPUT], ExportRecipe(pipeline_stages=pipeline))
    with pytest.raises(ValueError, match="cannot start a pipeline"):
        export(MODEL, [INPUT], ExportRecipe(pipeline_stages=[StageType.TO_EXECUTORCH]))
    with pytest.raises(ValueError, match="example_inputs are required"):
        export(MODEL)
    with pytest.raises(TypeError, match="Unsupported model type"):
        export(3, [INPUT])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Example inputs for method a not found"):
        export({"a": MODEL}, [INPUT])
    session = export(MODEL, [INPUT], ExportRecipe(pipeline_stages=[StageType.TORCH_EXPORT]))
    for attempt in (
        session.get_edge_program_manager,
        session.get_pte_buffer,
        session.run_method,
        session.print_delegation_info,
        session.get_etrecord,
    ):
        with pytest.raises(RuntimeError, match=r"(?i)stage|first"):
            attempt()
    with pytest.raises(KeyError, match="not found in exported programs"):
        session.get_exported_program("other")
    with pytest.raises(AssertionError, match="Need a valid output name"):
        session.save_to_pte("")


# --- quantization -------------------------------------------------------------------------------


def artifact_of(model: torch.nn.Module) -> PipelineArtifact:
    context = {"example_inputs": {"forward": [INPUT]}, "dynamic_shapes": {}}
    return PipelineArtifact({"forward": model}, context)


def test_source_transform_quantizes_a_copy() -> None:
    recipe = QuantizationRecipe(ao_quantization_configs=[AOQuantizationConfig("config")])
    with (
        patch.object(stages, "quantize_", create=True) as quantize,
        patch.object(stages, "unwrap_tensor_subclass", create=True),
    ):
        for in_place in (False, True):
            stage = SourceTransformStage(recipe, in_place)
            stage.run(artifact_of(MODEL))
            result = stage.get_artifacts().data["forward"]
            assert (result is MODEL) == in_place
            assert quantize.call_args == call(result, "config", None)


@pytest.mark.parametrize("is_qat", [False, True])
def test_quantize_prepares_calibrates_or_trains_and_converts(is_qat: bool) -> None:
    names = ["prepare_pt2e", "prepare_qat_pt2e", "convert_pt2e", "ComposableQuantizer"]
    names += ["allow_exported_model_train_eval", "TorchAOPT2EQuantizer"]
    names += ["move_exported_model_to_train", "move_exported_model_to_eval"]
    log = Mock()
    patches = [patch.object(stages, name, getattr(log, name), create=True) for name in names]
    recipe = QuantizationRecipe(
        quantizers=["quantizer"], is_qat=is_qat, train_fn=log.train if is_qat else None
    )
    stage = QuantizeStage(recipe)
    log.TorchAOPT2EQuantizer = type("Quantizer", (), {})
    patches[5] = patch.object(stages, "TorchAOPT2EQuantizer", log.TorchAOPT2EQuantizer, create=True)
    for item in patches:
        item.start()
    try:
        stage.run(artifact_of(MODEL))
    finally:
        for item in patches:
            item.stop()
    called = [name for name, _, _ in log.mock_calls]
    if is_qat:
        assert called == [
            "prepare_qat_pt2e",
            "allow_exported_model_train_eval",
            "move_exported_model_to_train",
            "train",
            "move_exported_model_to_eval",
            "convert_pt2e",
        ]
    else:
        assert called == ["prepare_pt2e", "prepare_pt2e()", "convert_pt2e"]
    assert stage.get_artifacts().data["forward"] is log.convert_pt2e.return_value


def test_training_needs_a_function() -> None:
    stage = QuantizeStage(QuantizationRecipe(quantizers=["quantizer"], is_qat=True))
    quantizer = type("Quantizer", (), {})
    with (
        patch.object(stages, "TorchAOPT2EQuantizer", quantizer, create=True),
        pytest.raises(ValueError, match="train_fn must be provided"),
    ):
        stage.run(artifact_of(MODEL))


# --- recipes ------------------------------------------------------------------------------------


class DemoRecipeType(RecipeType):
    PLAIN = "plain"
    OTHER = "other"

    @classmethod
    def get_backend_name(cls) -> str:
        return "demo"


class DemoProvider(BackendRecipeProvider):
    @property
    def backend_name(self) -> str:
        return "demo"

    def get_supported_recipes(self) -> list[RecipeType]:
        return [DemoRecipeType.PLAIN]

    def create_recipe(self, recipe_type: RecipeType, **kwargs: Any) -> ExportRecipe | None:
        return ExportRecipe(name=kwargs.get("name")) if self.supports_recipe(recipe_type) else None


def test_recipes_of_backends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe_registry, "_providers", {})
    with pytest.raises(ValueError, match="Backend 'demo' not available"):
        ExportRecipe.get_recipe(DemoRecipeType.PLAIN)
    recipe_registry.register_backend_recipe_provider(DemoProvider())
    assert recipe_registry.list_backends() == ["demo"]
    assert ExportRecipe.get_recipe(DemoRecipeType.PLAIN, name="n").name == "n"
    with pytest.raises(
        ValueError, match=r"'other' not supported by 'demo'. Supported: \['plain'\]"
    ):
        ExportRecipe.get_recipe(DemoRecipeType.OTHER)
    with pytest.raises(ValueError, match="Invalid recipe type"):
        ExportRecipe.get_recipe("plain")  # type: ignore[arg-type]


def test_combining() -> None:
    config = ExecutorchBackendConfig(segment_alignment=64)
    first = ExportRecipe(
        "a",
        QuantizationRecipe(quantizers=[1]),
        lowering_recipe=LoweringRecipe(["p"]),  # type: ignore[list-item]
        executorch_backend_config=config,
    )
    second = ExportRecipe(
        "b",
        QuantizationRecipe(quantizers=[2], dynamic_batch_size=True),
        lowering_recipe=LoweringRecipe(["q"], edge_compile_config=EdgeCompileConfig()),  # type: ignore[list-item]
    )
    both = ExportRecipe.combine([first, second])
    assert both.name == "a_b"
    assert both.executorch_backend_config is config
    assert both.quantization_recipe == QuantizationRecipe(
        quantizers=[1, 2], dynamic_batch_size=True
    )
    assert both.lowering_recipe == LoweringRecipe(["p", "q"], None, None, EdgeCompileConfig())  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ({"mode": Mode.DEBUG}, {}, "conflicting 'mode'"),
        ({"strict": False}, {}, "conflicting 'strict'"),
        ({"pipeline_stages": SEPARATE}, {}, "conflicting 'pipeline_stages'"),
        (
            {"lowering_recipe": LoweringRecipe(partitioners={"x": ["p"]})},  # type: ignore[list-item]
            {"lowering_recipe": LoweringRecipe(partitioners=["p"])},  # type: ignore[list-item]
            "mix list-valued and dict-valued",
        ),
        (
            {"lowering_recipe": LoweringRecipe(edge_compile_config=EdgeCompileConfig())},
            {
                "lowering_recipe": LoweringRecipe(
                    edge_compile_config=EdgeCompileConfig(_skip_dim_order=True)
                )
            },
            "disagree on _skip_dim_order",
        ),
    ],
)
def test_contradictions(left: dict[str, Any], right: dict[str, Any], message: str) -> None:
    recipes = [ExportRecipe("a", **left), ExportRecipe("b", **right)]
    with pytest.raises(ValueError, match=message):
        ExportRecipe.combine(recipes)


def test_recipes_of_devices_name_what_is_not_installed() -> None:
    with pytest.raises(ValueError, match="Unsupported iOS configuration: 'x'"):
        get_ios_recipe("x")
    with pytest.raises(ValueError, match=r"needs executorch.backends.apple.coreml"):
        get_ios_recipe()
    with pytest.raises(ValueError, match=r"needs executorch.backends.qualcomm"):
        get_android_recipe()


# --- memory -------------------------------------------------------------------------------------


def test_memory_trace(tmp_path: Path) -> None:
    session = export(MODEL, [INPUT])
    manager = session.get_executorch_program_manager()
    path = tmp_path / "trace.json"
    for offsets in (False, True):
        generate_memory_trace(manager, str(path), offsets)
        events = json.loads(path.read_text())["traceEvents"]
        by_step: dict[int, list[Any]] = {}
        for event in events:
            by_step.setdefault(event["tid"], []).append(event)
        assert {"x", "aten_addmm_default"} <= {event["name"] for event in events}
        for live in by_step.values():
            ranges = sorted((event["ts"], event["ts"] + event["dur"]) for event in live)
            assert all(end <= start for (_, end), (start, _) in pairwise(ranges))
    (args, *_) = [event["args"] for event in events if event["name"] == "aten_addmm_default"]
    assert args["op_name"] == "aten.addmm.out" and args["fqn"] == "linear"
    assert args["bytes"] == 2 * 3 * 4 and "self.linear(x)" in args["source"]
    with pytest.raises(ValueError, match="expects ExecutorchProgramManager"):
        generate_memory_trace(session.get_edge_program_manager(), str(path))
