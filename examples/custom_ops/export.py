# SPDX-License-Identifier: BSD-3-Clause
"""Exports a model that uses operators of one's own: `python export.py model.pte`.

Each operator has a functional form, which the model calls, and an out form, which the program
calls.
"""

import sys

import torch

from executorch.exir import to_edge_transform_and_lower

library = torch.library.Library("custom_ops", "DEF")
library.define("scale(Tensor self, float factor) -> Tensor")
library.define("scale.out(Tensor self, float factor, *, Tensor(a!) out) -> Tensor(a!)")
library.define("sum_of_squares(Tensor self) -> Tensor")
library.define("sum_of_squares.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)")


@torch.library.impl(library, "scale", "CompositeExplicitAutograd")
def scale(self: torch.Tensor, factor: float) -> torch.Tensor:
    return self * factor


@torch.library.impl(library, "scale.out", "CompositeExplicitAutograd")
def scale_out(self: torch.Tensor, factor: float, *, out: torch.Tensor) -> torch.Tensor:
    return out.copy_(scale(self, factor))


@torch.library.impl(library, "sum_of_squares", "CompositeExplicitAutograd")
def sum_of_squares(self: torch.Tensor) -> torch.Tensor:
    return (self * self).sum()


@torch.library.impl(library, "sum_of_squares.out", "CompositeExplicitAutograd")
def sum_of_squares_out(self: torch.Tensor, *, out: torch.Tensor) -> torch.Tensor:
    return out.copy_(sum_of_squares(self))


class Model(torch.nn.Module):
    """[2, 3] to a scaled tensor of that shape, and a number."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = torch.ops.custom_ops.scale(x + 1, 3.0)
        return y, torch.ops.custom_ops.sum_of_squares(y)


def main() -> None:
    program = torch.export.export(Model(), (torch.randn(2, 3),))
    to_edge_transform_and_lower(program).to_executorch().save(sys.argv[1])


if __name__ == "__main__":
    main()
