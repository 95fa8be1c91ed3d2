# SPDX-License-Identifier: BSD-3-Clause
"""Exports EfficientNet-Lite0, classifies photographs with the C++ runner, compares with PyTorch.

`make demo` builds the runner and does this. The exit code is 1 if a result differs from PyTorch's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import to_edge_transform_and_lower

# The models are plain files, shared by the examples.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))
import efficientnet_lite0

TOLERANCE = 1e-4
_DEFAULT_RUNNER = Path(__file__).resolve().parents[2] / "build/release/examples/executor_runner"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Prints `title`, and then how long the enclosed work took."""
    print(f"{title} ...", end=" ", flush=True)
    start = time.perf_counter()
    yield
    print(f"{time.perf_counter() - start:.2f} s")


def export(model: torch.nn.Module, inputs: tuple[torch.Tensor, ...], path: Path) -> None:
    with step("Capturing the model (torch.export)"):
        program = torch.export.export(model, inputs)
    with step("Converting to the edge dialect, and lowering to XNNPACK"):
        edge = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    with step("Planning memory"):
        executorch_program = edge.to_executorch()
    with step(f"Writing {path}"):
        executorch_program.save(str(path))
    print(f"  {path.stat().st_size / 1e6:.1f} MB")


def run(
    runner: Path, model: Path, image: torch.Tensor, executions: int
) -> tuple[np.ndarray, dict[str, str]]:
    """What the runner computes from `image`, as flat float32, and what it reports, by name."""
    with tempfile.TemporaryDirectory() as folder:
        input_file, output_base = Path(folder) / "input.bin", Path(folder) / "output"
        image.numpy().tofile(input_file)
        command = [
            str(runner),
            f"--model_path={model}",
            f"--inputs={input_file}",
            f"--output_file={output_base}",
            f"--num_executions={executions}",
            "--print_output=none",
        ]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise RuntimeError(f"{runner} exited with {result.returncode}:\n{result.stderr}")
        report = dict(line.split(": ", 1) for line in result.stdout.splitlines() if ": " in line)
        return np.fromfile(f"{output_base}-0.bin", dtype=np.float32), report


def classify(
    model: torch.nn.Module, runner: Path, program: Path, photograph: Path, executions: int
) -> float:
    """Prints what is on `photograph`; answers the largest difference from `model`'s scores."""
    image = efficientnet_lite0.read_image(photograph)
    scores, report = run(runner, program, image, executions)
    print(f"{photograph.name}:")
    values, indices = torch.from_numpy(scores).softmax(0).topk(5)
    names = efficientnet_lite0.class_names()
    for value, index in zip(values.tolist(), indices.tolist()):
        print(f"  {value:6.1%}  {names[index]}")
    print(f"  load {report['load_ms']} ms, inference {report['mean_execution_ms']} ms")
    with torch.no_grad():
        expected = model(image).numpy().ravel()
    difference = float(np.abs(scores - expected).max())
    print(f"  largest difference from PyTorch {difference:.1e} (allowed {TOLERANCE:.0e})")
    return difference


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--model", type=Path, default=Path("model.pte"), help="program to write [%(default)s]"
    )
    parser.add_argument(
        "--image",
        type=Path,
        nargs="+",
        help="photographs to classify; without it, two of scikit-learn's samples",
    )
    parser.add_argument("--runner", type=Path, default=_DEFAULT_RUNNER, help="[%(default)s]")
    parser.add_argument("--executions", type=int, default=3, help="of each photograph [3]")
    arguments = parser.parse_args()
    if not arguments.runner.exists():
        parser.error(f"{arguments.runner} does not exist; build it, or name it with --runner")

    model = efficientnet_lite0.load()
    export(model, efficientnet_lite0.example_inputs(), arguments.model)
    differences = [
        classify(model, arguments.runner, arguments.model, photograph, arguments.executions)
        for photograph in arguments.image or efficientnet_lite0.sample_photographs()
    ]
    # Not `max(...) > TOLERANCE`: a difference that is not a number must fail, too.
    return 0 if all(difference <= TOLERANCE for difference in differences) else 1


if __name__ == "__main__":
    sys.exit(main())
