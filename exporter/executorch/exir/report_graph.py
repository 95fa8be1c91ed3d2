# SPDX-License-Identifier: BSD-3-Clause
"""The part of a report that only the exporter knows: what graphs say about a method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import fx
from torch._ops import OpOverload
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind
from torch.utils import _pytree as pytree

from executorch.exir.backend.not_delegated import reason_not_delegated
from executorch.exir.constants import constant_values
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.graph_module import all_graph_modules, source_line
from executorch.exir.lowered_backend_module import LoweredBackendModule, get_lowered_submodules
from executorch.exir.memory_plan_verifier import collect_uses
from executorch.exir.report import Block, Constant, Delegate, Method, Operator, Report, arenas_of
from executorch.exir.report_flops import estimate_flops
from executorch.exir.storages import get_node_tensor_specs
from executorch.exir.tensor import TensorSpec

if TYPE_CHECKING:
    from executorch.exir.program._program import ExecutorchProgramManager

_NO_BACKEND = "no backend was asked"
_NOT_TAKEN = "no partitioner took it"


def describe_method(method: Method, program: ExportedProgram) -> None:
    """Replaces what the file says about a method by what its graph says."""
    modules = list(all_graph_modules(program.graph_module))
    lowered = [item for module in modules for _, item, _ in get_lowered_submodules(module)]
    method.delegates = [_delegate(module) for module in lowered]
    default = _NOT_TAKEN if lowered else _NO_BACKEND
    operators: dict[str, Operator] = {}
    for module in modules:
        for node in module.graph.nodes:
            if isinstance(node.target, OpOverload):
                _count(operators, node, default)
    method.operators = sorted(operators.values(), key=lambda op: (-op.flops, op.name))
    nodes = list(program.graph.nodes)
    method.steps = len(nodes)
    method.step_names = [node.name for node in nodes]
    method.timeline = _timeline(program.graph_module, modules)
    module = program.graph_module
    method.arenas = arenas_of(
        module.meta["non_const_buffer_sizes"],
        module.meta.get("non_const_buffer_device"),
        method.timeline,
        method.steps,
    )


def _operator_name(op: OpOverload) -> str:
    return op._schema.name + (f".{op._schema.overload_name}" if op._schema.overload_name else "")


def _count(operators: dict[str, Operator], node: Any, default: str) -> None:
    name = _operator_name(node.target)
    operator = operators.setdefault(name, Operator(name, example=source_line(node)))
    operator.count += 1
    operator.flops += _flops(name, node)
    reason = reason_not_delegated(node) or default
    operator.reasons[reason] = operator.reasons.get(reason, 0) + 1


def _shape(value: Any) -> tuple[int, ...] | None:
    """Sizes of a tensor, or what they are at the most; symbols without a bound count as 1."""
    if isinstance(value, TensorSpec):
        return tuple(value.shape)
    if not hasattr(value, "shape"):
        return None
    return tuple(size if isinstance(size, int) else _bound(size) for size in value.shape)


def _bound(size: Any) -> int:
    from executorch.exir.passes.sym_shape_eval_pass import UnboundedShapeError, upper_bound

    try:
        return upper_bound(size)
    except UnboundedShapeError:
        return 1


def _flops(name: str, node: fx.Node) -> int:
    def argument(value: Any) -> Any:
        if isinstance(value, fx.Node):
            described = value.meta.get("spec", value.meta.get("val"))
            return _shape(described)
        if isinstance(value, (list, tuple)):
            return [argument(item) for item in value]
        return value

    results = pytree.tree_leaves(node.meta.get("spec", node.meta.get("val")))
    result = _shape(results[0]) if results else None
    args = [argument(value) for value in node.args]
    return 0 if result is None else estimate_flops(name, args, result)


def _delegate(module: LoweredBackendModule) -> Delegate:
    delegate = Delegate(module.backend_id, len(module.processed_bytes), {}, 0)
    assert delegate.operators is not None
    for graph_module in all_graph_modules(module.original_module.graph_module):
        for node in graph_module.graph.nodes:
            if isinstance(node.target, EdgeOpOverload):
                name = _operator_name(node.target._op)
                delegate.operators[name] = delegate.operators.get(name, 0) + 1
                delegate.flops = (delegate.flops or 0) + _flops(name, node)
        for _, nested, _ in get_lowered_submodules(graph_module):
            inner = _delegate(nested)
            for name, count in (inner.operators or {}).items():
                delegate.operators[name] = delegate.operators.get(name, 0) + count
            delegate.flops = (delegate.flops or 0) + (inner.flops or 0)
    return delegate


def _timeline(graph_module: fx.GraphModule, modules: list[fx.GraphModule]) -> list[Block]:
    names: dict[TensorSpec, str] = {}
    for module in modules:
        for node in module.graph.nodes:
            for spec in get_node_tensor_specs(node) if node.op != "output" else ():
                # The operator that writes to an allocation says more than the allocation.
                if spec not in names or names[spec].startswith("alloc"):
                    names[spec] = node.name
    return [
        Block(
            names.get(use.spec, "workspace"),
            use.spec.mem_id or 0,
            use.spec.mem_offset or 0,
            use.spec.allocated_memory,
            use.first,
            use.last,
            str(use.spec.dtype).removeprefix("torch."),
            list(use.spec.shape),
        )
        for use in collect_uses(graph_module, set(), [])
    ]


def name_constants(report: Report, manager: ExecutorchProgramManager) -> None:
    """Lists constants by the names that they have in the model."""
    found: dict[str, Constant] = {}
    for method in sorted(manager.methods):
        program = manager.exported_program(method)
        values = constant_values(program)
        for spec in program.graph_signature.input_specs:
            value = values.get(getattr(spec.arg, "name", ""))
            if value is None or spec.kind == InputKind.USER_INPUT:
                continue
            name = spec.target or spec.arg.name
            dtype = str(value.dtype).removeprefix("torch.")
            found[name] = Constant(name, value.nbytes, dtype, list(value.shape))
    report.constants = sorted(found.values(), key=lambda c: (-c.bytes, c.name))
