# SPDX-License-Identifier: BSD-3-Clause
"""The passes that users name; each is defined in the module of the same name.

Those that few programs need are imported on first use.
"""

from importlib import import_module
from typing import Any

from torch import fx

from executorch.exir.dynamic_shape import DynamicMemoryPlanningMode
from executorch.exir.pass_base import PassResult, PassType
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

_MODULES = {
    "DebugHandleGeneratorPass": "debug_handle_generator_pass",
    "EdgeToBackendOpsPass": "replace_edge_with_backend_pass",
    "FoldRedundantDequantizeQuantizePass": "fold_redundant_qdq_pass",
    "NormalizeTransposePass": "normalize_transpose_pass",
    "OpReplacePass": "replace_aten_with_edge_pass",
    "PropagateDevicePass": "propagate_device_pass",
    "PruneEmptyTensorsPass": "prune_empty_tensors_pass",
    "RemoveGraphAssertsPass": "remove_graph_asserts_pass",
    "RemoveNoopPass": "remove_noop_pass",
    "RemoveToCopyPass": "remove_noop_pass",
    "ReplaceBrokenOpsWithFunctionalOpsPass": "replace_broken_ops_with_function_ops_pass",
    "ReplaceSymSizeOpPass": "replace_sym_size_op_pass",
    "ScalarToTensorPass": "scalar_to_tensor_pass",
    "SymToTensorPass": "sym_to_tensor_pass",
    "ToDevicePass": "to_device_pass",
    "insert_write_back_for_buffers_pass": "insert_write_back_for_buffers_pass",
    "remove_unused_parameters_pass": "remove_unused_parameters_pass",
    "weights_to_outputs_pass": "weights_to_outputs_pass",
}


def dead_code_elimination_pass(graph_module: fx.GraphModule) -> PassResult:
    """Removes nodes without effect, in place, in a graph and its submodules."""
    from executorch.exir.graph_module import all_graph_modules

    modified = False
    for module in all_graph_modules(graph_module):
        modified = module.graph.eliminate_dead_code() or modified
        module.recompile()
    return PassResult(graph_module, modified)


def propagate_dynamic_shape(
    dynamic_memory_planning_mode: DynamicMemoryPlanningMode = DynamicMemoryPlanningMode.UPPER_BOUND,
) -> list[PassType]:
    """The passes that give every node a spec with sizes that memory can be planned for."""
    return [SpecPropPass(), ConstraintBasedSymShapeEvalPass()]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    *_MODULES,
    "ConstraintBasedSymShapeEvalPass",
    "DebugPass",
    "DimOrderOpsRevertPass",
    "DynamicMemoryPlanningMode",
    "HintBasedSymShapeEvalPass",
    "MemoryFormatOpsPass",
    "MemoryPlanningPass",
    "PropagateDeviceConfig",
    "SpecPropPass",
    "ToOutVarPass",
    "dead_code_elimination_pass",
    "propagate_dynamic_shape",
]
