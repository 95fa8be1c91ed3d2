# SPDX-License-Identifier: BSD-3-Clause
"""Networks of the usual kinds, with random weights, for measuring the runtime.

`NETWORKS` maps names to functions that give a module and its example inputs. Needs PyTorch alone,
so that every runtime's exporter can take them.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Network = Callable[[], tuple[nn.Module, tuple[Tensor, ...]]]


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
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ConvolutionalTransformer(nn.Module):
    """A few convolutions, whose positions become the tokens of a transformer."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _convolution(3, 16, 3, 2, activation=nn.SiLU),
            _convolution(16, 32, 3, 2, activation=nn.SiLU),
        )
        self.project = nn.Conv2d(32, 64, 1)
        self.layers = nn.Sequential(EncoderLayer(64, 4), EncoderLayer(64, 4))
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.project(self.stem(x)).flatten(2).transpose(1, 2)
        return self.head(self.layers(tokens).mean(1))


def hybrid() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return ConvolutionalTransformer().eval(), _image(32)


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


_WIDTH, _HEADS, _LAYERS, _INNER, _VOCABULARY, _CONTEXT = 288, 6, 6, 768, 32000, 128
_HEAD = _WIDTH // _HEADS


class RmsNorm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(_WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class DecoderLayer(nn.Module):
    """Llama's layer with a cache of keys and values."""

    keys: Tensor
    values: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = RmsNorm(), RmsNorm()
        self.q = nn.Linear(_WIDTH, _WIDTH, bias=False)
        self.k = nn.Linear(_WIDTH, _WIDTH, bias=False)
        self.v = nn.Linear(_WIDTH, _WIDTH, bias=False)
        self.o = nn.Linear(_WIDTH, _WIDTH, bias=False)
        self.gate = nn.Linear(_WIDTH, _INNER, bias=False)
        self.up = nn.Linear(_WIDTH, _INNER, bias=False)
        self.down = nn.Linear(_INNER, _WIDTH, bias=False)
        self.register_buffer("keys", torch.zeros(1, _CONTEXT, _HEADS, _HEAD))
        self.register_buffer("values", torch.zeros(1, _CONTEXT, _HEADS, _HEAD))

    def forward(
        self, x: Tensor, position: Tensor, cos: Tensor, sin: Tensor, mask: Tensor
    ) -> Tensor:
        def heads(y: Tensor) -> Tensor:
            return y.view(1, -1, _HEADS, _HEAD)

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
        x = x + self.o(attended.transpose(1, 2).reshape(1, -1, _WIDTH))
        y = self.norm2(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Decoder(nn.Module):
    """One step of a language model of 15 million weights: a token and its position to logits."""

    cos: Tensor
    sin: Tensor
    mask: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(_VOCABULARY, _WIDTH)
        self.layers = nn.ModuleList(DecoderLayer() for _ in range(_LAYERS))
        self.norm = RmsNorm()
        self.out = nn.Linear(_WIDTH, _VOCABULARY, bias=False)
        self.out.weight = self.embedding.weight
        angles = torch.outer(
            torch.arange(_CONTEXT), 10000.0 ** (-torch.arange(0, _HEAD, 2) / _HEAD)
        )[:, None]
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        self.register_buffer("mask", torch.full((_CONTEXT, _CONTEXT), -1e9).triu(1))

    def forward(self, token: Tensor, position: Tensor) -> Tensor:
        x = self.embedding(token)
        cos, sin, mask = self.cos[position], self.sin[position], self.mask[position]
        for layer in self.layers:
            x = layer(x, position, cos, sin, mask)
        return self.out(self.norm(x))


def llama_15m_decode() -> tuple[nn.Module, tuple[Tensor, ...]]:
    return Decoder().eval(), (torch.tensor([[17]]), torch.tensor([63]))


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
    "hybrid": hybrid,
    "speech_lstm": speech_lstm,
    "llama_15m_decode": llama_15m_decode,
    "small_operators": small_operators,
}
