# SPDX-License-Identifier: BSD-3-Clause
"""The recipes that XNNPACK offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.recipes.xnnpack_recipe_types import XNNPackRecipeType
from executorch.backends.xnnpack.utils.configs import (
    get_xnnpack_edge_compile_config,
    get_xnnpack_executorch_backend_config,
)
from executorch.export.recipe import ExportRecipe, LoweringRecipe, RecipeType
from executorch.export.recipe_provider import BackendRecipeProvider


class XNNPACKRecipeProvider(BackendRecipeProvider):
    """Floating-point programs; quantized ones are not among the recipes."""

    @property
    def backend_name(self) -> str:
        return XNNPackRecipeType.get_backend_name()

    def get_supported_recipes(self) -> Sequence[RecipeType]:
        return [XNNPackRecipeType.FP32]

    def create_recipe(self, recipe_type: RecipeType, **kwargs: Any) -> ExportRecipe | None:
        """The recipe of a supported type, which takes no arguments; None for other types."""
        if recipe_type != XNNPackRecipeType.FP32:
            return None
        return ExportRecipe(
            name=recipe_type.value,
            lowering_recipe=LoweringRecipe(
                partitioners=[XnnpackPartitioner()],
                edge_compile_config=get_xnnpack_edge_compile_config(),
            ),
            executorch_backend_config=get_xnnpack_executorch_backend_config(),
        )
