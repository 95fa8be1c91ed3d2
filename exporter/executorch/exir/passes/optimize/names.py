# SPDX-License-Identifier: BSD-3-Clause
"""Names of the optimizations, for `ExecutorchBackendConfig.graph_optimizations`."""

PROGRAM_OPTIMIZATIONS = (
    "fold_constants",
    "remove_no_ops",
    "merge_movements",
    "divide_splits",
    "bypass_concatenations",
    "merge_common_subexpressions",
    "merge_clamps",
    "fold_batch_norm",
)
"""What changes the program; see `optimize`."""

MEMORY_OPTIMIZATIONS = ("alias_slices", "concatenate_in_place", "reuse_inputs")
"""What the memory planner decides; see `storage_sharing`."""

ALL_OPTIMIZATIONS: tuple[str, ...] = (*PROGRAM_OPTIMIZATIONS, *MEMORY_OPTIMIZATIONS)
