#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Build size_test (preset minsize), strip it, report its sections and hold it to its budget.

The budgets, in bytes, are in budget.json by machine; a machine without them is only reported:
"size_test" is for the stripped file in the compiler's default layout, "size_test_fixed" for the one
at a fixed address (CMakeLists.txt), "static_ram" for the memory that it takes before main(), and
"size_test_all_ops" for the program with all portable kernels; --operators lists what each source of
these contributes.
The exit status is 0 if all are within their budgets and execute prim ops.

The program has what upstream's size_test links: the runtime with the prim ops, and a loader of
files; and it does both verifications of the file (the structure at every load, and
Verification::InternalConsistency).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "minsize" / "test" / "size"
BINARIES = ("size_test", "size_test_fixed", "size_test_all_ops")


def build() -> None:
    commands = (
        ["cmake", f"-DPython_EXECUTABLE={sys.executable}", "--preset", "minsize"],
        ["cmake", "--build", "--preset", "minsize", "--target", *BINARIES],
    )
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)


def sections(binary: Path) -> dict[str, int]:
    """Sizes in bytes of the sections that are loaded, largest first."""
    listing = subprocess.run(
        ["size", "-A", "-d", binary], check=True, capture_output=True, text=True
    ).stdout
    rows = (line.split() for line in listing.splitlines())
    found = {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[0].startswith(".")}
    found.pop(".comment", None)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def operator_sizes() -> dict[str, int]:
    """Bytes of code and constants per source of the portable library, largest first."""
    library = ROOT / "build" / "minsize" / "kernels" / "libportable_kernels.a"
    listing = subprocess.run(["size", library], check=True, capture_output=True, text=True).stdout
    rows = (line.split() for line in listing.splitlines()[1:])
    found = {row[5].removesuffix(".cpp.o"): int(row[0]) + int(row[1]) for row in rows}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def prim_op_program() -> bytes:
    """A program that computes with the size of its input, so that only prim ops run."""
    import torch

    from executorch.exir import to_edge

    class TwiceTheBatch(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> int:
            return x.shape[0] * 2

    exported = torch.export.export(
        TwiceTheBatch(),
        (torch.zeros(3, 2),),
        dynamic_shapes=({0: torch.export.Dim("batch", min=2, max=8)},),
    )
    return bytes(to_edge(exported).to_executorch().buffer)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--operators", action="store_true", help="list the sizes of the operators")
    arguments = parser.parse_args()

    build()
    sizes: dict[str, int] = {}
    by_section: dict[str, dict[str, int]] = {}
    status = 0
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "prim_ops.pte"
        program.write_bytes(prim_op_program())
        for name in BINARIES:
            stripped = Path(directory) / name
            subprocess.run(["strip", "-o", stripped, FOLDER / name], check=True)
            sizes[name] = os.path.getsize(stripped)
            by_section[name] = sections(stripped)
            status = status or subprocess.run([stripped, program], check=False).returncode
    sizes["static_ram"] = sum(
        by_section[BINARIES[0]].get(name, 0) for name in (".data", ".bss", ".tdata", ".tbss")
    )

    budgets = json.loads((Path(__file__).parent / "budget.json").read_text())
    budget = budgets.get(platform.machine(), {})
    operators = operator_sizes() if arguments.operators else {}
    report = {
        "sizes": sizes,
        "budget": budget,
        "exit_status": status,
        "sections": by_section,
        "operators": operators,
    }
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        for name, bytes_ in operators.items():
            print(f"{name:40}{bytes_:16}")
        for section in by_section[BINARIES[0]]:
            columns = "".join(f"{by_section[name].get(section, 0):16}" for name in BINARIES)
            print(f"{section:24}{columns}")
        for name, bytes_ in sizes.items():
            print(f"{name:24} {bytes_:8} of {budget.get(name, 'no budget for this machine')}")
    if status != 0:
        print(f"size_test failed on a program of prim ops: error {status:#x}", file=sys.stderr)
    over = {name: bytes_ - budget.get(name, bytes_) for name, bytes_ in sizes.items()}
    for name, excess in over.items():
        if excess > 0:
            print(f"{name} is {excess} bytes over its budget", file=sys.stderr)
    return int(status != 0 or max(over.values()) > 0)


if __name__ == "__main__":
    sys.exit(main())
