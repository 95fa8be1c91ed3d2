# SPDX-License-Identifier: BSD-3-Clause
"""A backend that lists the operators it is given, for tests and as an example."""

from __future__ import annotations

from typing import NamedTuple

from torch.export import ExportedProgram

from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.dialects._ops import ops as exir_ops

_OPERATORS = {
    exir_ops.edge.aten.add.Tensor,
    exir_ops.edge.aten.linear.default,
    exir_ops.edge.aten.mm.default,
    exir_ops.edge.aten.mul.Tensor,
    exir_ops.edge.aten.scaled_dot_product_attention.default,
    exir_ops.edge.aten.sin.default,
    exir_ops.edge.aten.sub.Tensor,
    exir_ops.edge.aten.upsample_nearest2d.vec,
}


class DemoOp(NamedTuple):
    """One operator and its result."""

    op: str
    numel: int
    dtype: str

    def __str__(self) -> str:
        return f"op:demo::{self.op}, numel:{self.numel}, dtype:{self.dtype}"


class BackendWithCompilerDemo(BackendDetails):
    """Its payload is `<number of operators>version:0#` and, for each,
    `op:demo::<name>, numel:<n>, dtype:<dtype><debug_handle><handle>#`.
    """

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        lines: list[str] = []
        handles: dict[int, tuple[int]] = {}
        for node in edge_program.graph.nodes:
            if node.op != "call_function":
                continue
            if node.target not in _OPERATORS:
                name = getattr(node.target, "__name__", node.target)
                raise RuntimeError(
                    f"{node.op} {name} is not supported in backend BackendWithCompilerDemo"
                )
            value, handle = node.meta["val"], node.meta.get("debug_handle", len(lines) + 1)
            op = DemoOp(node.target.__name__, value.numel(), str(value.dtype))
            lines.append(f"{op}<debug_handle>{handle}#")
            handles[handle] = (handle,)
        return PreprocessResult(
            processed_bytes=f"{len(lines)}version:0#{''.join(lines)}".encode(),
            debug_handle_map=handles,
            _delegate_info_meta="test",
        )
