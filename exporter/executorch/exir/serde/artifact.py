# SPDX-License-Identifier: BSD-3-Clause
"""Edge programs, calls of backends included, in the parts that torch.export serializes into.

The graph is torch's JSON, in which edge operators are named `executorch.exir.dialects.edge.ops.*`,
nodes have a `debug_handle` in their metadata, and the first argument of a call of a backend is the
lowered module, as JSON in a string.
"""

from __future__ import annotations

import ast
import base64
import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

from torch import fx
from torch._export import verifier
from torch._export.serde import serialize as torch_serde
from torch._ops import HigherOrderOperator, OpOverload
from torch.export import ExportedProgram

from executorch.exir._serialize._cord import Cord
from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir._serialize.data_serializer import DataEntry
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.copy_program import copy_program
from executorch.exir.debug_handle_utils import DEBUG_HANDLE_KEY
from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.lowered_backend_module import LoweredBackendModule
from executorch.exir.scalar_type import ScalarType
from executorch.exir.tensor_layout import TensorLayout

SerializedArtifact = torch_serde.SerializedArtifact

_EDGE = "executorch.exir.dialects.edge.ops."
_TORCH = "torch.ops."
# What other programs that read these files understand; torch has had it since 2.3.
_SCHEMA_VERSION = {"major": 5, "minor": 4}
_NEW_KEYS = (
    "sym_float_values",
    "index",
    "metadata",
    "treespec_namedtuple_fields",
)
_DELEGATE = "torch.ops.higher_order.executorch_call_delegate"


def serialize(program: ExportedProgram) -> SerializedArtifact:
    """A captured or an edge program as bytes; `program` stays as it is."""
    copy = copy_program(program)
    is_edge = program.verifier.dialect == "EDGE"
    if is_edge:
        copy._verifiers = [verifier.Verifier]
    edge, lowered = _to_plain_torch(copy.graph_module)
    artifact = torch_serde.serialize(copy)
    content = json.loads(artifact.exported_program)
    if is_edge:
        content["verifiers"] = ["EDGE"]
    for call, node in _calls(content, copy):
        if not isinstance(node.target, HigherOrderOperator):
            call.pop("is_hop_single_tensor_return", None)
        if node in edge:
            call["target"] = _EDGE + call["target"].removeprefix(_TORCH)
        if DEBUG_HANDLE_KEY in node.meta:
            call["metadata"][DEBUG_HANDLE_KEY] = str(node.meta[DEBUG_HANDLE_KEY])
        if node in lowered:
            _delegate_to_json(call, *lowered[node])
    artifact.exported_program = json.dumps(_in_old_schema(content)).encode()
    return artifact


def deserialize(artifact: SerializedArtifact) -> ExportedProgram:
    """The program that `serialize` was given; what backends compiled included."""
    content = json.loads(artifact.exported_program)
    is_edge = content.get("verifiers") == ["EDGE"]
    if is_edge:
        content["verifiers"] = ["ATEN"]
    edge: set[str] = set()
    lowered: list[tuple[str, LoweredBackendModule]] = []
    for call in _json_calls(content["graph_module"]["graph"]):
        if call["target"].startswith(_EDGE):
            call["target"] = _TORCH + call["target"].removeprefix(_EDGE)
            edge.add(call["target"])
        elif call["target"] == _DELEGATE:
            first = call["inputs"][0]
            lowered.append((first["name"], lowered_from_json(first["arg"]["as_string"])))
            # In its place, for now, its number.
            first["arg"]["as_string"] = str(len(lowered) - 1)
            for argument in call["inputs"]:
                argument["name"] = ""
            call["is_hop_single_tensor_return"] = True
    program = torch_serde.deserialize(
        SerializedArtifact(
            json.dumps(content).encode(),
            artifact.state_dict,
            artifact.constants,
            artifact.example_inputs,
        ),
        # What differs between the versions does not matter here.
        _unsafe_skip_version_check=True,
    )
    modules = set()
    for call, node in _calls(content, program):
        handle = call["metadata"].get(DEBUG_HANDLE_KEY)
        if handle is not None:
            # A number, or a list of them.
            node.meta[DEBUG_HANDLE_KEY] = ast.literal_eval(handle)
        _pass_by_position(node)
        if call["target"] in edge:
            node.target = edge_op(node.target)  # type: ignore[arg-type]
        elif call["target"] == _DELEGATE:
            _put_lowered_module(node, *lowered[int(node.args[0])])  # type: ignore[arg-type]
        modules.add(node.graph.owning_module)
    for module in modules:
        module.recompile()
    if is_edge:
        from executorch.exir.verification.verifier import EXIREdgeDialectVerifier

        program._verifiers = [EXIREdgeDialectVerifier(class_only=True)]
    return program


# --- Graphs --------------------------------------------------------------------------------------


def _to_plain_torch(
    graph_module: fx.GraphModule,
) -> tuple[set[fx.Node], dict[fx.Node, tuple[str, LoweredBackendModule]]]:
    """Leaves nothing in a graph that torch cannot serialize.

    Answers the calls of edge operators, and those of backends with what they call.
    """
    edge: set[fx.Node] = set()
    lowered: dict[fx.Node, tuple[str, LoweredBackendModule]] = {}
    for module in list(all_graph_modules(graph_module)):
        for node in list(module.graph.nodes):
            if isinstance(node.target, EdgeOpOverload):
                node.target = node.target._op
                edge.add(node)
            elif node.target is executorch_call_delegate:
                source = node.args[0]
                lowered[node] = source.target, getattr(module, source.target)
                node.args = (source.target, *node.args[1:])
                if isinstance(node.meta.get("val"), list):
                    node.meta["val"] = tuple(node.meta["val"])
                if not source.users:
                    module.graph.erase_node(source)
        for name in {name for name, _ in lowered.values()}:
            if isinstance(getattr(module, name, None), LoweredBackendModule):
                delattr(module, name)
        module.recompile()
    return edge, lowered


def _pass_by_position(call: fx.Node) -> None:
    """Arguments that have a default are read as keywords, whatever they were."""
    if isinstance(call.target, OpOverload):
        for argument in call.target._schema.arguments[len(call.args) :]:
            if argument.kwarg_only or argument.name not in call.kwargs:
                break
            kwargs = dict(call.kwargs)
            call.args = (*call.args, kwargs.pop(argument.name))
            call.kwargs = kwargs


def _put_lowered_module(call: fx.Node, name: str, lowered: LoweredBackendModule) -> None:
    module = call.graph.owning_module
    setattr(module, name, lowered)
    with call.graph.inserting_before(call):
        source = call.graph.get_attr(name)
    source.meta["val"] = lowered
    call.args = (source, *call.args[1:])


def _json_calls(graph: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The calls in the JSON of a graph, and in that of those below it."""
    for call in graph["nodes"]:
        yield call
        for argument in call["inputs"]:
            if "as_graph" in argument["arg"]:
                yield from _json_calls(argument["arg"]["as_graph"]["graph"])


def _calls(
    content: dict[str, Any], program: ExportedProgram
) -> Iterator[tuple[dict[str, Any], fx.Node]]:
    """The same, with the nodes that they stand for."""
    return _calls_of(content["graph_module"]["graph"], program.graph_module)


def _calls_of(
    graph: dict[str, Any], module: fx.GraphModule
) -> Iterator[tuple[dict[str, Any], fx.Node]]:
    nodes = {node.name: node for node in module.graph.nodes}
    for call in graph["nodes"]:
        if call["name"] in nodes:
            yield call, nodes[call["name"]]
        for argument in call["inputs"]:
            if "as_graph" in argument["arg"]:
                inner = argument["arg"]["as_graph"]
                yield from _calls_of(inner["graph"], getattr(module, inner["name"]))


def _in_old_schema(content: dict[str, Any]) -> dict[str, Any]:
    """Without what readers of the schema version below do not know, as far as it says nothing."""
    for name in ("torch_version", "guards_code"):
        content.pop(name, None)
    content["schema_version"] = _SCHEMA_VERSION
    content["dialect"] = ""
    return _without(content)


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without(item)
        for key, item in value.items()
        if key not in ("kind", "forward_arg_names")
        and (item or key not in _NEW_KEYS or "target" in value)
    }


# --- Calls of backends ---------------------------------------------------------------------------


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _delegate_to_json(call: dict[str, Any], name: str, lowered: LoweredBackendModule) -> None:
    call["inputs"][0]["name"] = name
    call["inputs"][0]["arg"] = {"as_string": lowered_to_json(lowered)}
    for i, argument in enumerate(call["inputs"][1:]):
        argument["name"] = f"delegate_arg_{i}"
    if all("as_tensor" in output for output in call["outputs"]):
        call["outputs"] = [{"as_tensors": [output["as_tensor"] for output in call["outputs"]]}]
    call.pop("is_hop_single_tensor_return", None)


def lowered_to_json(lowered: LoweredBackendModule) -> str:
    """What a backend compiled, and what it was made from, as JSON."""
    original = serialize(lowered.original_module)
    content: dict[str, Any] = {
        "backend_id": lowered.backend_id,
        "processed_bytes": _encode(lowered.processed_bytes),
        "compile_specs": [
            {"key": spec.key, "value": _encode(spec.value)} for spec in lowered.compile_specs
        ],
        "original_module": json.loads(original.exported_program),
        "original_state_dict": _encode(original.state_dict),
        "original_constants": _encode(original.constants),
    }
    data = lowered.named_data_store_output
    if data is not None:
        content["named_data_store"] = json.dumps(
            {
                "buffers": [_encode(bytes(Cord(buffer))) for buffer in data.buffers],
                "pte_data": _entries_to_json(data.pte_data),
                "external_data": {
                    file: _entries_to_json(entries) for file, entries in data.external_data.items()
                },
            }
        )
    return json.dumps(content)


def lowered_from_json(text: str) -> LoweredBackendModule:
    """The reverse of `lowered_to_json`."""
    content = json.loads(text)
    original = deserialize(
        SerializedArtifact(
            json.dumps(content["original_module"]).encode(),
            base64.b64decode(content["original_state_dict"]),
            base64.b64decode(content["original_constants"]),
            b"",
        )
    )
    data = None
    if content.get("named_data_store"):
        store = json.loads(content["named_data_store"])
        data = NamedDataStoreOutput(
            [base64.b64decode(buffer) for buffer in store["buffers"]],
            _entries_from_json(store["pte_data"]),
            {file: _entries_from_json(e) for file, e in store["external_data"].items()},
        )
    return LoweredBackendModule(
        original,
        content["backend_id"],
        base64.b64decode(content["processed_bytes"]),
        [
            CompileSpec(spec["key"], base64.b64decode(spec["value"]))
            for spec in content["compile_specs"]
        ],
        data,
    )


def _entries_to_json(entries: Mapping[str, DataEntry]) -> dict[str, Any]:
    return {
        key: {
            "buffer_index": entry.buffer_index,
            "alignment": entry.alignment,
            "tensor_layout": None
            if entry.tensor_layout is None
            else dataclasses.asdict(entry.tensor_layout),
        }
        for key, entry in entries.items()
    }


def _entries_from_json(content: Mapping[str, Any]) -> dict[str, DataEntry]:
    entries = {}
    for key, entry in content.items():
        layout = entry["tensor_layout"]
        if layout is not None:
            layout = TensorLayout(
                ScalarType(layout["scalar_type"]), layout["sizes"], layout["dim_order"]
            )
        entries[key] = DataEntry(entry["buffer_index"], entry["alignment"], layout)
    return entries
