# SPDX-License-Identifier: BSD-3-Clause
"""`linear` in place of what it was decomposed to."""

from __future__ import annotations

from torch import fx

from executorch.backends.xnnpack._passes.convert_to_linear import ConvertToLinearPass


def apply_addmm_mm_to_linear_transform(graph: fx.Graph) -> fx.Graph:
    """Makes `linear` of every `mm` and `addmm` with transposed weights; in place."""
    module = graph.owning_module
    if module is None:
        raise ValueError("the graph belongs to no module")
    ConvertToLinearPass().call(module)
    return graph


class AddmmToLinearTransform(ConvertToLinearPass):
    """Makes `linear` of an `mm` or `addmm` with the transpose of its weights."""
