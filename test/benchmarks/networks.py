# SPDX-License-Identifier: BSD-3-Clause
"""Networks of the usual kinds, for measuring and testing the runtime.

`NETWORKS` maps names to functions that give a module and its example inputs. Its weights are random
and PyTorch is all that it needs, so that every runtime's exporter can take it. `EXAMPLES` are those
of examples/models, with their real weights. `DYNAMIC` are networks with a size that varies.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim
from torch.nn import functional as F

Network = Callable[[], tuple[nn.Module, tuple[Tensor, ...]]]

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "models"


def _image(side: int = 224) -> tuple[Tensor, ...]:
    return (torch.rand(1, 3, side, side),)


def _convolution(
    channels: int,
    out: int,
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
    activation: type[nn.Module] | None = None,
) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out),
    ]
    if activation is not None:
        layers.append(activation())
    return nn.Sequential(*layers)


class SqueezeExcitation(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = max(8, channels // 4)
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        scale = F.adaptive_avg_pool2d(x, 1)
        return x * F.hardsigmoid(self.expand(F.relu(self.reduce(scale))))


class InvertedResidual(nn.Module):
    """Expansion, a depthwise convolution, projection; MobileNet's block."""

    def __init__(
        self,
        channels: int,
        hidden: int,
        out: int,
        kernel: int,
        stride: int,
        activation: type[nn.Module],
        squeeze: bool = False,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        if hidden != channels:
            layers.append(_convolution(channels, hidden, activation=activation))
        layers.append(_convolution(hidden, hidden, kernel, stride, hidden, activation))
        if squeeze:
            layers.append(SqueezeExcitation(hidden))
        layers.append(_convolution(hidden, out))
        self.layers = nn.Sequential(*layers)
        self.is_residual = stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        y = self.layers(x)
        return x + y if self.is_residual else y


def mobilenet_v2() -> tuple[nn.Module, tuple[Tensor, ...]]:
    layers: list[nn.Module] = [_convolution(3, 32, 3, 2, activation=nn.ReLU6)]
    channels = 32
    for factor, out, count, stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for i in range(count):
            hidden, step = channels * factor, stride if i == 0 else 1
            layers.append(InvertedResidual(channels, hidden, out, 3, step, nn.ReLU6))
            channels = out
    layers += [_convolution(channels, 1280, activation=nn.ReLU6)]
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers).eval(), _image()


def mobilenet_v3_small() -> tuple[nn.Module, tuple[Tensor, ...]]:
    layers: list[nn.Module] = [_convolution(3, 16, 3, 2, activation=nn.Hardswish)]
    channels = 16
    for kernel, hidden, out, squeeze, activation, stride in (
        (3, 16, 16, True, nn.ReLU, 2),
        (3, 72, 24, False, nn.ReLU, 2),
        (3, 88, 24, False, nn.ReLU, 1),
        (5, 96, 40, True, nn.Hardswish, 2),
        (5, 240, 40, True, nn.Hardswish, 1),
        (5, 240, 40, True, nn.Hardswish, 1),
        (5, 120, 48, True, nn.Hardswish, 1),
        (5, 144, 48, True, nn.Hardswish, 1),
        (5, 288, 96, True, nn.Hardswish, 2),
        (5, 576, 96, True, nn.Hardswish, 1),
        (5, 576, 96, True, nn.Hardswish, 1),
    ):
        block = InvertedResidual(channels, hidden, out, kernel, stride, activation, squeeze)
        layers.append(block)
        channels = out
    layers += [_convolution(channels, 576, activation=nn.Hardswish)]
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(576, 1024), nn.Hardswish()]
    layers += [nn.Linear(1024, 1000)]
    return nn.Sequential(*layers).eval(), _image()


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut; ResNet's block."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        self.first = _convolution(channels, out, 3, stride, activation=nn.ReLU)
        self.second = _convolution(out, out, 3)
        is_identity = stride == 1 and channels == out
        self.shortcut = nn.Identity() if is_identity else _convolution(channels, out, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.second(self.first(x)) + self.shortcut(x))


def resnet18() -> tuple[nn.Module, tuple[Tensor, ...]]:
    layers: list[nn.Module] = [_convolution(3, 64, 7, 2, activation=nn.ReLU)]
    layers.append(nn.MaxPool2d(3, 2, 1))
    channels = 64
    for out in (64, 128, 256, 512):
        layers += [BasicBlock(channels, out, 1 + (out != channels)), BasicBlock(out, out, 1)]
        channels = out
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000)]
    return nn.Sequential(*layers).eval(), _image()


class Bottleneck(nn.Module):
    """A 3x3 convolution between two that narrow and widen; the block of deeper ResNets."""

    def __init__(self, channels: int, inner: int, stride: int) -> None:
        super().__init__()
        out = 4 * inner
        self.layers = nn.Sequential(
            _convolution(channels, inner, activation=nn.ReLU),
            _convolution(inner, inner, 3, stride, activation=nn.ReLU),
            _convolution(inner, out),
        )
        is_identity = stride == 1 and channels == out
        self.shortcut = nn.Identity() if is_identity else _convolution(channels, out, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.layers(x) + self.shortcut(x))


def resnet50() -> tuple[nn.Module, tuple[Tensor, ...]]:
    layers: list[nn.Module] = [_convolution(3, 64, 7, 2, activation=nn.ReLU)]
    layers.append(nn.MaxPool2d(3, 2, 1))
    channels = 64
    for inner, count in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for i in range(count):
            layers.append(Bottleneck(channels, inner, 2 if i == 0 and inner != 64 else 1))
            channels = 4 * inner
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000)]
    return nn.Sequential(*layers).eval(), _image()


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(batch, length, width))


class EncoderLayer(nn.Module):
    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """ViT-tiny: patches of 16 x 16 pixels and a token for the class, 12 layers."""

    def __init__(self, width: int = 192, heads: int = 3, layers: int = 12) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, 16, 16)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, 197, width) * 0.02)
        blocks = (EncoderLayer(width, heads, 4 * width) for _ in range(layers))
        self.layers = nn.Sequential(*blocks)
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.head(self.norm(self.layers(x))[:, 0])


def vit_tiny() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return VisionTransformer().eval(), _image()


class WindowAttention(nn.Module):
    """Attention among the positions of windows of 7 x 7, with a bias for each distance."""

    mask: Tensor
    distances: Tensor

    def __init__(self, width: int, heads: int, side: int, shift: int) -> None:
        super().__init__()
        self.heads, self.side, self.shift = heads, side, shift
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.bias = nn.Parameter(torch.randn(13 * 13, heads) * 0.02)
        at = torch.stack(torch.meshgrid(torch.arange(7), torch.arange(7), indexing="ij"))
        distance = at.flatten(1)[:, :, None] - at.flatten(1)[:, None, :] + 6
        self.register_buffer("distances", distance[0] * 13 + distance[1], persistent=False)
        # Shifted windows hold parts of the image that are not neighbours.
        region = torch.zeros(side)
        if shift:
            region[-7:-shift], region[-shift:] = 1, 2
        regions = self.windows((region[:, None] * 3 + region)[None, :, :, None])[..., 0]
        apart = regions[:, None, :] != regions[:, :, None]
        mask = torch.zeros(apart.shape).masked_fill(apart, -100.0)
        self.register_buffer("mask", mask[:, None], persistent=False)

    def windows(self, x: Tensor) -> Tensor:
        n = self.side // 7
        return x.view(-1, n, 7, n, 7, x.shape[-1]).transpose(2, 3).reshape(-1, 49, x.shape[-1])

    def forward(self, x: Tensor) -> Tensor:
        width, n = x.shape[-1], self.side // 7
        if self.shift:
            x = torch.roll(x, (-self.shift, -self.shift), (1, 2))
        qkv = self.qkv(self.windows(x)).view(-1, 49, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mask = self.mask + self.bias[self.distances].permute(2, 0, 1)
        y = F.scaled_dot_product_attention(q, k, v, mask)
        y = self.out(y.transpose(1, 2).reshape(-1, 49, width))
        y = y.view(-1, n, n, 7, 7, width).transpose(2, 3).reshape(-1, self.side, self.side, width)
        return torch.roll(y, (self.shift, self.shift), (1, 2)) if self.shift else y


class SwinBlock(nn.Module):
    def __init__(self, width: int, heads: int, side: int, shift: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = WindowAttention(width, heads, side, shift)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchMerging(nn.Module):
    """Four neighbours become one position of twice the width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * width)
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        parts = [x[:, i::2, j::2] for j in (0, 1) for i in (0, 1)]
        return self.reduction(self.norm(torch.cat(parts, -1)))


class Swin(nn.Module):
    def __init__(self, depths: tuple[int, ...] = (2, 2, 6, 2), width: int = 96) -> None:
        super().__init__()
        self.patches, self.norm = nn.Conv2d(3, width, 4, 4), nn.LayerNorm(width)
        layers: list[nn.Module] = []
        side, heads = 56, width // 32
        for stage, depth in enumerate(depths):
            if stage:
                layers.append(PatchMerging(width))
                side, width, heads = side // 2, width * 2, heads * 2
            for i in range(depth):
                layers.append(SwinBlock(width, heads, side, 3 if i % 2 and side > 7 else 0))
        self.layers = nn.Sequential(*layers)
        self.last_norm, self.head = nn.LayerNorm(width), nn.Linear(width, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.patches(x).permute(0, 2, 3, 1))
        return self.head(self.last_norm(self.layers(x)).mean((1, 2)))


def swin_tiny() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return Swin().eval(), _image()


class ChannelsFirstNorm(nn.LayerNorm):
    """Layer norm over dimension 1."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNextBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, 1e-6)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.scale * self.down(F.gelu(self.up(y)))
        return x + y.permute(0, 3, 1, 2)


def convnext_tiny() -> tuple[nn.Module, tuple[Tensor, ...]]:
    layers: list[nn.Module] = [nn.Conv2d(3, 96, 4, 4), ChannelsFirstNorm(96, 1e-6)]
    width = 96
    for stage, depth in enumerate((3, 3, 9, 3)):
        if stage:
            layers += [ChannelsFirstNorm(width, 1e-6), nn.Conv2d(width, 2 * width, 2, 2)]
            width *= 2
        layers += [ConvNextBlock(width) for _ in range(depth)]
    layers += [nn.AdaptiveAvgPool2d(1), ChannelsFirstNorm(width, 1e-6), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(width, 1000)).eval(), _image()


class ConvolutionalTransformer(nn.Module):
    """A few convolutions, whose positions become the tokens of a transformer."""

    def __init__(self, channels: tuple[int, ...] = (16, 32), width: int = 64) -> None:
        super().__init__()
        pairs = zip((3, *channels), channels)
        self.stem = nn.Sequential(*(_convolution(a, b, 3, 2, 1, nn.SiLU) for a, b in pairs))
        self.project = nn.Conv2d(channels[-1], width, 1)
        self.layers = nn.Sequential(*(EncoderLayer(width, 4, 2 * width) for _ in range(2)))
        self.head = nn.Linear(width, 10)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.project(self.stem(x)).flatten(2).transpose(1, 2)
        return self.head(self.layers(tokens).mean(1))


def hybrid() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return ConvolutionalTransformer().eval(), _image(32)


def hybrid_224() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return ConvolutionalTransformer((32, 64, 128, 256), 256).eval(), _image()


class SpeechDetector(nn.Module):
    """Convolutions over a frame of audio, a recurrent cell, a probability; with its state."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv1d(1, 64, 64, 32, padding=16),
            nn.ReLU(),
            nn.Conv1d(64, 64, 3, 2, padding=1),
            nn.ReLU(),
            nn.Conv1d(64, 128, 3, 2, padding=1),
            nn.ReLU(),
        )
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.head = nn.Conv1d(128, 1, 1)

    def forward(self, audio: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.encoder(audio[:, None]).transpose(1, 2)
        y, (hidden, cell) = self.lstm(features, (hidden, cell))
        return torch.sigmoid(self.head(y.transpose(1, 2))).mean(2), hidden, cell


def speech_lstm() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return SpeechDetector().eval(), (
        torch.randn(1, 512),
        torch.zeros(1, 1, 128),
        torch.zeros(1, 1, 128),
    )


@dataclass(frozen=True)
class DecoderSizes:
    width: int = 288
    heads: int = 6
    layers: int = 6
    inner: int = 768
    vocabulary: int = 32000
    context: int = 128


_SMALL, _MEDIUM = DecoderSizes(), DecoderSizes(768, 12, 12, 2048, 32000, 256)


class RmsNorm(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class DecoderLayer(nn.Module):
    """Llama's layer with a cache of keys and values."""

    keys: Tensor
    values: Tensor

    def __init__(self, sizes: DecoderSizes) -> None:
        super().__init__()
        width, inner = sizes.width, sizes.inner
        self.heads, self.head_width = sizes.heads, width // sizes.heads
        self.norm1, self.norm2 = RmsNorm(width), RmsNorm(width)
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(width, width, bias=False)
        self.v = nn.Linear(width, width, bias=False)
        self.o = nn.Linear(width, width, bias=False)
        self.gate = nn.Linear(width, inner, bias=False)
        self.up = nn.Linear(width, inner, bias=False)
        self.down = nn.Linear(inner, width, bias=False)
        self.register_buffer("keys", torch.zeros(1, sizes.context, sizes.heads, self.head_width))
        self.register_buffer("values", torch.zeros(1, sizes.context, sizes.heads, self.head_width))

    def forward(
        self, x: Tensor, position: Tensor, cos: Tensor, sin: Tensor, mask: Tensor
    ) -> Tensor:
        def heads(y: Tensor) -> Tensor:
            return y.view(1, -1, self.heads, self.head_width)

        def rotate(y: Tensor) -> Tensor:
            first, second = y.float().reshape(*y.shape[:-1], -1, 2).unbind(-1)
            rotated = torch.stack([first * cos - second * sin, first * sin + second * cos], -1)
            return rotated.flatten(3)

        y = self.norm1(x)
        q, k, v = rotate(heads(self.q(y))), rotate(heads(self.k(y))), heads(self.v(y))
        self.keys[:, position] = k
        self.values[:, position] = v
        attended = F.scaled_dot_product_attention(
            q.transpose(1, 2), self.keys.transpose(1, 2), self.values.transpose(1, 2), mask
        )
        x = x + self.o(attended.transpose(1, 2).reshape(1, -1, x.shape[-1]))
        y = self.norm2(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Decoder(nn.Module):
    """A language model: tokens and their positions to logits, with its cache."""

    cos: Tensor
    sin: Tensor
    mask: Tensor

    def __init__(self, sizes: DecoderSizes) -> None:
        super().__init__()
        self.embedding = nn.Embedding(sizes.vocabulary, sizes.width)
        self.layers = nn.ModuleList(DecoderLayer(sizes) for _ in range(sizes.layers))
        self.norm = RmsNorm(sizes.width)
        self.out = nn.Linear(sizes.width, sizes.vocabulary, bias=False)
        self.out.weight = self.embedding.weight
        head = sizes.width // sizes.heads
        angles = torch.outer(
            torch.arange(sizes.context), 10000.0 ** (-torch.arange(0, head, 2) / head)
        )[:, None]
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        mask = torch.full((sizes.context, sizes.context), -1e9).triu(1)
        self.register_buffer("mask", mask)

    def forward(self, tokens: Tensor, positions: Tensor) -> Tensor:
        x = self.embedding(tokens)
        cos, sin, mask = self.cos[positions], self.sin[positions], self.mask[positions]
        for layer in self.layers:
            x = layer(x, positions, cos, sin, mask)
        return self.out(self.norm(x))


def _decode(sizes: DecoderSizes) -> tuple[nn.Module, tuple[Tensor, ...]]:
    return Decoder(sizes).eval(), (torch.tensor([[17]]), torch.tensor([63]))


def llama_15m_decode() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return _decode(_SMALL)


def llama_110m_decode() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return _decode(_MEDIUM)


def _prompt(length: int) -> tuple[Tensor, ...]:
    tokens = torch.arange(length)
    return tokens[None] * 17 % _SMALL.vocabulary, tokens


def llama_15m_prefill() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return Decoder(_SMALL).eval(), _prompt(64)


class SmallOperators(nn.Module):
    """100 elementwise operators on 16 elements, each on the result of the one before."""

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(25):
            x = torch.sigmoid(x * 0.5 + x) - x
        return x


def small_operators() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return SmallOperators(), (torch.randn(1, 16),)


NETWORKS: dict[str, Network] = {
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3_small": mobilenet_v3_small,
    "resnet18": resnet18,
    "resnet50": resnet50,
    "vit_tiny": vit_tiny,
    "swin_tiny": swin_tiny,
    "convnext_tiny": convnext_tiny,
    "hybrid": hybrid,
    "hybrid_224": hybrid_224,
    "speech_lstm": speech_lstm,
    "llama_15m_prefill": llama_15m_prefill,
    "llama_15m_decode": llama_15m_decode,
    "llama_110m_decode": llama_110m_decode,
    "small_operators": small_operators,
}


def _example(name: str) -> Any:
    if str(_EXAMPLES) not in sys.path:
        sys.path.append(str(_EXAMPLES))
    return importlib.import_module(name)


def _load_example(name: str) -> tuple[nn.Module, tuple[Tensor, ...]]:
    example = _example(name)
    return example.load(), example.example_inputs()


EXAMPLES: dict[str, Network] = {
    name: partial(_load_example, name) for name in ("efficientnet_lite0", "minilm")
}


@dataclass(frozen=True)
class Dynamic:
    """A network with a size that varies.

    inputs: of one size. shapes: for torch.export, given the dimension. sizes: the smallest, one
    between, the largest.
    """

    network: Network
    inputs: Callable[[int], tuple[Tensor, ...]]
    shapes: Callable[[Dim], Any]
    sizes: tuple[int, int, int]

    def export(self) -> tuple[nn.Module, torch.export.ExportedProgram]:
        low, example, high = self.sizes
        module = self.network()[0].requires_grad_(False)
        shapes = self.shapes(Dim("size", min=low, max=high))
        return module, torch.export.export(module, self.inputs(example), dynamic_shapes=shapes)


def _images(network: Network, side: int = 224) -> Dynamic:
    def inputs(size: int) -> tuple[Tensor, ...]:
        return (torch.rand(size, 3, side, side),)

    return Dynamic(network, inputs, lambda size: ({0: size},), (1, 2, 4))


def _sentence(tokens: int) -> tuple[Tensor, ...]:
    return _example("minilm").tokenize("word " * (tokens - 2))


def _frames(batch: int) -> tuple[Tensor, ...]:
    state = torch.zeros(1, batch, 128)
    return torch.randn(batch, 512), state, state.clone()


DYNAMIC: dict[str, Dynamic] = {
    **{
        name: _images(NETWORKS[name])
        for name in ("mobilenet_v2", "mobilenet_v3_small", "resnet18", "resnet50", "vit_tiny")
    },
    **{name: _images(NETWORKS[name]) for name in ("swin_tiny", "convnext_tiny", "hybrid_224")},
    "hybrid": _images(hybrid, 32),
    "efficientnet_lite0": _images(EXAMPLES["efficientnet_lite0"]),
    "speech_lstm": Dynamic(
        speech_lstm, _frames, lambda size: ({0: size}, {1: size}, {1: size}), (1, 2, 5)
    ),
    "minilm": Dynamic(EXAMPLES["minilm"], _sentence, lambda n: ({1: n}, {1: n}), (3, 40, 128)),
    "llama_15m_prefill": Dynamic(
        llama_15m_prefill, _prompt, lambda n: ({1: n}, {0: n}), (2, 31, 128)
    ),
}
