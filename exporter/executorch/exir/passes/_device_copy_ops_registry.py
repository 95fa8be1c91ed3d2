# SPDX-License-Identifier: BSD-3-Clause
"""The `et_copy` library: copies between the memory of the host and that of a device.

In PyTorch both sides are host memory, so they are plain copies.
"""

from __future__ import annotations

import torch
from torch.library import Library

lib = Library("et_copy", "DEF")

for _name in ("_h2d_copy", "_d2h_copy"):
    lib.define(f"{_name}(Tensor self) -> Tensor")
    lib.define(f"{_name}.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)")


def _copy(self: torch.Tensor) -> torch.Tensor:
    return self.clone()


def _copy_out(self: torch.Tensor, *, out: torch.Tensor) -> torch.Tensor:
    return out.copy_(self)


for _name in ("_h2d_copy", "_d2h_copy"):
    lib.impl(_name, _copy, "CompositeExplicitAutograd")
    lib.impl(f"{_name}.out", _copy_out, "CompositeExplicitAutograd")
