# SPDX-License-Identifier: BSD-3-Clause
"""Recipes by the device that a program is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from executorch.export.recipe import ExportRecipe, RecipeType

# Module of a backend's recipe types, the enumeration, and the member.
_RecipeName = tuple[str, str, str]

_COREML = ("executorch.backends.apple.coreml.recipes", "CoreMLRecipeType")
_QNN = ("executorch.backends.qualcomm.recipes", "QNNRecipeType")
_XNNPACK = ("executorch.backends.xnnpack.recipes", "XNNPackRecipeType")

_IOS: dict[str, list[_RecipeName]] = {
    "ios-arm64-coreml-fp32": [(*_COREML, "FP32"), (*_XNNPACK, "FP32")],
    "ios-arm64-coreml-fp16": [(*_COREML, "FP16"), (*_XNNPACK, "FP32")],
    "ios-arm64-coreml-int8": [(*_COREML, "PT2E_INT8_STATIC")],
}
_ANDROID: dict[str, list[_RecipeName]] = {
    "android-arm64-snapdragon-fp16": [(*_QNN, "FP16"), (*_XNNPACK, "FP32")],
}


def get_ios_recipe(target_config: str = "ios-arm64-coreml-fp16", **kwargs: Any) -> ExportRecipe:
    """A recipe for iOS: "ios-arm64-coreml-fp32", "ios-arm64-coreml-fp16", "ios-arm64-coreml-int8".

    kwargs: parameters of the backends' recipes.
    Raises ValueError for another name, or if a backend of this one is not installed.
    """
    return _target_recipe("iOS", _IOS, target_config, kwargs)


def get_android_recipe(
    target_config: str = "android-arm64-snapdragon-fp16", **kwargs: Any
) -> ExportRecipe:
    """A recipe for Android: "android-arm64-snapdragon-fp16".

    kwargs: parameters of the backends' recipes.
    Raises ValueError for another name, or if a backend of this one is not installed.
    """
    return _target_recipe("Android", _ANDROID, target_config, kwargs)


def _target_recipe(
    system: str,
    configurations: Mapping[str, Sequence[_RecipeName]],
    name: str,
    kwargs: Mapping[str, Any],
) -> ExportRecipe:
    if name not in configurations:
        raise ValueError(
            f"Unsupported {system} configuration: '{name}'. Supported: {list(configurations)}"
        )
    types = []
    for module, enumeration, member in configurations[name]:
        try:
            types.append(getattr(import_module(module), enumeration)[member])
        except ModuleNotFoundError as error:
            raise ValueError(
                f"the configuration '{name}' needs {module}, which is not installed"
            ) from error
    return _create_target_recipe(name, types, **kwargs)


def _create_target_recipe(
    target_config: str, recipes: list[RecipeType], **kwargs: Any
) -> ExportRecipe:
    parts = []
    for recipe in recipes:
        try:
            parts.append(ExportRecipe.get_recipe(recipe, **kwargs))
        except ValueError as error:
            raise ValueError(
                f"Failed to create {recipe.value} recipe for {target_config}: {error}"
            ) from error
    return ExportRecipe.combine(parts, recipe_name=target_config)
