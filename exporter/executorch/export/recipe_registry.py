# SPDX-License-Identifier: BSD-3-Clause
"""The backends that offer recipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from executorch.export.recipe import ExportRecipe, RecipeType
from executorch.export.recipe_provider import BackendRecipeProvider


class RecipeRegistry:
    """Recipe providers by the name of their backend. There is only one: `recipe_registry`."""

    _instance: RecipeRegistry | None = None
    _initialized = False
    _providers: dict[str, BackendRecipeProvider]

    def __new__(cls) -> RecipeRegistry:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __init__(self) -> None:
        if not RecipeRegistry._initialized:
            self._providers = {}
            RecipeRegistry._initialized = True

    def register_backend_recipe_provider(self, provider: BackendRecipeProvider) -> None:
        """Adds a provider; it replaces an earlier one of the same backend."""
        self._providers[provider.backend_name] = provider

    def create_recipe(
        self, recipe_type: RecipeType, backend: str, **kwargs: Any
    ) -> ExportRecipe | None:
        """Asks a backend for a recipe; None if it has none of this type.

        Raises ValueError if no backend of this name is registered.
        """
        return self._provider(backend).create_recipe(recipe_type, **kwargs)

    def get_supported_recipes(self, backend: str) -> Sequence[RecipeType]:
        """The recipe types of a backend; ValueError if it is not registered."""
        return self._provider(backend).get_supported_recipes()

    def list_backends(self) -> Sequence[str]:
        return list(self._providers)

    def _provider(self, backend: str) -> BackendRecipeProvider:
        if backend not in self._providers:
            raise ValueError(
                f"Backend '{backend}' not available. Available: {self.list_backends()}"
            )
        return self._providers[backend]


recipe_registry = RecipeRegistry()
