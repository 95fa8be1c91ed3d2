# SPDX-License-Identifier: BSD-3-Clause
"""Settings of the two stages of an export."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import torch

from executorch.exir.dynamic_shape import DynamicMemoryPlanningMode
from executorch.exir.kernel_check import TargetKernels
from executorch.exir.pass_base import PassType
from executorch.exir.passes import MemoryPlanningPass, ToOutVarPass
from executorch.exir.passes.optimize.names import ALL_OPTIMIZATIONS
from executorch.exir.passes.propagate_device_config import PropagateDeviceConfig
from executorch.exir.passes.sym_shape_eval_pass import ConstraintBasedSymShapeEvalPass
from executorch.exir.tracer import ExirDynamoConfig


@dataclass
class CaptureConfig:
    """Settings of the first interface for exporting, `capture`; accepted, without effect."""

    pt2_mode: bool = True
    enable_functionalization: bool = True
    enable_dynamic_shape: bool = False
    enable_aot: bool = False
    _dynamo_config: ExirDynamoConfig = field(default_factory=ExirDynamoConfig)
    _unlift: bool = False
    _use_old_decomp_table: bool = False


@dataclass
class EdgeCompileConfig:
    """How a captured program becomes an edge program."""

    # Check that the result keeps to the rules of the edge dialect.
    _check_ir_validity: bool = True
    # Keep `memory_format` arguments instead of turning them into dim orders.
    _skip_dim_order: bool = False
    # Operators outside core ATen that the check accepts.
    _core_aten_ops_exception_list: list[torch._ops.OpOverload] = field(default_factory=list)
    # Operators that are not decomposed.
    preserve_ops: list[torch._ops.OpOverload] = field(default_factory=list)


@dataclass
class ExecutorchBackendConfig:
    """How an edge program becomes a program file."""

    # Run, in order, before anything else.
    passes: list[PassType] = field(default_factory=list)
    # One pass, or one for each method.
    memory_planning_pass: PassType | dict[str, PassType] = field(default_factory=MemoryPlanningPass)
    propagate_device_config: PropagateDeviceConfig | dict[str, PropagateDeviceConfig] = field(
        default_factory=PropagateDeviceConfig
    )
    to_out_var_pass: PassType = field(default_factory=ToOutVarPass)
    dynamic_memory_planning_mode: DynamicMemoryPlanningMode = DynamicMemoryPlanningMode.UPPER_BOUND
    # Write the Python stack of every instruction into the program.
    emit_stacktrace: bool = False
    # Keep delegate payloads outside the flatbuffer, in segments.
    extract_delegate_segments: bool = True
    # All alignments are in bytes; None means the format's default.
    segment_alignment: int = 128
    constant_tensor_alignment: int | None = None
    delegate_alignment: int | None = None
    # One pass, or one for each method.
    sym_shape_eval_pass: PassType | dict[str, PassType] = field(
        default_factory=ConstraintBasedSymShapeEvalPass
    )
    # Turn copies that only change the shape into views of their input.
    remove_view_copy: bool = True
    # Write constants to .ptd files: all of them, or where the function names a file for the node.
    external_constants: bool | Callable[[torch.fx.Node], str | None] = False
    # Write the initial values of the parameters that a training program changes to a .ptd file.
    external_mutable_weights: bool = False
    # Write the names of buffers that the program changes, so that they can be found at run time.
    emit_mutable_buffer_names: bool = False
    # Accepted, without effect: constants are always folded.
    do_quant_fusion_and_const_prop: bool = False
    # Run `index_put` in place wherever that is safe; on buffers, that is always done.
    run_reinplace_pass: bool = False
    # Plan memory on other devices than the CPU, too.
    enable_non_cpu_memory_planning: bool = True
    # More operators for run_reinplace_pass, in the edge dialect.
    reinplace_extra_ops: frozenset[Any] | None = None
    # What the application that runs the program has kernels for.
    target_kernels: TargetKernels = field(default_factory=TargetKernels)
    # Names of the optimizations to run, see docs/optimization.md.
    graph_optimizations: Collection[str] = ALL_OPTIMIZATIONS
