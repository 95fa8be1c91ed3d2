# SPDX-License-Identifier: BSD-3-Clause
"""From the emitter's output to the files of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from executorch.exir._serialize._cord import Cord
from executorch.exir._serialize._named_data_store import NamedDataStore, NamedDataStoreOutput
from executorch.exir._serialize._program import PTEFile, serialize_pte_binary
from executorch.exir._serialize.data_serializer import DataEntry, DataPayload, DataSerializer
from executorch.exir.schema import ExecutionPlan, Tensor, TensorDataLocation
from executorch.exir.tensor import ALIGNMENT
from executorch.exir.tensor_layout import TensorLayout

if TYPE_CHECKING:
    from executorch.exir.capture._config import ExecutorchBackendConfig
    from executorch.exir.emit import EmitterOutput


def _external_layouts(plans: list[ExecutionPlan]) -> dict[str, TensorLayout]:
    """Layouts, by name, of the tensors whose data is outside the program."""
    layouts = {}
    for plan in plans:
        for value in plan.values:
            tensor = value.val
            extra = tensor.extra_tensor_info if isinstance(tensor, Tensor) else None
            if extra is not None and extra.location == TensorDataLocation.EXTERNAL:
                assert isinstance(tensor, Tensor) and extra.fully_qualified_name is not None
                layouts[extra.fully_qualified_name] = TensorLayout(
                    tensor.scalar_type, tensor.sizes, tensor.dim_order
                )
    return layouts


def _named_data(
    emitter_output: EmitterOutput, named_data: NamedDataStoreOutput | None
) -> NamedDataStoreOutput:
    """All named data of a model: that of delegates and the external constants."""
    store = NamedDataStore()
    for delegates in (emitter_output.named_data, named_data):
        if delegates is not None:
            store.merge_named_data_store(delegates)
    layouts = _external_layouts(emitter_output.program.execution_plan)
    for tag, entries in (emitter_output.external_constant_map or {}).items():
        for name, index in entries.items():
            data = emitter_output.external_constant_buffer[index]
            store.add_named_data(name, data, ALIGNMENT, tag, layouts[name])
    return store.get_named_data_store_output()


def _payload(data: NamedDataStoreOutput, entries: dict[str, DataEntry]) -> DataPayload:
    """`entries` with no other buffers than theirs."""
    kept = {entry.buffer_index: None for entry in entries.values()}
    new_index = {old: new for new, old in enumerate(kept)}
    return DataPayload(
        [data.buffers[old] for old in kept],
        {
            key: DataEntry(new_index[e.buffer_index], e.alignment, e.tensor_layout)
            for key, e in entries.items()
        },
    )


def serialize_for_executorch(
    emitter_output: EmitterOutput,
    config: ExecutorchBackendConfig,
    data_serializer: DataSerializer,
    named_data_store: NamedDataStoreOutput | None = None,
) -> tuple[Cord, dict[str, Cord]]:
    """The program file, and the data files by name without extension.

    named_data_store: of delegates, in addition to that in `emitter_output`.
    """
    data = _named_data(emitter_output, named_data_store)
    program_file = PTEFile(emitter_output.program, emitter_output.mutable_data, data)
    program = serialize_pte_binary(
        program_file,
        extract_delegate_segments=config.extract_delegate_segments,
        segment_alignment=config.segment_alignment,
        constant_tensor_alignment=config.constant_tensor_alignment,
        delegate_alignment=config.delegate_alignment,
    )
    files = {
        tag.removesuffix(".ptd"): data_serializer.serialize(_payload(data, entries))
        for tag, entries in data.external_data.items()
    }
    return program, files
