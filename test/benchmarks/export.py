#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What exporting a model costs, beside another exporter and torch.onnx.

    python test/benchmarks/export.py [--peer-python PATH] [--models mobilenet_v2,vit_tiny,...]

The peer is what `executorch` means to the interpreter PATH. Each export runs in a process of its
own, the sides in turns. Times are CPU seconds; `lower` is to_edge_transform_and_lower, `write` is
writing the file. `memory` is what the process needed at the most beyond what it had after
torch.export, in MB. torch.onnx is measured if the package onnxscript is installed on either side.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MODELS = ("mobilenet_v2", "vit_tiny", "chain_1000", "chain_10000", "wide")


def _resident() -> float:
    """Memory of this process in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


class _Peak:
    """Samples the memory of this process while the context is active."""

    def __enter__(self) -> "_Peak":
        self.start = self.value = _resident()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self.value = max(self.value, _resident())

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def measure(name: str, onnx: bool) -> dict[str, float]:
    """Exports one model in this process."""
    begin = time.process_time()
    import torch

    torch.set_num_threads(1)
    results = {"import torch": time.process_time() - begin}
    from export_models import make

    model, inputs = make(name)
    if onnx:
        begin = time.process_time()
        torch.onnx.export(model, inputs, os.devnull, dynamo=True, verbose=False)
        return {"onnx": time.process_time() - begin}
    begin = time.process_time()
    from executorch.exir import to_edge_transform_and_lower

    results["import exir"] = time.process_time() - begin
    begin = time.process_time()
    program = torch.export.export(model, inputs)
    results["torch.export"] = time.process_time() - begin
    with tempfile.TemporaryDirectory() as directory, _Peak() as peak:
        times = [time.process_time()]
        edge = to_edge_transform_and_lower(program)
        times.append(time.process_time())
        manager = edge.to_executorch()
        times.append(time.process_time())
        with open(os.path.join(directory, "model.pte"), "wb") as file:
            manager.write_to_file(file)
        times.append(time.process_time())
    for step, start, end in zip(("lower", "to_executorch", "write"), times, times[1:]):
        results[step] = end - start
    results["total"] = times[-1] - times[0]
    results["memory"] = peak.value - peak.start
    results["file"] = sum(p.numel() * p.element_size() for p in model.parameters()) / 1e6
    return results


def run(python: str, name: str, own: bool, onnx: bool = False) -> dict[str, float] | None:
    """`measure` in a process of its own; None if that failed."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if own:
        environment["PYTHONPATH"] = str(ROOT / "exporter")
    command = [python, __file__, "--worker", name, *(["--onnx"] if onnx else [])]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        print(f"{name} with {python}: {result.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    measured: dict[str, float] = json.loads(result.stdout.strip().splitlines()[-1])
    return measured


def best(results: list[dict[str, float]]) -> dict[str, float]:
    return {key: min(result[key] for result in results) for key in results[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", help="interpreter with the other exporter")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--repetitions", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--onnx", action="store_true", help="measure torch.onnx, too")
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(measure(options.worker, options.onnx)))
        return
    everything: dict[str, Any] = {}
    for name in options.models.split(","):
        sides: dict[str, list[dict[str, float]]] = {"own": [], "peer": []}
        for _ in range(options.repetitions):
            for side, python in (("own", sys.executable), ("peer", options.peer_python)):
                result = run(python, name, side == "own") if python else None
                if result is not None:
                    sides[side].append(result)
        own = best(sides["own"])
        peer = best(sides["peer"]) if sides["peer"] else {}
        if options.onnx:
            own.update(run(sys.executable, name, own=True, onnx=True) or {})
        everything[name] = {"own": own, "peer": peer}
        if not options.json:
            print(f"{name} ({own['file']:.0f} MB of weights)")
            for key, value in own.items():
                if key == "file":
                    continue
                ratio = f"{value / peer[key]:6.2f} x" if peer.get(key) else ""
                other = f"peer {peer[key]:8.2f}" if key in peer else ""
                print(f"  {key:14} {value:8.2f}  {other:14} {ratio}", flush=True)
    if options.json:
        print(json.dumps(everything))


if __name__ == "__main__":
    main()
