# SPDX-License-Identifier: BSD-3-Clause
"""Configurations that suit programs for XNNPACK."""

from __future__ import annotations

from collections.abc import Sequence

from executorch.exir import EdgeCompileConfig, ExecutorchBackendConfig
from executorch.exir.pass_base import PassType


def get_xnnpack_edge_compile_config(skip_dim_order: bool = False) -> EdgeCompileConfig:
    """For `to_edge`: rules are not checked."""
    return EdgeCompileConfig(_check_ir_validity=False, _skip_dim_order=skip_dim_order)


def get_transform_passes(additional_passes: Sequence[PassType] | None = None) -> list[PassType]:
    """Passes that a program needs before it is partitioned: only those that are given."""
    return list(additional_passes or ())


def get_xnnpack_executorch_backend_config(
    additional_passes: Sequence[PassType] | None = None,
) -> ExecutorchBackendConfig:
    """For `to_executorch`."""
    return ExecutorchBackendConfig(
        passes=get_transform_passes(additional_passes), extract_delegate_segments=True
    )
