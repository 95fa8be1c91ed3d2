# SPDX-License-Identifier: BSD-3-Clause
"""Every operator of core ATen has a kernel, or never gets into a program."""

from __future__ import annotations

from collections.abc import Container, Iterator

import pytest
import torch
from torch._ops import OpOverload

from executorch.exir.decomposition import decomposition_table
from executorch.exir.operator.convert import to_out_variant
from executorch.exir.passes.aten_to_edge_pass import _ALIASES, _copy_variant
from executorch.runtime import Runtime

# Operators that need neither, with the reason.
EXCEPTIONS = {
    "aten::sym_storage_offset": "tensors of a program have no offset: torch.export writes it as 0",
    "aten::sym_stride.int": "always decomposed to sizes, since tensors of a program are dense",
}


def core_operators() -> Iterator[OpOverload]:
    for name in dir(torch.ops.aten):
        packet = getattr(torch.ops.aten, name)
        for overload in getattr(packet, "overloads", list)():
            op = getattr(packet, overload)
            if torch.Tag.core in op.tags:
                yield op


def full_name(op: OpOverload) -> str:
    overload = f".{op._schema.overload_name}" if op._schema.overload_name else ""
    return f"{op._schema.name}{overload}"


def missing_kernel(
    op: OpOverload, decomposed: Container[OpOverload], registered: Container[str]
) -> str | None:
    """What the exporter would write for `op` and the runtime does not know; None if there is
    nothing."""
    if op in decomposed or op in _ALIASES or full_name(op) in registered:
        return None
    out_variant, _ = to_out_variant(_copy_variant(op) or op)
    return None if full_name(out_variant) in registered else full_name(out_variant)


def test_core_aten_is_complete() -> None:
    registered = set(Runtime.get().operator_registry.operator_names)
    core = [op for op in core_operators() if full_name(op) not in EXCEPTIONS]
    assert len(core) > 150, "torch tags no operators any more"
    decomposed = decomposition_table()
    missing = {
        full_name(op): name for op in core if (name := missing_kernel(op, decomposed, registered))
    }
    assert not missing, missing


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_exceptions_are_needed(name: str) -> None:
    assert name in map(full_name, core_operators())
    assert name not in Runtime.get().operator_registry.operator_names
