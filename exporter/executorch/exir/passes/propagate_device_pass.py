# SPDX-License-Identifier: BSD-3-Clause
"""Says on which device tensors are, and copies them where they are needed."""

from __future__ import annotations

import copy
import operator
from typing import Any

import torch
from torch import fx

import executorch.exir.passes._device_copy_ops_registry  # noqa: F401  (defines the operators)
from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.lowered_backend_module import LoweredBackendModule
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.schema import DeviceType
from executorch.exir.tensor import TensorSpec

TARGET_DEVICE_COMPILE_SPEC_KEY = "target_device"
"""Key of the compile spec, with a value such as b"cuda:0", by which a partitioner says that a
delegate takes and returns tensors in the memory of a device."""

_Device = tuple[DeviceType, int]
_CPU: _Device = (DeviceType.CPU, 0)


def _parse_device(value: bytes) -> _Device:
    text = value.decode("utf-8", "replace").strip().lower()
    name, _, index = text.partition(":")
    try:
        return DeviceType[name.upper()], int(index or 0)
    except (KeyError, ValueError):
        known = ", ".join(device.name.lower() for device in DeviceType)
        raise ExportError(
            ExportErrorType.INVALID_INPUT_TYPE,
            f"compile spec {TARGET_DEVICE_COMPILE_SPEC_KEY} is {text!r}; expected one of {known}, "
            "or that, a colon and a number",
        ) from None


def _device_of(module: LoweredBackendModule) -> _Device:
    for spec in module.compile_specs:
        if spec.key == TARGET_DEVICE_COMPILE_SPEC_KEY:
            return _parse_device(spec.value)
    return _CPU


def _set_device(spec: TensorSpec, device: _Device) -> None:
    spec.device, spec.device_index = device


def _spec_on(spec: TensorSpec, device: _Device) -> TensorSpec:
    result = copy.copy(spec)
    result.init_mem_planning_fields()
    _set_device(result, device)
    return result


class PropagateDevicePass(PassBase):
    """Puts the inputs and outputs of delegates with a target device into the memory of that device,
    in place, by means of `et_copy` operators. Requires specs.

    skip_h2d_for_method_inputs: the caller provides inputs of the method in device memory already.
    skip_d2h_for_method_outputs: the caller takes outputs of the method from device memory.
    """

    def __init__(
        self,
        skip_h2d_for_method_inputs: bool = False,
        skip_d2h_for_method_outputs: bool = False,
        enable_non_cpu_memory_planning: bool = False,
    ) -> None:
        self.skip_h2d_for_method_inputs = skip_h2d_for_method_inputs
        self.skip_d2h_for_method_outputs = skip_d2h_for_method_outputs
        self.enable_non_cpu_memory_planning = enable_non_cpu_memory_planning

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        modified = False
        for module in all_graph_modules(graph_module):
            is_top = module is graph_module
            for node in module.graph.find_nodes(
                op="call_function", target=executorch_call_delegate, sort=True
            ):
                lowered = getattr(module, str(node.args[0].target))
                device = _device_of(lowered)
                if device != _CPU:
                    self._copy_inputs(node, device, is_top)
                    self._copy_outputs(node, device, is_top)
                    modified = True
            if modified:
                module.recompile()
        return PassResult(graph_module, modified)

    def _copy_inputs(self, call: fx.Node, device: _Device, is_top: bool) -> None:
        graph = call.graph
        for index, source in enumerate(call.args):
            spec = source.meta.get("spec") if isinstance(source, fx.Node) else None
            if not isinstance(source, fx.Node) or not isinstance(spec, TensorSpec):
                continue
            if source.target is torch.ops.et_copy._d2h_copy.default:
                # It comes from a device: if from this one, the way over the host is not needed.
                original: Any = source.args[0]
                if (original.meta["spec"].device, original.meta["spec"].device_index) == device:
                    call.update_arg(index, original)
                    if not source.users:
                        graph.erase_node(source)
                    continue
            if is_top and source.op == "placeholder" and self.skip_h2d_for_method_inputs:
                _set_device(spec, device)
                continue
            with graph.inserting_before(call):
                copied = graph.call_function(torch.ops.et_copy._h2d_copy.default, (source,))
            copied.meta["val"] = source.meta["val"]
            copied.meta["spec"] = _spec_on(spec, device)
            call.update_arg(index, copied)

    def _copy_outputs(self, call: fx.Node, device: _Device, is_top: bool) -> None:
        graph = call.graph
        for result in call.meta["spec"]:
            _set_device(result, device)
        for item in [user for user in call.users if user.target is operator.getitem]:
            users = list(item.users)
            is_only_returned = all(user.op == "output" for user in users)
            if not users or (is_top and self.skip_d2h_for_method_outputs and is_only_returned):
                continue
            with graph.inserting_after(item):
                copied = graph.call_function(torch.ops.et_copy._d2h_copy.default, (item,))
            copied.meta["val"] = item.meta["val"]
            copied.meta["spec"] = _spec_on(item.meta["spec"], _CPU)
            for user in users:
                user.replace_input_with(item, copied)
        output = graph.output_node()
        output.meta["spec"] = fx.map_arg(output.args[0], lambda node: node.meta.get("spec"))
