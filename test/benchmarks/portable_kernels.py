#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How long the portable kernels take, beside those of another runtime, on one core.

    python test/benchmarks/portable_kernels.py --peer-python PATH

The peer is the runtime that `executorch` means to the interpreter PATH. Networks (networks.py) are
exported and run by each with its own exporter, without delegates; every operator (kernel_cases.py)
is called by programs that both run, once and many times, so that the cost of the call from Python
drops out. Processes take turns; times are the least of their rounds, in microseconds; the ratio is
ours to the peer's, so that less than 1 is faster.

A network is held to its target (15 times as fast with convolutions, 4 times the others, 0.8 of the
time for the chain of small operators), an operator to the peer's time; the exit status says whether
all are met. What the peer refuses is reported without a ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {
    "mobilenet_v2": 1 / 15,
    "mobilenet_v3_small": 1 / 15,
    "resnet18": 1 / 15,
    "hybrid": 1 / 4,
    "speech_lstm": 1 / 4,
    "llama_15m_decode": 1 / 4,
    "small_operators": 0.8,
}
# Timers and clocks are not better than this.
OPERATOR_TARGET = 1.05


# --- In the process of a runtime ----------------------------------------------------------------


def least_time(action: Callable[[], object], budget: float) -> float:
    """Seconds that the fastest of some calls takes; `budget` seconds are spent, or two calls."""
    least, spent, count = float("inf"), 0.0, 0
    while count < 2 or spent < budget:
        begin = time.perf_counter()
        action()
        elapsed = time.perf_counter() - begin
        least, spent, count = min(least, elapsed), spent + elapsed, count + 1
    return least


def call(method: Any, inputs: Sequence[object]) -> None:
    # An execution may overwrite inputs that are planned.
    method.set_inputs(inputs)
    method.execute()


def measure_network(name: str, directory: Path) -> float:
    import torch
    from networks import NETWORKS

    from executorch.extension.pybindings import portable_lib

    file = directory / f"{name}.pte"
    torch.manual_seed(0)
    if not file.exists():
        from executorch.exir import to_edge_transform_and_lower

        module, inputs = NETWORKS[name]()
        exported = torch.export.export(module.requires_grad_(False), inputs)
        file.write_bytes(to_edge_transform_and_lower(exported).to_executorch().buffer)
        (directory / f"{name}.inputs").write_bytes(pickle.dumps(inputs))
    inputs = pickle.loads((directory / f"{name}.inputs").read_bytes())
    data = file.read_bytes()  # which not every runtime copies
    method = portable_lib._load_program_from_buffer(data).load_method("forward")
    return least_time(partial(call, method, inputs), 0.3) * 1e6


def measure_operator(path: Path) -> float:
    from executorch.extension.pybindings import portable_lib

    repetitions, inputs = pickle.loads(path.with_suffix(".inputs").read_bytes())
    data = path.read_bytes()
    program = portable_lib._load_program_from_buffer(data)
    times = []
    for name in ("once", "many"):
        method = program.load_method(name)
        call(method, inputs)
        times.append(least_time(partial(call, method, inputs), 0.006))
    return (times[1] - times[0]) / repetitions * 1e6


def measure(directory: Path, own: Path, keys: list[str]) -> None:
    """Prints, line by line, `[key]` before and `[key, microseconds or what failed]` after."""
    from executorch.extension.pybindings import portable_lib

    if hasattr(portable_lib, "_unsafe_reset_threadpool"):
        portable_lib._unsafe_reset_threadpool(1)
    for key in keys:
        print(json.dumps([key]), flush=True)
        result: float | str
        try:
            if key in TARGETS:
                result = measure_network(key, own)
            else:
                result = measure_operator(directory / f"{key}.pte")
        except Exception as error:
            result = f"{type(error).__name__}: {error}"[:200]
        print(json.dumps([key, result]), flush=True)


# --- In the process that compares ---------------------------------------------------------------


def write_programs(directory: Path, pattern: str) -> tuple[dict[str, str], set[str]]:
    """Programs and inputs of the cases; their names by file, and the operators that they call."""
    sys.path[:0] = [str(ROOT / "test" / "kernels"), str(ROOT / "exporter")]
    from kernel_cases import cases, results
    from op_program import methods_program, op_method, tensor_inputs

    import executorch.exir.passes.dim_order_ops_registry  # noqa: F401  declares dim_order_ops
    from executorch.exir.schema import Chain

    names: dict[str, str] = {}
    called = set()
    for index, case in enumerate(cases()):
        called.add(case.full_op)
        title = f"{case.full_op} {case.name}".strip()
        if pattern not in title:
            continue
        outs = results(case)
        plan = op_method("once", case.full_op, case.args, case.kwargs, outs)
        inputs = list(tensor_inputs(case.args, case.kwargs))
        numel = max([1, *(t.numel() for t in [*inputs, *outs])])
        repetitions = 200 if numel <= 4096 else 10
        many = op_method("many", case.full_op, case.args, case.kwargs, outs)
        instructions = many.chains[0].instructions * (1 + repetitions)
        many.chains = [Chain([], [], instructions, None)]
        file = directory / f"{index:04}.pte"
        file.write_bytes(methods_program([plan, many]))
        file.with_suffix(".inputs").write_bytes(pickle.dumps((repetitions, inputs)))
        names[file.stem] = title
    return names, called


def uncovered(called: set[str]) -> list[str]:
    """Portable operators without a case."""
    import yaml

    entries = yaml.safe_load((ROOT / "kernels" / "portable" / "functions.yaml").read_text())
    names = [entry["func"].partition("(")[0] for entry in entries]
    return sorted({n if "::" in n else f"aten::{n}" for n in names} - called)


def run(
    python: str, env: dict[str, str], directory: Path, own: Path, keys: list[str]
) -> dict[str, float | str]:
    """Microseconds by key, or what failed. A process that dies is followed by another."""
    own.mkdir(exist_ok=True)
    cpu = min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None

    def pin() -> None:
        if cpu is not None:
            os.sched_setaffinity(0, {cpu})

    found: dict[str, float | str] = {}
    while remaining := [key for key in keys if key not in found]:
        process = subprocess.run(
            [python, __file__, "--measure", str(directory), str(own), *remaining],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=directory,
            env=env,
            text=True,
            preexec_fn=pin,
        )
        begun = ""
        for line in process.stdout.splitlines():
            if line.startswith("["):
                begun, *result = json.loads(line)
                found.update({begun: result[0]} if result else {})
        if (process.returncode != 0 and begun in found) or not begun:
            raise RuntimeError(f"{python} ended with status {process.returncode}")
        found.setdefault(begun, f"the process ended with status {process.returncode}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="interpreter that imports the other runtime")
    parser.add_argument("--rounds", type=int, default=2, help="processes per runtime")
    parser.add_argument("--operators", default="", help="only cases whose names have this in them")
    parser.add_argument("--networks", default=",".join(TARGETS), help="of networks.py; '' for none")
    parser.add_argument("--slow", action="store_true", help="print only what misses its target")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(Path(arguments.measure[0]), Path(arguments.measure[1]), arguments.measure[2:])
        return 0

    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    path = os.environ.get("PYTHONPATH", str(ROOT / "exporter"))
    runtimes = {"ours": (sys.executable, plain | {"PYTHONPATH": path})}
    if arguments.peer_python:
        runtimes["peer"] = (arguments.peer_python, plain)
    networks = [name for name in arguments.networks.split(",") if name]
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in runtimes}
    with tempfile.TemporaryDirectory() as root:
        directory = Path(root) / "operators"
        directory.mkdir()
        names, called = write_programs(directory, arguments.operators)
        keys = [*networks, *names]
        for _ in range(arguments.rounds):
            for name, (python, env) in runtimes.items():
                rounds[name].append(run(python, env, directory, Path(root) / name, keys))

    report: dict[str, dict[str, Any]] = {}
    for key in keys:
        row: dict[str, Any] = {}
        for runtime, results in rounds.items():
            times = [result[key] for result in results if isinstance(result[key], float)]
            row[runtime] = min(times) if times else str(results[0][key])
        if all(isinstance(row.get(name), float) for name in ("ours", "peer")):
            row["ratio"] = row["ours"] / max(row["peer"], 1e-3)
            row["target"] = TARGETS.get(key, OPERATOR_TARGET)
        report[names.get(key, key)] = row
    missed = [
        name
        for name, row in report.items()
        if row.get("ratio", 0) > row.get("target", 0) or not isinstance(row["ours"], float)
    ]
    if arguments.json:
        print(json.dumps({"report": report, "missed": missed}, indent=2))
    else:
        print("| what | ours, us | peer, us | ratio | target |\n|---|--:|--:|--:|--:|")
        for name, row in report.items():
            if arguments.slow and name not in missed:
                continue
            cells = [row.get(key, "") for key in ("ours", "peer", "ratio", "target")]
            texts = [f"{c:.3f}" if isinstance(c, float) else str(c).split("\n")[0] for c in cells]
            print(f"| {name} | {' | '.join(texts)} |")
        ratios = [row["ratio"] for row in report.values() if "ratio" in row]
        print(f"\n{len(report)} measured, {len(ratios)} compared, {len(missed)} miss their target")
        if without := uncovered(called):
            print(f"{len(without)} portable operators have no case: {', '.join(without)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
