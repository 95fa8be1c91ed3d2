# SPDX-License-Identifier: BSD-3-Clause
"""The passes that users name; each is defined in the module of the same name."""

from executorch.exir.passes.debug_pass import DebugPass
from executorch.exir.passes.memory_format_ops_pass import DimOrderOpsRevertPass, MemoryFormatOpsPass
from executorch.exir.passes.memory_planning_pass import MemoryPlanningPass
from executorch.exir.passes.propagate_device_config import PropagateDeviceConfig
from executorch.exir.passes.spec_prop_pass import SpecPropPass
from executorch.exir.passes.sym_shape_eval_pass import (
    ConstraintBasedSymShapeEvalPass,
    HintBasedSymShapeEvalPass,
)
from executorch.exir.passes.to_out_var_pass import ToOutVarPass

__all__ = [
    "ConstraintBasedSymShapeEvalPass",
    "DebugPass",
    "DimOrderOpsRevertPass",
    "HintBasedSymShapeEvalPass",
    "MemoryFormatOpsPass",
    "MemoryPlanningPass",
    "PropagateDeviceConfig",
    "SpecPropPass",
    "ToOutVarPass",
]
