# SPDX-License-Identifier: BSD-3-Clause
"""What a backend implements to offer recipes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from executorch.export.recipe import ExportRecipe, RecipeType


class BackendRecipeProvider(ABC):
    """The recipes of one backend; to be registered with `recipe_registry`."""

    @property
    @abstractmethod
    def backend_name(self) -> str:
        """The backend's name, as its recipe types answer it: "xnnpack"."""

    @abstractmethod
    def get_supported_recipes(self) -> Sequence[RecipeType]:
        """The recipe types that `create_recipe` knows."""

    @abstractmethod
    def create_recipe(self, recipe_type: RecipeType, **kwargs: Any) -> ExportRecipe | None:
        """Makes the recipe of a type; None if this backend has none.

        kwargs: parameters of the recipe, such as `group_size`.
        """

    def supports_recipe(self, recipe_type: RecipeType) -> bool:
        return recipe_type in self.get_supported_recipes()
