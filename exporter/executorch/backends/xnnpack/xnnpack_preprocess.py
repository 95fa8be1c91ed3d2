# SPDX-License-Identifier: BSD-3-Clause
"""`XnnpackBackend`: from a partition to the payload of a delegate."""

from __future__ import annotations

from torch.export import ExportedProgram

from executorch.backends.xnnpack.graph_builder import GraphBuilder
from executorch.backends.xnnpack.serialization.xnnpack_graph_serialize import (
    serialize_xnnpack_binary,
)
from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.compile_spec_schema import CompileSpec


class XnnpackBackend(BackendDetails):
    """Compiles partitions for XNNPACK."""

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        graph, data = GraphBuilder(edge_program).build()
        return PreprocessResult(
            processed_bytes=serialize_xnnpack_binary(graph),
            debug_handle_map={},
            data_store_output=data.get_named_data_store_output(),
        )
