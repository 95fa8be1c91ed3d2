#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whether programs of either exporter compute the same in either runtime.

    python test/interop/run_both.py --peer-python PATH [--networks vit_tiny,minilm]

Every network (../benchmarks/networks.py), lowered to XNNPACK by our exporter and by that which
`executorch` means to the interpreter PATH, is run by both runtimes. Printed is the largest
difference from eager PyTorch, relative to its largest output. The exit status says whether our
programs compute right in both runtimes, and our runtime what the peer's computes right.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "benchmarks"))
from compare import Runtime, runtimes_of, write_program  # noqa: E402

NETWORKS = (
    "mobilenet_v2",
    "mobilenet_v3_small",
    "resnet18",
    "efficientnet_lite0",
    "vit_tiny",
    "convnext_tiny",
    "minilm",
    "minilm_dynamic",
    "hybrid",
    "speech_lstm",
    "llama_15m_prefill",
)
TOLERANCE = 1e-3


def run(file: Path, directory: Path) -> float:
    """The difference of a program's outputs from the expected ones, in this process."""
    import torch

    from executorch.runtime import Runtime, Verification

    inputs = torch.load(directory / "inputs.pt")
    expected = torch.load(directory / "expected.pt")
    program = Runtime.get().load_program(file, verification=Verification.Minimal)
    method = program.load_method("forward")
    assert method is not None
    actual = method.execute(inputs)
    assert len(actual) == len(expected)
    return max(
        float((a - e).abs().max() / e.abs().max().clamp(min=1e-6)) for a, e in zip(actual, expected)
    )


def write_expected(directory: Path) -> None:
    import torch
    from torch.utils import _pytree as pytree

    module = torch.export.load(directory / "program.pt2").module()
    inputs = torch.load(directory / "inputs.pt")
    with torch.no_grad():
        torch.save(pytree.tree_leaves(module(*inputs)), directory / "expected.pt")


def measure(directory: Path, runtimes: list[Runtime]) -> dict[str, float | str]:
    """Difference, or what failed, by "exporter > runtime"."""
    row: dict[str, float | str] = {}
    for exporter, runtime in product(runtimes, repeat=2):
        key = f"{exporter.name} > {runtime.name}"
        try:
            exporter.prepare(directory)
            file = directory / exporter.name / "model.pte"
            row[key] = float(runtime.call("--run", file, directory, script=__file__))
        except RuntimeError as error:
            row[key] = str(error)
    return row


def is_right(cell: Any) -> bool:
    return isinstance(cell, float) and cell <= TOLERANCE


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="interpreter that imports the other package")
    parser.add_argument("--networks", default=",".join(NETWORKS), help="separated by commas")
    parser.add_argument("--directory", type=Path, help="keeps the programs there, and takes them")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--run", nargs=2, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        print(run(*arguments.run))
        return 0
    runtimes = runtimes_of(arguments.peer_python)[:2]
    report = {}
    with tempfile.TemporaryDirectory() as temporary:
        root = arguments.directory or Path(temporary)
        for name in arguments.networks.split(","):
            directory = root / name
            if not (directory / "program.pt2").exists():
                write_program(name, directory)
            if not (directory / "expected.pt").exists():
                write_expected(directory)
            report[name] = measure(directory, runtimes)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        columns = list(next(iter(report.values())))
        print("| network | " + " | ".join(columns) + " |\n|---" + "|--:" * len(columns) + "|")
        for name, row in report.items():
            cells = [f"{c:.1e}" if isinstance(c, float) else c for c in row.values()]
            print(f"| {name} | {' | '.join(cells)} |")
    wrong = [
        f"{name}: {key}"
        for name, row in report.items()
        for key, cell in row.items()
        if not is_right(cell)
        and (key.startswith("ours") or (key == "peer > ours" and is_right(row["peer > peer"])))
    ]
    print("\n".join(wrong), file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
