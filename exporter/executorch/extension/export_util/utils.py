# SPDX-License-Identifier: BSD-3-Clause
"""From a module to a program file in one call."""

from __future__ import annotations

import os
from typing import Any

import torch

from executorch.exir import (
    EdgeCompileConfig,
    EdgeProgramManager,
    ExecutorchBackendConfig,
    ExecutorchProgramManager,
    to_edge,
)


def export_to_edge(
    model: torch.nn.Module,
    example_inputs: tuple[Any, ...],
    *,
    example_kwarg_inputs: dict[str, Any] | None = None,
    dynamic_shapes: dict[str, Any] | tuple[Any, ...] | None = None,
    edge_constant_methods: dict[str, Any] | None = None,
    edge_compile_config: EdgeCompileConfig | None = None,
    strict: bool = True,
    verbose: bool = False,
    generate_etrecord: bool = False,
) -> EdgeProgramManager:
    """`torch.export` and `to_edge`; memory formats are kept unless the config says otherwise.

    verbose: print the captured graph. The other arguments are those of the two functions.
    """
    program = torch.export.export(
        model,
        example_inputs,
        example_kwarg_inputs,
        dynamic_shapes=dynamic_shapes,
        strict=strict,
    )
    if verbose:
        print(program.graph)
    return to_edge(
        program,
        constant_methods=edge_constant_methods,
        compile_config=edge_compile_config or EdgeCompileConfig(_skip_dim_order=True),
        generate_etrecord=generate_etrecord,
    )


def export_to_exec_prog(
    model: torch.nn.Module,
    example_inputs: tuple[Any, ...],
    *,
    example_kwarg_inputs: dict[str, Any] | None = None,
    dynamic_shapes: dict[str, Any] | tuple[Any, ...] | None = None,
    edge_constant_methods: dict[str, Any] | None = None,
    edge_compile_config: EdgeCompileConfig | None = None,
    backend_config: ExecutorchBackendConfig | None = None,
    strict: bool = True,
) -> ExecutorchProgramManager:
    """`export_to_edge` and `to_executorch`."""
    edge = export_to_edge(
        model,
        example_inputs,
        example_kwarg_inputs=example_kwarg_inputs,
        dynamic_shapes=dynamic_shapes,
        edge_constant_methods=edge_constant_methods,
        edge_compile_config=edge_compile_config,
        strict=strict,
    )
    return edge.to_executorch(backend_config)


def save_pte_program(prog: ExecutorchProgramManager, model_name: str, output_dir: str = "") -> str:
    """Writes `prog`, and its external constants, to `output_dir`; answers the program's path.

    model_name: the file's name, with or without `.pte`.
    """
    name = model_name if model_name.endswith(".pte") else f"{model_name}.pte"
    path = os.path.join(output_dir, name)
    prog.save(path)
    prog.write_tensor_data_to_file(output_dir or os.curdir)
    return path
