# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of operators in terms of PyTorch's code generator (torchgen).

For tools that are built on torchgen; the rest of this package does without.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from torchgen.model import (
    BackendIndex,
    BackendMetadata,
    DispatchKey,
    NativeFunction,
    NativeFunctionsGroup,
    OperatorName,
)

from executorch.codegen.tools.gen_oplist import ScalarType

KERNEL_KEY_VERSION = 1


@dataclass(frozen=True)
class ETKernelKeyOpArgMeta:
    """Element type and dim order of a tensor argument."""

    arg_name: str
    dtype: str
    dim_order: tuple[int, ...]

    def to_native_string(self) -> str:
        """`6;0,1`, as it stands in a kernel key."""
        return f"{ScalarType[self.dtype].value};{','.join(map(str, self.dim_order))}"


@dataclass(frozen=True)
class ETKernelKey:
    """What tensors a kernel is specialized for; `default` if it takes any."""

    arg_meta: tuple[ETKernelKeyOpArgMeta, ...] = ()
    default: bool = False
    version: int = KERNEL_KEY_VERSION

    @staticmethod
    def gen_from_yaml(
        args: dict[str, tuple[str, str]],
        type_alias_map: dict[str, list[str]],
        dim_order_alias_map: dict[str, list[int]],
    ) -> list[ETKernelKey]:
        """The keys of `arg_meta:`, one for each combination of the element types.

        args: of each tensor argument, the names of its types and of its dim order.
        """
        orders = {name: tuple(map(int, order)) for name, order in dim_order_alias_map.items()}
        for types, order in args.values():
            assert types in type_alias_map, f"Undefined type alias: {types}"
            assert order in orders, f"Undefined dim_order alias: {order}"
        used = list(dict.fromkeys(types for types, _ in args.values()))
        keys = []
        for choice in product(*(type_alias_map[types] for types in used)):
            dtype = dict(zip(used, choice))
            metas = (
                ETKernelKeyOpArgMeta(name, dtype[types], orders[order])
                for name, (types, order) in args.items()
            )
            keys.append(ETKernelKey(tuple(metas)))
        return keys

    def to_native_string(self) -> str:
        """`v1/6;0,1|6;0,1`, as the registry has it, or `default`."""
        if self.default:
            return "default"
        return f"v{self.version}/" + "|".join(meta.to_native_string() for meta in self.arg_meta)


@dataclass(frozen=True)
class ETKernelIndex:
    """The kernels of each operator."""

    index: dict[OperatorName, dict[ETKernelKey, BackendMetadata]]

    def has_kernels(self, g: NativeFunction | NativeFunctionsGroup) -> bool:
        return bool(self.get_kernels(g))

    def get_kernels(
        self, g: NativeFunction | NativeFunctionsGroup
    ) -> dict[ETKernelKey, BackendMetadata]:
        """Of a group, those of its functional operator."""
        function = g.functional if isinstance(g, NativeFunctionsGroup) else g
        return self.index.get(function.func.name, {})

    @staticmethod
    def grow_from_backend_indices(
        kernel_index: dict[OperatorName, dict[ETKernelKey, BackendMetadata]],
        backend_indices: dict[DispatchKey, dict[OperatorName, BackendMetadata]],
    ) -> None:
        """Adds torchgen's CPU kernels as kernels for any tensors."""
        for name, metadata in backend_indices.get(DispatchKey.CPU, {}).items():
            kernel_index.setdefault(name, {})[ETKernelKey(default=True)] = metadata

    @staticmethod
    def from_backend_indices(
        backend_indices: dict[DispatchKey, dict[OperatorName, BackendMetadata]],
    ) -> ETKernelIndex:
        index: dict[OperatorName, dict[ETKernelKey, BackendMetadata]] = defaultdict(dict)
        ETKernelIndex.grow_from_backend_indices(index, backend_indices)
        return ETKernelIndex(index)

    def grow(
        self, backend_indices: dict[DispatchKey, dict[OperatorName, BackendMetadata]]
    ) -> ETKernelIndex:
        """Adds torchgen's CPU kernels, in place."""
        ETKernelIndex.grow_from_backend_indices(self.index, backend_indices)
        return self

    def _to_backend_index(self) -> BackendIndex:
        """The kernels for any tensors, as torchgen has them; ValueError for an operator without."""
        default = ETKernelKey(default=True)
        index = {}
        for name, kernels in self.index.items():
            if default not in kernels:
                raise ValueError(f"{name} has no kernel for any tensors")
            index[name] = kernels[default]
        return BackendIndex(
            dispatch_key=DispatchKey.CPU,
            use_out_as_primary=False,
            device_guard=False,
            external=False,
            index=index,
        )

    @staticmethod
    def merge_indices(index_a: ETKernelIndex, index_b: ETKernelIndex) -> ETKernelIndex:
        """Both; where they have the same operator and key, the first one's."""
        index: dict[OperatorName, dict[ETKernelKey, BackendMetadata]] = defaultdict(dict)
        for kernel_index in (index_b, index_a):
            for name, kernels in kernel_index.index.items():
                index[name].update(kernels)
        return ETKernelIndex(index)


class ETParsedYaml(NamedTuple):
    """The operators of a kernel YAML and their kernels."""

    native_functions: list[NativeFunction]
    kernel_index: ETKernelIndex
