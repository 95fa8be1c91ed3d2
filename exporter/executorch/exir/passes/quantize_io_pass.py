# SPDX-License-Identifier: BSD-3-Clause
"""Programs that take or return quantized tensors, with their parameters as constant methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.ao.quantization.fx._decomposed
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import OutputKind

from executorch.exir.dialects._ops import ops
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import ExportPass, PassResult
from executorch.exir.pass_manager import rename_outputs
from executorch.exir.program._program import EdgeProgramManager
from executorch.exir.tensor import scalar_type_enum

_QUANTIZE = torch.ops.quantized_decomposed.quantize_per_tensor.default
_DEQUANTIZE = torch.ops.quantized_decomposed.dequantize_per_tensor.default

# Scale, zero point, smallest and greatest number, element type.
Parameters = tuple[float, int, int, int, torch.dtype]


def get_config_method_name(
    prefix: str | None = "forward", arg_type: str = "input", index: int = 0, key: str = "scale"
) -> str:
    """The name of the constant method of one parameter: "forward_input0_scale"."""
    return f"{prefix + '_' if prefix else ''}{arg_type}{index}_{key}"


def quantize_input(
    exported_program: ExportedProgram, input_index: int, qparams: dict[str, Any] | None = None
) -> Parameters:
    """Makes a program take a quantized tensor as its input `input_index`; answers how.

    The program has to quantize this input and do nothing else with it, unless `qparams` are given:
    `scale`, `zero_point`, `qmin`, `qmax` and `dtype`. Raises ValueError otherwise.
    """
    names = exported_program.graph_signature.user_inputs
    if not 0 <= input_index < len(names):
        raise ValueError(f"there is no input {input_index}; the program has {len(names)}")
    return _quantize_input(exported_program.graph_module, str(names[input_index]), qparams)


def _quantize_input(
    module: fx.GraphModule, name: str, qparams: Mapping[str, Any] | None
) -> Parameters:
    graph = module.graph
    (node,) = (item for item in graph.find_nodes(op="placeholder") if item.name == name)
    users = list(node.users)
    parameters: Parameters
    if qparams is not None:
        parameters = _parameters_of(qparams)
        with graph.inserting_after(node):
            real = graph.call_function(ops.edge.quantized_decomposed.dequantize_per_tensor.default)
        node.replace_all_uses_with(real)
        real.args = (node, *parameters)
        real.meta = dict(node.meta)
    else:
        found = {
            tuple(user.args[1:]) if torch_op(user.target) is _QUANTIZE else None for user in users
        }
        if len(found) != 1 or None in found:
            raise ValueError(
                f"the input {name} can only become a quantized one if the program first quantizes "
                f"it; it is used by {[user.name for user in users]}"
            )
        parameters = found.pop()  # type: ignore[assignment]
        for user in users:
            user.replace_all_uses_with(node)
            graph.erase_node(user)
    node.meta["val"] = node.meta["val"].to(parameters[4])
    module.recompile()
    return parameters


def _parameters_of(qparams: Mapping[str, Any]) -> Parameters:
    def get(*names: str) -> Any:
        for name in names:
            if name in qparams:
                return qparams[name]
        raise ValueError(f"{names[0]} is missing in the parameters {dict(qparams)}")

    return (
        get("scale"),
        get("zero_point", "zp"),
        get("qmin", "quant_min"),
        get("qmax", "quant_max"),
        get("dtype"),
    )


def quantize_output(exported_program: ExportedProgram, output_index: int) -> Parameters:
    """Makes a program return a quantized tensor as its output `output_index`; answers how.

    The program has to dequantize this output as the last step; raises ValueError otherwise.
    """
    specs = exported_program.graph_signature.output_specs
    positions = [i for i, spec in enumerate(specs) if spec.kind == OutputKind.USER_OUTPUT]
    if not 0 <= output_index < len(positions):
        raise ValueError(f"there is no output {output_index}; the program has {len(positions)}")
    parameters = _quantize_output(exported_program.graph_module, positions[output_index])
    rename_outputs(exported_program)
    return parameters


def _quantize_output(module: fx.GraphModule, position: int) -> Parameters:
    output = module.graph.output_node()
    results = list(output.args[0])  # type: ignore[arg-type]
    node = results[position]
    if not isinstance(node, fx.Node) or torch_op(node.target) is not _DEQUANTIZE:
        raise ValueError(
            f"the output {node} can only become a quantized one if the program dequantizes it"
        )
    results[position] = node.args[0]
    output.args = (tuple(results),)
    parameters: Parameters = tuple(node.args[1:6])  # type: ignore[assignment]
    if not node.users:
        module.graph.erase_node(node)
    module.recompile()
    return parameters


class _QuantizeIO(ExportPass):
    arg_type: str

    def __init__(
        self,
        edge_program_manager: EdgeProgramManager,
        method_name: str | None,
        exported_program: ExportedProgram | None,
    ) -> None:
        super().__init__()
        self.edge_program_manager = edge_program_manager
        self.method_name = method_name
        self.exported_program = exported_program
        self.quant_args: dict[int, Parameters] = {}

    def _program(self) -> ExportedProgram:
        if self.exported_program is not None:
            return self.exported_program
        return self.edge_program_manager.exported_program(self.method_name or "forward")

    def _add_methods(self, idx: int, quant_args: Parameters) -> None:
        methods = self.edge_program_manager._config_methods
        if methods is None:
            methods = self.edge_program_manager._config_methods = {}
        scale, zero_point, quant_min, quant_max, dtype = quant_args
        for key, value in (
            ("scale", scale),
            ("zp", zero_point),
            ("quant_min", quant_min),
            ("quant_max", quant_max),
            ("dtype", scalar_type_enum(dtype)),
        ):
            methods[get_config_method_name(self.method_name, self.arg_type, idx, key)] = value

    def edge_manager_update_quant_config_methods_all(self) -> None:
        """Adds the constant methods of all that the pass has changed to the manager."""
        for idx, quant_args in self.quant_args.items():
            self._add_methods(idx, quant_args)


class QuantizeInputs(_QuantizeIO):
    """Makes a method take quantized tensors, as a pass for `edge_program_manager.transform`.

    quantized_inputs_idx: which inputs, or for each its parameters (see `quantize_input`).
    method_name: of the method, and the prefix of the constant methods; None is "forward" without
        a prefix.
    """

    arg_type = "input"

    def __init__(
        self,
        edge_program_manager: EdgeProgramManager,
        quantized_inputs_idx: dict[int, dict[str, Any]] | list[int],
        method_name: str | None = None,
        exported_program: ExportedProgram | None = None,
    ) -> None:
        super().__init__(edge_program_manager, method_name, exported_program)
        self.quantized_inputs_idx: dict[int, dict[str, Any] | None] = (
            dict(quantized_inputs_idx)
            if isinstance(quantized_inputs_idx, dict)
            else dict.fromkeys(quantized_inputs_idx)
        )

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        names = self._program().graph_signature.user_inputs
        for idx, qparams in self.quantized_inputs_idx.items():
            if not 0 <= idx < len(names):
                raise ValueError(f"there is no input {idx}; the program has {len(names)}")
            self.quant_args[idx] = _quantize_input(graph_module, str(names[idx]), qparams)
        self.edge_manager_update_quant_config_methods_all()
        return PassResult(graph_module, bool(self.quantized_inputs_idx))

    def edge_manager_update_quant_config_method(self, idx: int, quant_args: Parameters) -> None:
        """Adds the constant methods of one input to the manager."""
        self._add_methods(idx, quant_args)


class QuantizeOutputs(_QuantizeIO):
    """Makes a method return quantized tensors, as a pass for `edge_program_manager.transform`.

    quantized_outputs_idx_list: which outputs; they have to be dequantized as the last step.
    method_name: as for `QuantizeInputs`.
    """

    arg_type = "output"

    def __init__(
        self,
        edge_program_manager: EdgeProgramManager,
        quantized_outputs_idx_list: list[int],
        method_name: str | None = None,
        exported_program: ExportedProgram | None = None,
    ) -> None:
        super().__init__(edge_program_manager, method_name, exported_program)
        self.quantized_outputs_idx_list = quantized_outputs_idx_list

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        specs = self._program().graph_signature.output_specs
        positions = [i for i, spec in enumerate(specs) if spec.kind == OutputKind.USER_OUTPUT]
        for idx in self.quantized_outputs_idx_list:
            if not 0 <= idx < len(positions):
                raise ValueError(f"there is no output {idx}; the program has {len(positions)}")
            self.quant_args[idx] = _quantize_output(graph_module, positions[idx])
        self.edge_manager_update_quant_config_methods_all()
        return PassResult(graph_module, bool(self.quantized_outputs_idx_list))

    def edge_manager_update_quant_config_method(self, idx: int, dequant_args: Parameters) -> None:
        """Adds the constant methods of one output to the manager."""
        self._add_methods(idx, dequant_args)


def extract_io_quant_params(
    edge_prog: EdgeProgramManager,
    *,
    input_idxs: Sequence[int] = (0,),
    output_idxs: Sequence[int] = (0,),
) -> dict[str, dict[str, dict[str, Any]]]:
    """Makes "forward" take and return quantized tensors, in place; answers the parameters by name.

    {"inputs": {name: {"scale": ..., "zero_point": ..., "quant_min": ..., "quant_max": ...,
    "dtype": ...}}, "outputs": {...}}
    """
    program = edge_prog.exported_program()
    keys = ("scale", "zero_point", "quant_min", "quant_max", "dtype")
    found: dict[str, dict[str, dict[str, Any]]] = {"inputs": {}, "outputs": {}}

    def describe(parameters: Parameters) -> dict[str, Any]:
        return dict(zip(keys, (*parameters[:4], scalar_type_enum(parameters[4]))))

    for index in input_idxs:
        parameters = quantize_input(program, index)
        found["inputs"][str(program.graph_signature.user_inputs[index])] = describe(parameters)
    for index in output_idxs:
        parameters = quantize_output(program, index)
        found["outputs"][str(program.graph_signature.user_outputs[index])] = describe(parameters)
    return found
