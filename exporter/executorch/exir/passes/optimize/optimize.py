# SPDX-License-Identifier: BSD-3-Clause
"""Optimizations of edge programs that pay on a CPU; see docs/optimization.md.

Each is a function that changes an edge program in place and says whether it did. None of them
emits an operator that was not there before, except simpler ones from core ATen, so programs stay
loadable wherever they were before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from torch.export import ExportedProgram

from executorch.exir.passes.optimize.batch_norm import fold_batch_norm
from executorch.exir.passes.optimize.common_subexpressions import merge_common_subexpressions
from executorch.exir.passes.optimize.concatenations import bypass_concatenations
from executorch.exir.passes.optimize.movements import merge_movements, remove_no_ops
from executorch.exir.passes.optimize.names import ALL_OPTIMIZATIONS
from executorch.exir.passes.optimize.ranges import merge_clamps
from executorch.exir.passes.optimize.splits import divide_splits

Optimization = Callable[[ExportedProgram], bool]

GRAPH_OPTIMIZATIONS: dict[str, Optimization] = {
    "remove_no_ops": remove_no_ops,
    "merge_movements": merge_movements,
    "divide_splits": divide_splits,
    "bypass_concatenations": bypass_concatenations,
    "merge_common_subexpressions": merge_common_subexpressions,
    "merge_clamps": merge_clamps,
    "fold_batch_norm": fold_batch_norm,
}
"""By name, in the order in which they run. "fold_constants" is `constant_prop_pass`, which runs
after them, because they make more constants.
"""

_ROUNDS = 4


def optimize(program: ExportedProgram, names: Collection[str] = ALL_OPTIMIZATIONS) -> None:
    """Runs the named optimizations until none finds anything more, at most a few times.

    Raises ValueError if there is no optimization of a name.
    """
    unknown = [name for name in names if name not in ALL_OPTIMIZATIONS]
    if unknown:
        raise ValueError(f"no optimizations {unknown}; there are {list(ALL_OPTIMIZATIONS)}")
    for _ in range(_ROUNDS):
        changed = [run(program) for name, run in GRAPH_OPTIMIZATIONS.items() if name in names]
        if not any(changed):
            break
