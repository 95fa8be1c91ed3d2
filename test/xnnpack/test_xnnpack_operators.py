# SPDX-License-Identifier: BSD-3-Clause
"""What the XNNPACK partitioner takes must compute what PyTorch computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.export import Dim, export
from torch.utils import _pytree as pytree

from executorch.backends.xnnpack.partition.config import LinearConfig
from executorch.backends.xnnpack.partition.xnnpack_partitioner import (
    XnnpackDynamicallyQuantizedPartitioner,
    XnnpackPartitioner,
)
from executorch.exir import EdgeProgramManager, to_edge, to_edge_transform_and_lower
from executorch.exir.backend.utils import get_delegates
from executorch.runtime import Method, Runtime


class Function(nn.Module):
    """A function of some modules and inputs, as a module."""

    def __init__(self, function: Callable[..., Any], *modules: nn.Module) -> None:
        super().__init__()
        self.function = function
        self.inner = nn.ModuleList(modules)

    def forward(self, *inputs: torch.Tensor) -> Any:
        return self.function(*self.inner, *inputs)


def lower(model: nn.Module, inputs: tuple[Any, ...], dynamic: Any = None) -> EdgeProgramManager:
    program = export(model.eval(), inputs, dynamic_shapes=dynamic)
    return to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])


def num_delegates(edge: EdgeProgramManager) -> int:
    return len(get_delegates(edge.exported_program().graph))


def left_behind(edge: EdgeProgramManager) -> dict[str, str]:
    """Reason of each node that is not delegated."""
    nodes = edge.exported_program().graph.nodes
    return {n.name: n.meta["not_delegated"] for n in nodes if "not_delegated" in n.meta}


def load(edge: EdgeProgramManager) -> Method:
    return Runtime.get().load_program(edge.to_executorch().buffer).load_method("forward")


def check(method: Method, model: nn.Module, *inputs: Any, tolerance: float = 1e-4) -> None:
    actual = method.execute(inputs)
    with torch.no_grad():
        expected = pytree.tree_leaves(model(*inputs))
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected):
        torch.testing.assert_close(a, e, atol=tolerance, rtol=tolerance)


def split_and_multiply(x: torch.Tensor) -> torch.Tensor:
    products = [a * b for a, b in zip(x.split(2, -1), x.chunk(3, -1))]
    return torch.stack(products, 1).sum(-1)


def squeeze_and_excite(m: nn.Module, n: nn.Module, x: torch.Tensor) -> torch.Tensor:
    y = m(x)
    return y * torch.sigmoid(n(F.adaptive_avg_pool2d(y, 1)))


def apply(m: nn.Module, *inputs: torch.Tensor) -> Any:
    return m(*inputs)


def attend(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> torch.Tensor:
    return F.scaled_dot_product_attention(q, k, v, mask)


def attend_causally(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


r = torch.randn
SOME_ROWS_HIDDEN = torch.tensor([[True, False, True, True, False]] * 4 + [[False] * 5])

CASES: dict[str, tuple[nn.Module, tuple[Any, ...]]] = {
    "linear": (Function(apply, nn.Linear(12, 7)), (r(3, 12),)),
    "linear_without_bias": (Function(apply, nn.Linear(12, 7, bias=False)), (r(2, 3, 12),)),
    "conv1d": (
        Function(
            apply,
            nn.Sequential(
                nn.Conv1d(4, 8, 3, padding=1),
                nn.BatchNorm1d(8),
                nn.ReLU(),
                nn.Conv1d(8, 8, 3, groups=8, stride=2),
            ),
        ),
        (r(2, 4, 16),),
    ),
    "conv_transpose": (
        Function(apply, nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1)),
        (r(2, 4, 7, 9),),
    ),
    "conv_transpose_grouped_norm": (
        Function(
            apply,
            nn.Sequential(nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), nn.BatchNorm2d(6)),
        ),
        (r(2, 4, 7, 9),),
    ),
    "conv_grouped": (
        Function(
            apply,
            nn.Sequential(
                nn.Conv2d(8, 16, 3, groups=4, dilation=2, padding=2),
                nn.Hardswish(),
                nn.Conv2d(16, 32, 3, groups=16),
                nn.Hardsigmoid(),
                nn.SiLU(),
            ),
        ),
        (r(2, 8, 9, 11),),
    ),
    "batch_norm_alone": (Function(apply, nn.BatchNorm2d(3)), (r(2, 3, 4, 5),)),
    "unary": (
        Function(
            lambda x: (
                x.abs().sqrt()
                + x.ceil()
                - x.floor() * x.sin() * x.cos()
                + torch.tanh(x)
                + x.neg()
                + torch.rsqrt(x.abs() + 1)
                + torch.log(x.abs() + 1)
                + x.exp()
                + x**2
                + x**3
                + 1 / (x.abs() + 1)
                + x.clamp(-1, 1).tan()
            )
        ),
        (r(3, 5),),
    ),
    "activations": (
        Function(
            lambda x: (
                F.gelu(x)
                + F.gelu(x, approximate="tanh")
                + F.elu(x, 0.7)
                + F.leaky_relu(x, 0.2)
                + F.hardtanh(x)
                + F.relu6(x)
                + torch.clamp(x, -0.5, 0.7)
                + torch.clamp(x, max=0.3)
            )
        ),
        (r(3, 5),),
    ),
    "prelu_rank_4": (Function(apply, nn.PReLU(5)), (r(3, 5, 2, 2),)),
    "prelu_rank_2": (Function(apply, nn.PReLU(5)), (r(3, 5),)),
    "binary": (
        Function(
            lambda x, y: (
                (x + y) * (x - y) / (y.abs() + 1)
                + torch.minimum(x, y)
                + torch.maximum(x, y)
                + torch.add(x, y, alpha=2)
                + 3 * x
            )
        ),
        (r(3, 5), r(5)),
    ),
    "channels_last_times_image": (
        Function(
            lambda m, x, y: m(x) * y + m(x).mean((2, 3), keepdim=True),
            nn.Conv2d(3, 4, 3, padding=1),
        ),
        (r(2, 3, 6, 5), r(6, 5)),
    ),
    "mm": (Function(torch.mm), (r(3, 5), r(5, 4))),
    "bmm": (Function(torch.bmm), (r(2, 3, 5), r(2, 5, 4))),
    "matmul": (Function(torch.matmul), (r(2, 2, 3, 5), r(2, 2, 5, 4))),
    "addmm_alpha_beta": (
        Function(lambda b, x, y: torch.addmm(b, x, y, beta=0.5, alpha=2)),
        (r(4), r(3, 5), r(5, 4)),
    ),
    "layer_norm": (Function(apply, nn.LayerNorm(16)), (r(2, 3, 16),)),
    "rms_norm": (Function(apply, nn.RMSNorm(16)), (r(2, 5, 16),)),
    "softmax_inner": (Function(lambda x: x.softmax(1)), (r(2, 3, 16),)),
    "pooling": (
        Function(
            lambda x: (
                F.max_pool2d(x, 3, 2, 1)
                + F.avg_pool2d(x, 3, 2, 1)
                + F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
            )
        ),
        (r(1, 2, 8, 9),),
    ),
    "pooling_ceil": (Function(lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True)), (r(1, 2, 8, 9),)),
    "adaptive_pooling": (
        Function(
            lambda x: (
                F.adaptive_avg_pool2d(x, 1) + F.adaptive_avg_pool2d(x, 4).mean((2, 3), keepdim=True)
            )
        ),
        (r(1, 2, 8, 8),),
    ),
    "bilinear": (
        Function(
            lambda x: (
                F.interpolate(x, scale_factor=2, mode="bilinear")
                + F.interpolate(x, size=(16, 18), mode="bilinear", align_corners=True)
            )
        ),
        (r(1, 2, 8, 9),),
    ),
    "shapes": (
        Function(
            lambda x: torch.cat(
                [
                    x.reshape(6, 4).t().unsqueeze(0)[:, :, 1:3],
                    x.permute(2, 0, 1)[:, 0, :1].reshape(1, 4, 1).expand(1, 4, 2)
                    * torch.ones(1, 4, 2),
                ],
                dim=2,
            )
        ),
        (r(2, 3, 4),),
    ),
    "cat_many": (Function(lambda x: torch.cat([x * i for i in range(1, 13)], 1)), (r(2, 3),)),
    "split_stack_sum": (Function(split_and_multiply), (r(2, 6),)),
    "pad": (
        Function(lambda m, x: F.pad(m(x), (1, 2, 0, 1), value=0.5), nn.Conv2d(2, 3, 1)),
        (r(1, 2, 4, 4),),
    ),
    "pixel_shuffle": (
        Function(apply, nn.Sequential(nn.Conv2d(2, 8, 3), nn.PixelShuffle(2))),
        (r(1, 2, 6, 6),),
    ),
    "cat_channels": (
        Function(
            lambda m, n, x: torch.cat([m(x), n(x), x], 1),
            nn.Conv2d(2, 3, 3, padding=1),
            nn.Conv2d(2, 3, 1),
        ),
        (r(1, 2, 6, 6),),
    ),
    "squeeze_and_excite": (
        Function(squeeze_and_excite, nn.Conv2d(2, 8, 3), nn.Conv2d(8, 8, 1)),
        (r(1, 2, 6, 6),),
    ),
    "flatten": (
        Function(lambda m, n, x: n(m(x).flatten(1)), nn.Conv2d(2, 8, 3), nn.Linear(128, 3)),
        (r(1, 2, 6, 6),),
    ),
    "channels_last_input": (
        Function(lambda m, x: m(x).relu(), nn.Conv2d(2, 8, 3)),
        (r(1, 2, 6, 6).to(memory_format=torch.channels_last),),
    ),
    "attention": (Function(attend), (r(1, 2, 5, 8), r(1, 2, 6, 8), r(1, 2, 6, 8))),
    "attention_causal": (Function(attend_causally), (r(1, 2, 5, 8),) * 3),
    "attention_mask": (
        Function(attend),
        (r(1, 2, 5, 8), r(1, 2, 6, 8), r(1, 2, 6, 8), r(5, 6)),
    ),
    "attention_bool_mask": (Function(attend), (*(r(1, 2, 5, 8),) * 3, SOME_ROWS_HIDDEN)),
    "encoder_layer": (
        Function(apply, nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, activation="gelu")),
        (r(2, 5, 16),),
    ),
    "output_twice": (Function(lambda x: (x + 1, (x + 1).relu(), x)), (r(3),)),
}


@pytest.mark.parametrize("name", CASES)
def test_operator(name: str) -> None:
    model, inputs = CASES[name]
    edge = lower(model, inputs)
    assert num_delegates(edge) == 1
    if name != "attention_bool_mask":  # the mask itself is computed outside
        assert not left_behind(edge)
    method = load(edge)
    check(method, model, *inputs)
    check(method, model, *inputs)  # nothing is left over from the first time


def test_float16() -> None:
    model, inputs = nn.Sequential(nn.Linear(12, 7), nn.ReLU()).half(), (r(3, 12).half(),)
    edge = lower(model, inputs)
    assert not left_behind(edge)
    check(load(edge), model, *inputs, tolerance=5e-3)


def test_lstm() -> None:
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(4, 8, 2, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.lstm(x)[0]

    model, inputs = Last(), (r(1, 6, 4),)
    edge = lower(model, inputs)
    assert num_delegates(edge) == 1
    check(load(edge), model, *inputs)


DYNAMIC: dict[str, tuple[nn.Module, Callable[[int], tuple[Any, ...]], Any]] = {
    "batch_of_images": (
        Function(
            lambda m, n, x: n(F.adaptive_avg_pool2d(m(x).relu(), 1).flatten(1)),
            nn.Conv2d(3, 8, 3),
            nn.Linear(8, 4),
        ),
        lambda n: (r(n, 3, 8, 8),),
        {0: Dim("n", min=1, max=9)},
    ),
    "image_size": (
        Function(lambda m, x: m(x).relu(), nn.Conv2d(3, 8, 3, stride=2, padding=1)),
        lambda n: (r(1, 3, n + 4, 8),),
        {2: Dim("h", min=5, max=13)},
    ),
    "sequence": (
        Function(apply, nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, activation="gelu")),
        lambda n: (r(1, n, 16),),
        {1: Dim("s", min=1, max=9)},
    ),
}


@pytest.mark.parametrize("name", DYNAMIC)
def test_dynamic_shapes(name: str) -> None:
    model, make, dims = DYNAMIC[name]
    edge = lower(model, make(4), ((dims,),))
    method = load(edge)
    for size in (1, 5, 9, 2):
        check(method, model, *make(size))


REFUSED: dict[str, tuple[nn.Module, tuple[Any, ...], str]] = {
    "int": (Function(lambda x: x + x), (torch.ones(3, dtype=torch.int64),), "int64"),
    "double": (Function(lambda x: x * x), (r(3).double(),), "float64"),
    "negative_pad": (Function(lambda x: F.pad(x, (-1, 0))), (r(3, 4),), "negative padding"),
    "step": (Function(lambda x: x[::2]), (r(4),), "step 2"),
    "large_stride": (Function(lambda x: F.max_pool2d(x, 2, 3)), (r(1, 2, 8, 8),), "stride"),
    "unknown": (Function(torch.erf), (r(3),), "no such operator"),
    "clamp_crossed": (Function(lambda x: x.clamp(2, 1)), (r(3),), "limits"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """What the library cannot do right is left to the kernels, with the reason."""
    model, inputs, reason = REFUSED[name]
    edge = lower(model, inputs)
    assert num_delegates(edge) == 0
    assert any(reason in text for text in left_behind(edge).values())
    check(load(edge), model, *inputs)


def test_to_backend_of_decomposed_program() -> None:
    model, inputs = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3)), (r(2, 4),)
    edge = to_edge(export(model.eval(), inputs)).to_backend(XnnpackPartitioner())
    assert num_delegates(edge) == 1 and not left_behind(edge)
    check(load(edge), model, *inputs)


def test_configs_and_per_op_mode() -> None:
    model, inputs = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), (r(2, 4),)
    program = export(model.eval(), inputs)

    def delegates(partitioner: XnnpackPartitioner) -> int:
        return num_delegates(to_edge_transform_and_lower(program, partitioner=[partitioner]))

    assert delegates(XnnpackPartitioner()) == 1
    assert delegates(XnnpackPartitioner(per_op_mode=True)) == 3
    assert delegates(XnnpackPartitioner(configs=[LinearConfig])) == 2
    assert delegates(XnnpackDynamicallyQuantizedPartitioner()) == 0


def test_weights_used_twice_are_stored_once() -> None:
    linear = nn.Linear(64, 64, bias=False)
    model, inputs = Function(lambda m, x: m(torch.erf(m(x))), linear), (r(2, 64),)
    edge = lower(model, inputs)
    assert num_delegates(edge) == 2
    buffer = edge.to_executorch().buffer
    assert bytes(linear.weight.detach().numpy().data) in buffer
    assert len(buffer) < 1.5 * 64 * 64 * 4
    check(load(edge), model, *inputs)
