# SPDX-License-Identifier: BSD-3-Clause
"""Recipes: everything that an export is told, as one value."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import Enum, EnumMeta
from itertools import chain
from typing import TYPE_CHECKING, Any

from executorch.exir import EdgeCompileConfig, EdgeProgramManager, ExecutorchBackendConfig
from executorch.exir._warnings import experimental
from executorch.exir.backend.partitioner import Partitioner
from executorch.exir.pass_base import PassType
from executorch.exir.pass_manager import PassManager
from executorch.export.types import StageType

if TYPE_CHECKING:
    import torch
    from torch.export import ExportedProgram

Passes = list[PassType] | PassManager
Partitioners = list[Partitioner] | dict[str, list[Partitioner]]
GraphPass = Callable[["torch.fx.GraphModule"], "torch.fx.GraphModule"]


class RecipeTypeMeta(EnumMeta, ABCMeta):
    """Lets an enumeration have abstract methods."""


class RecipeType(Enum, metaclass=RecipeTypeMeta):
    """Names of recipes; each backend derives an enumeration of its own."""

    @classmethod
    @abstractmethod
    def get_backend_name(cls) -> str:
        """The name of the backend whose provider makes these recipes."""


class Mode(str, Enum):
    """What the program is for."""

    DEBUG = "debug"
    RELEASE = "release"


@dataclass
class AOQuantizationConfig:
    """A configuration of torchao's `quantize_`."""

    ao_base_config: Any
    # Answers for a module and its name whether it is quantized; None is torchao's default.
    filter_fn: Callable[[torch.nn.Module, str], bool] | None = None


@dataclass
class QuantizationRecipe:
    """How a model is quantized. Functions on graphs get a graph module and return one."""

    # Quantizers of PT2E, for the stage QUANTIZE.
    quantizers: list[Any] | None = None
    # For the stage SOURCE_TRANSFORM, at most one.
    ao_quantization_configs: list[AOQuantizationConfig] | None = None
    # Train with simulated quantization, instead of calibrating with inputs.
    is_qat: bool = False
    # Let the first dimension of calibration and training inputs vary.
    dynamic_batch_size: bool = False
    # Inputs to calibrate with; None takes the example inputs.
    calibration_inputs_fn: Callable[[], Iterable[tuple[Any, ...]]] | None = None
    # Trains the prepared model; required if `is_qat`.
    train_fn: Callable[[torch.fx.GraphModule], None] | None = None
    # Run on the captured model, on the prepared one before and after calibration or training,
    # and on the quantized one.
    pre_prepare_passes: list[GraphPass] | None = None
    post_prepare_passes: list[GraphPass] | None = None
    pre_convert_passes: list[GraphPass] | None = None
    post_convert_passes: list[GraphPass] | None = None

    def get_quantizers(self) -> list[Any] | None:
        return self.quantizers


@dataclass
class LoweringRecipe:
    """How a captured program becomes an edge program with delegates."""

    # For all methods, or by method name.
    partitioners: Partitioners | None = None
    # Answer, for a method's name and program, passes to run while lowering.
    edge_transform_passes: list[Callable[[str, ExportedProgram], Passes]] | None = None
    # Answer passes for the manager; they run one after another.
    edge_manager_transform_passes: list[Callable[[EdgeProgramManager], Passes]] | None = None
    edge_compile_config: EdgeCompileConfig | None = None


@experimental("This API and all of its related functionality such as ExportSession may change")
@dataclass
class ExportRecipe:
    """Everything that `executorch.export.export` is told besides the model and its inputs."""

    name: str | None = None
    quantization_recipe: QuantizationRecipe | None = None
    # Change captured programs, given with the method's name, before they become edge programs.
    aten_transform_passes: list[Callable[[str, ExportedProgram], ExportedProgram]] | None = None
    # Let SOURCE_TRANSFORM change the given model instead of a copy: saves memory.
    source_transform_in_place: bool = False
    lowering_recipe: LoweringRecipe | None = None
    executorch_backend_config: ExecutorchBackendConfig | None = None
    # None is the usual sequence for the kind of model.
    pipeline_stages: list[StageType] | None = None
    mode: Mode = Mode.RELEASE
    # The argument `strict` of `torch.export.export`.
    strict: bool = True

    @classmethod
    def get_recipe(cls, recipe: RecipeType, **kwargs: Any) -> ExportRecipe:
        """Makes a backend's recipe.

        recipe: says which one, and so which backend.
        kwargs: parameters of the recipe.
        Raises ValueError if there is no such backend or recipe.
        """
        from executorch.export.recipe_registry import recipe_registry

        if not isinstance(recipe, RecipeType):
            raise ValueError(f"Invalid recipe type: {recipe}")
        backend = recipe.get_backend_name()
        result = recipe_registry.create_recipe(recipe, backend, **kwargs)
        if result is None:
            supported = [item.value for item in recipe_registry.get_supported_recipes(backend)]
            raise ValueError(
                f"Recipe '{recipe.value}' not supported by '{backend}'. Supported: {supported}"
            )
        return result

    @classmethod
    def combine(cls, recipes: list[ExportRecipe], recipe_name: str | None = None) -> ExportRecipe:
        """One recipe that does what all of `recipes` say, for several backends in one program.

        Lists are concatenated in the order of the recipes; the first backend configuration is
        taken. Raises ValueError if the recipes contradict each other.
        recipe_name: None joins the names of the recipes.
        """
        if not recipes:
            raise ValueError("Recipes cannot be empty")
        if len(recipes) == 1:
            return recipes[0]
        stages = [
            None if recipe.pipeline_stages is None else tuple(recipe.pipeline_stages)
            for recipe in recipes
        ]
        agreed = {
            name: _agreed(name, [getattr(recipe, name) for recipe in recipes])
            for name in ("strict", "mode", "source_transform_in_place")
        }
        pipeline = _agreed("pipeline_stages", stages)
        configs = _given([recipe.executorch_backend_config for recipe in recipes])
        return cls(
            name=recipe_name or "_".join(_given([recipe.name for recipe in recipes])),
            quantization_recipe=_combine_quantization(recipes),
            aten_transform_passes=_joined(recipes, "aten_transform_passes"),
            lowering_recipe=_combine_lowering(recipes),
            executorch_backend_config=configs[0] if configs else None,
            pipeline_stages=None if pipeline is None else list(pipeline),
            **agreed,
        )


def _given(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _joined(items: Iterable[Any], name: str) -> Any:
    """The lists of all items, one after another; None if they are all empty."""
    return list(chain.from_iterable(getattr(item, name) or () for item in items)) or None


def _agreed(name: str, values: Sequence[Any]) -> Any:
    distinct = set(values)
    if len(distinct) > 1:
        raise ValueError(f"Cannot combine recipes with conflicting '{name}' values: {distinct}")
    return values[0]


def _combine_quantization(recipes: Sequence[ExportRecipe]) -> QuantizationRecipe | None:
    parts: list[QuantizationRecipe] = _given(recipe.quantization_recipe for recipe in recipes)
    lists = {
        field.name: _joined(parts, field.name)
        for field in fields(QuantizationRecipe)
        if field.name.endswith(("_passes", "_configs", "quantizers"))
    }
    functions: dict[str, Any] = {}
    for name in ("train_fn", "calibration_inputs_fn"):
        given = _given(getattr(part, name) for part in parts)
        if len(given) > 1:
            raise ValueError(f"Cannot combine recipes: more than one recipe provides a {name}.")
        functions[name] = given[0] if given else None
    if not any(lists.values()) and not any(functions.values()):
        return None
    return QuantizationRecipe(
        is_qat=_agreed("is_qat", [part.is_qat for part in parts]),
        dynamic_batch_size=any(part.dynamic_batch_size for part in parts),
        **lists,
        **functions,
    )


def _combine_lowering(recipes: Sequence[ExportRecipe]) -> LoweringRecipe | None:
    named: list[tuple[str | None, LoweringRecipe]] = [
        (recipe.name, recipe.lowering_recipe)
        for recipe in recipes
        if recipe.lowering_recipe is not None
    ]
    parts = [part for _, part in named]
    partitioners = _combine_partitioners(parts)
    before = _joined(parts, "edge_transform_passes")
    after = _joined(parts, "edge_manager_transform_passes")
    configs = [
        (name, part.edge_compile_config)
        for name, part in named
        if part.edge_compile_config is not None
    ]
    if not (partitioners or before or after or configs):
        return None
    return LoweringRecipe(partitioners, before, after, _combine_edge_configs(configs))


def _combine_partitioners(parts: Sequence[LoweringRecipe]) -> Partitioners | None:
    given: list[Partitioners] = [part.partitioners for part in parts if part.partitioners]
    by_method = [item for item in given if isinstance(item, dict)]
    for_all = [item for item in given if isinstance(item, list)]
    if by_method and for_all:
        raise ValueError(
            "Cannot combine recipes that mix list-valued and dict-valued partitioners; convert "
            "the list-valued recipe to per-method form."
        )
    if not by_method:
        return [partitioner for item in for_all for partitioner in item] or None
    result: dict[str, list[Partitioner]] = {}
    for item in by_method:
        for method, partitioners in item.items():
            result.setdefault(method, []).extend(partitioners)
    return result


def _combine_edge_configs(
    configs: Sequence[tuple[str | None, EdgeCompileConfig]],
) -> EdgeCompileConfig:
    """The configuration that all agree on; the order within its lists does not matter."""
    conflicts = []
    for field in fields(EdgeCompileConfig):
        values = [(name, getattr(config, field.name)) for name, config in configs]
        values = [
            (name, sorted(map(str, value)) if isinstance(value, list) else value)
            for name, value in values
        ]
        if any(value != values[0][1] for _, value in values):
            listed = ", ".join(f"{name}={value}" for name, value in values)
            conflicts.append(f"{field.name} ({listed})")
    if conflicts:
        raise ValueError(
            f"Cannot combine recipes whose edge_compile_configs disagree on {'; '.join(conflicts)}"
        )
    return configs[0][1] if configs else EdgeCompileConfig()
