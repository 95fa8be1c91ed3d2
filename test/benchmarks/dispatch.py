#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the runtime costs per instruction and per load_method(), beside another runtime.

    python test/benchmarks/dispatch.py --peer-python PATH

The peer is the runtime that `executorch` means to the interpreter PATH. Both run the same programs
(chain_program.py), in processes of their own that take turns. The cost per instruction is that of
executing 101 of them less that of executing one, so that the cost of the call from Python drops
out; for "aten" it includes what the kernel costs. Times are medians, in nanoseconds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("prim", "aten")


def median_time(action: Callable[[], object], repetitions: int) -> float:
    times = []
    for _ in range(repetitions):
        begin = time.perf_counter_ns()
        result = action()
        times.append(time.perf_counter_ns() - begin)
        del result
    return statistics.median(times)


def measure(directory: Path) -> dict[str, float]:
    """The costs of the runtime in this process."""
    from executorch.extension.pybindings import portable_lib

    files = {path.stem: path.read_bytes() for path in directory.glob("*.pte")}  # not copied by all

    def load(kind: str, length: int) -> Any:
        return portable_lib._load_program_from_buffer(files[f"{kind}_{length}"])

    results = {}
    for kind in KINDS:
        inputs = []
        if kind == "aten":
            import torch

            inputs.append(torch.ones(1))
        execute = {}
        for length in (1, 101):
            program = load(kind, length)
            method = program.load_method("forward")
            method.set_inputs(inputs)
            method.execute()
            execute[length] = median_time(method.execute, 2000)
        results[f"{kind}: per instruction"] = (execute[101] - execute[1]) / 100
        program = load(kind, 1000)
        program.load_method("forward")
        results[f"{kind}: load_method, 1000 instructions"] = median_time(
            partial(program.load_method, "forward"), 100
        )
    return results


def run(python: str, directory: Path, env: dict[str, str]) -> dict[str, float]:
    command = [python, __file__, "--measure", str(directory)]
    result = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, cwd=directory, env=env, text=True
    )
    return json.loads(result.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="interpreter that imports the other runtime")
    parser.add_argument("--rounds", type=int, default=5, help="processes per runtime")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure)))
        return

    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    path = os.environ.get("PYTHONPATH", str(ROOT / "exporter"))
    runtimes = {"ours": (sys.executable, plain | {"PYTHONPATH": path})}
    if arguments.peer_python:
        runtimes["peer"] = (arguments.peer_python, plain)
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in runtimes}
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            [sys.executable, Path(__file__).parent / "chain_program.py", directory],
            check=True,
            env=plain | {"PYTHONPATH": str(ROOT / "exporter")},
        )
        for _ in range(arguments.rounds):
            for name, (python, env) in runtimes.items():
                rounds[name].append(run(python, Path(directory), env))

    report: dict[str, dict[str, float]] = {}
    for case in rounds["ours"][0]:
        report[case] = {
            name: statistics.median(result[case] for result in results)
            for name, results in rounds.items()
        }
        if "peer" in report[case]:
            report[case]["ratio"] = report[case]["ours"] / report[case]["peer"]
    if arguments.json:
        print(json.dumps(report, indent=2))
        return
    for case, numbers in report.items():
        print(f"{case:40}" + "".join(f"  {name} {value:12.2f}" for name, value in numbers.items()))


if __name__ == "__main__":
    main()
