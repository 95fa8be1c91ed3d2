#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How long networks take with the XNNPACK backend, beside those of other runtimes.

    python test/benchmarks/compare.py --peer-python PATH [--networks vit_tiny,minilm]

Every network (networks.py) is captured once by torch.export; each runtime lowers that program with
its defaults. The peer is the runtime that `executorch` means to the interpreter PATH; what else is
installed there is measured, too: ONNX Runtime (with onnx and onnxscript), OpenVINO, LiteRT
(litert_torch or ai_edge_torch). Processes take turns; within one process, for each number of
threads, the first calls warm up, the median of the others counts, and of processes again the
median. A ratio is the time of a runtime to the peer's, so that less than 1 is faster.

Loading is what the first load of a process takes, until the method can run. Memory is the most that
the process has held in excess of what it held before loading, as the kernel counts it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# At most this ratio to the peer with 1 and with 2 threads.
TARGETS = {
    "efficientnet_lite0": (1.0, 1.0),
    "mobilenet_v2": (1.0, 1.0),
    "mobilenet_v3_small": (1.0, 1.0),
    "resnet18": (1.0, 1.0),
    "resnet50": (1.0, 1.0),
    "vit_tiny": (0.58, 0.48),
    "minilm": (0.62, 0.58),
    "minilm_dynamic": (0.62, 0.58),
    "hybrid": (0.45, 0.31),
    "hybrid_224": (0.45, 0.31),
    "llama_15m_prefill": (0.56, 0.45),
    "swin_tiny": (0.7, 0.7),
    "convnext_tiny": (0.7, 0.7),
    "llama_15m_decode": (0.75, 0.75),
    "llama_110m_decode": (0.75, 0.75),
    "speech_lstm": (1.0, 1.0),
}

# --- In the process of a runtime ----------------------------------------------------------------

Run = Callable[[], object]


def lower(directory: Path) -> None:
    """Lowers `program.pt2` with the defaults of this process' `executorch`."""
    import torch

    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower

    program = torch.export.load(directory.parent / "program.pt2")
    edge = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    (directory / "model.pte").write_bytes(edge.to_executorch().buffer)


def load_executorch(directory: Path, inputs: Sequence[Any], threads: int) -> Run:
    from executorch.extension.pybindings import portable_lib

    portable_lib._unsafe_reset_threadpool(threads)
    begin_load()
    method = portable_lib._load_program(str(directory / "model.pte")).load_method("forward")
    end_load()

    def run() -> None:
        # An execution may overwrite inputs that are planned.
        method.set_inputs(inputs)
        method.execute()

    return run


def lower_onnxruntime(directory: Path) -> None:
    import torch

    program = torch.export.load(directory.parent / "program.pt2")
    onnx = torch.onnx.export(program, dynamo=True)
    assert onnx is not None
    onnx.save(directory / "model.onnx")


def load_onnxruntime(directory: Path, inputs: Sequence[Any], threads: int) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    begin_load()
    session = onnxruntime.InferenceSession(directory / "model.onnx", options)
    end_load()
    named = {i.name: x.numpy() for i, x in zip(session.get_inputs(), inputs)}
    return lambda: session.run(None, named)


def lower_openvino(directory: Path) -> None:
    import openvino
    import torch

    program = torch.export.load(directory.parent / "program.pt2")
    openvino.save_model(
        openvino.convert_model(program), directory / "model.xml", compress_to_fp16=False
    )


def load_openvino(directory: Path, inputs: Sequence[Any], threads: int) -> Run:
    import openvino

    core = openvino.Core()
    config = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
    }
    begin_load()
    request = core.compile_model(directory / "model.xml", "CPU", config).create_infer_request()
    end_load()
    arrays = [x.numpy() for x in inputs]
    return lambda: request.infer(arrays, share_inputs=True, share_outputs=True)


def lower_litert(directory: Path) -> None:
    import torch

    try:
        import litert_torch as converter
    except ImportError:
        import ai_edge_torch as converter
    program = torch.export.load(directory.parent / "program.pt2")
    inputs = torch.load(directory.parent / "inputs.pt")
    converter.convert(program.module(), tuple(inputs)).export(str(directory / "model.tflite"))


def load_litert(directory: Path, inputs: Sequence[Any], threads: int) -> Run:
    from ai_edge_litert.interpreter import Interpreter

    begin_load()
    interpreter = Interpreter(str(directory / "model.tflite"), num_threads=threads)
    interpreter.allocate_tensors()
    end_load()
    indices = [detail["index"] for detail in interpreter.get_input_details()]
    arrays = [x.numpy() for x in inputs]

    def run() -> None:
        for index, array in zip(indices, arrays):
            interpreter.set_tensor(index, array)
        interpreter.invoke()

    return run


RUNTIMES: dict[str, tuple[Callable[[Path], None], Callable[[Path, Sequence[Any], int], Run]]] = {
    "executorch": (lower, load_executorch),
    "onnxruntime": (lower_onnxruntime, load_onnxruntime),
    "openvino": (lower_openvino, load_openvino),
    "litert": (lower_litert, load_litert),
}

_load_begin = _load_end = 0.0
_memory_before = 0


def peak_memory() -> int:
    """The most bytes that this process has held since reset_peak()."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


def reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        print("the peak of memory is that of the whole process", file=sys.stderr)


def begin_load() -> None:
    global _memory_before, _load_begin
    reset_peak()
    _memory_before = peak_memory()
    _load_begin = time.perf_counter()


def end_load() -> None:
    global _load_end
    _load_end = time.perf_counter()


def measure(
    runtime: str, directory: Path, thread_counts: list[int], seconds: float
) -> dict[int, dict[str, float]]:
    """Measurements by number of threads. What is first in the process counts for loading."""
    import torch

    torch.set_num_threads(1)
    inputs = torch.load(directory.parent / "inputs.pt")
    results = {}
    for threads in thread_counts:
        run = RUNTIMES[runtime][1](directory, inputs, threads)
        loaded = _load_end - _load_begin
        begin = time.perf_counter()
        run()
        first = time.perf_counter() - begin
        memory = peak_memory() - _memory_before
        for _ in range(2):
            run()
        times: list[float] = []
        end = time.perf_counter() + seconds
        while len(times) < 5 or time.perf_counter() < end:
            begin = time.perf_counter()
            run()
            times.append(time.perf_counter() - begin)
        reset_peak()
        run()
        results[threads] = {
            "ms": statistics.median(times) * 1e3,
            "load_ms": loaded * 1e3,
            "first_ms": first * 1e3,
            "peak_mb": memory / 1e6,
            "steady_mb": (peak_memory() - _memory_before) / 1e6,
        }
        del run
    return results


# --- In the process that compares ---------------------------------------------------------------


def describe(path: Path) -> dict[str, int]:
    """What is in a program."""
    sys.path.insert(0, str(ROOT / "exporter"))
    from executorch.exir._serialize._program import deserialize_pte_binary
    from executorch.exir.schema import DelegateCall, KernelCall

    plan = deserialize_pte_binary(path.read_bytes()).program.execution_plan[0]
    calls = [i.instr_args for chain in plan.chains for i in chain.instructions]
    return {
        "delegate_calls": sum(isinstance(call, DelegateCall) for call in calls),
        "kernel_calls": sum(isinstance(call, KernelCall) for call in calls),
        "arena": sum(plan.non_const_buffer_sizes),
        "bytes": path.stat().st_size,
    }


def write_program(name: str, directory: Path) -> None:
    """The exported program of a network and its inputs."""
    import torch

    sys.path.insert(0, str(Path(__file__).parent))
    from networks import DYNAMIC, EXAMPLES, NETWORKS

    torch.manual_seed(0)
    if name.endswith("_dynamic"):
        dynamic = DYNAMIC[name.removesuffix("_dynamic")]
        _, program = dynamic.export()
        inputs = dynamic.inputs(dynamic.sizes[2])
    else:
        module, inputs = (NETWORKS | EXAMPLES)[name]()
        program = torch.export.export(module.requires_grad_(False), inputs)
    directory.mkdir(exist_ok=True)
    torch.export.save(program, directory / "program.pt2")
    torch.save(list(inputs), directory / "inputs.pt")


class Runtime:
    """One column of the table: what `kind` is to an interpreter."""

    def __init__(self, name: str, kind: str, python: str, env: dict[str, str]) -> None:
        self.name, self.kind, self.python, self.env = name, kind, python, env

    def call(self, *arguments: object, script: str = __file__) -> str:
        """Runs this script, or another one, there; the last line that it prints."""
        process = subprocess.run(
            [self.python, script, *map(str, arguments)],
            capture_output=True,
            env=self.env,
            text=True,
        )
        if process.returncode != 0:
            lines = [line for line in process.stderr.splitlines() if line.strip()]
            raise RuntimeError(lines[-1][:300] if lines else f"status {process.returncode}")
        return process.stdout.splitlines()[-1] if process.stdout else ""

    def prepare(self, directory: Path) -> None:
        own = directory / self.name
        own.mkdir(exist_ok=True)
        if not (own / "done").exists():
            self.call("--lower", self.kind, own)
            (own / "done").touch()

    def measure(
        self, directory: Path, threads: list[int], seconds: float
    ) -> dict[str, dict[str, float]]:
        own = directory / self.name
        counts = ",".join(map(str, threads))
        return json.loads(self.call("--measure", self.kind, own, counts, seconds))


def installed(python: str, env: dict[str, str]) -> list[str]:
    """The optional runtimes of an interpreter."""
    modules = {
        "onnxruntime": ("onnxruntime", "onnxscript"),
        "openvino": ("openvino",),
        "litert": ("ai_edge_litert",),
    }
    code = (
        "import importlib.util as u, json;"
        f"print(json.dumps([k for k, m in {modules!r}.items() if all(map(u.find_spec, m))]))"
    )
    result = subprocess.run([python, "-c", code], capture_output=True, env=env, text=True)
    return json.loads(result.stdout) if result.returncode == 0 else []


def runtimes_of(peer_python: str | None) -> list[Runtime]:
    """Ours, the peer and what else is installed beside the peer."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    path = os.environ.get("PYTHONPATH", str(ROOT / "exporter"))
    runtimes = [Runtime("ours", "executorch", sys.executable, plain | {"PYTHONPATH": path})]
    if peer_python:
        runtimes.append(Runtime("peer", "executorch", peer_python, plain))
        for kind in installed(peer_python, plain):
            runtimes.append(Runtime(kind, kind, peer_python, plain))
    return runtimes


def compare(
    name: str, directory: Path, runtimes: list[Runtime], arguments: argparse.Namespace
) -> dict[str, Any]:
    """By runtime: measurements by number of threads, what is in its program; or {"error": why}."""
    if not (directory / "program.pt2").exists():
        write_program(name, directory)
    row: dict[str, Any] = {}
    for runtime in runtimes:
        row[runtime.name] = {}
        try:
            runtime.prepare(directory)
        except RuntimeError as error:
            row[runtime.name] = {"error": str(error)}
            continue
        if runtime.kind == "executorch":
            row[runtime.name].update(describe(directory / runtime.name / "model.pte"))
    rounds: dict[str, list[dict[str, dict[str, float]]]] = {}
    for _ in range(arguments.rounds):
        for runtime in runtimes:
            if "error" in row[runtime.name]:
                continue
            try:
                result = runtime.measure(directory, arguments.threads, arguments.seconds)
                rounds.setdefault(runtime.name, []).append(result)
            except RuntimeError as error:
                row[runtime.name] = {"error": str(error)}
    for key, results in rounds.items():
        for threads in results[0] if "error" not in row[key] else ():
            row[key][threads] = {
                what: statistics.median(result[threads][what] for result in results)
                for what in results[0][threads]
            }
    return row


def ratio(row: dict[str, Any], runtime: str, threads: int, what: str = "ms") -> float | None:
    try:
        return row[runtime][str(threads)][what] / row["peer"][str(threads)][what]
    except KeyError:
        return None


def print_table(report: dict[str, Any], runtimes: list[Runtime], threads: list[int]) -> None:
    def text(value: float | None, digits: int = 2) -> str:
        return "" if value is None else f"{value:.{digits}f}"

    others = [r.name for r in runtimes if r.name not in ("ours", "peer")]
    columns = ["network"]
    for n in threads:
        columns += [f"ours {n}T, ms", f"ratio {n}T", f"target {n}T"]
        columns += [f"{name} {n}T" for name in others]
    columns += ["load", "peak memory", "arena", "delegate calls", "kernel calls"]
    print("| " + " | ".join(columns) + " |\n|---" + "|--:" * (len(columns) - 1) + "|")
    for name, row in report.items():
        ours, peer = row["ours"], row.get("peer", {})
        cells = [name]
        for n in threads:
            cells.append(text(ours.get(str(n), {}).get("ms"), 3))
            cells.append(text(ratio(row, "ours", n)))
            cells.append(str(TARGETS[name][min(n, 2) - 1]) if name in TARGETS else "")
            cells += [text(ratio(row, other, n)) for other in others]
        cells += [text(ratio(row, "ours", threads[0], what)) for what in ("load_ms", "peak_mb")]
        arenas = [r["arena"] for r in (ours, peer) if "arena" in r]
        cells.append(text(arenas[0] / max(arenas[1], 1)) if len(arenas) == 2 else "")
        for what in ("delegate_calls", "kernel_calls"):
            cells.append(" / ".join(str(r.get(what, "-")) for r in (ours, peer) if r))
        print("| " + " | ".join(cells) + " |")
    for name, row in report.items():
        for runtime, result in row.items():
            if "error" in result:
                print(f"{name}, {runtime}: {result['error']}")


def missed(report: dict[str, Any], threads: list[int]) -> list[str]:
    """Networks that fail here, or are slower than their target."""
    result = []
    for name, row in report.items():
        targets = TARGETS.get(name)
        slow = any(
            targets is not None
            and (found := ratio(row, "ours", n)) is not None
            and found > targets[min(n, 2) - 1]
            for n in threads
        )
        if slow or "error" in row["ours"]:
            result.append(name)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="interpreter that imports the other runtimes")
    parser.add_argument("--networks", default=",".join(TARGETS), help="names, separated by commas")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3, help="processes per runtime")
    parser.add_argument("--seconds", type=float, default=1.0, help="of one measurement")
    parser.add_argument("--only", nargs="+", help="of ours, peer, onnxruntime, openvino, litert")
    parser.add_argument("--directory", type=Path, help="keeps the programs there, and takes them")
    parser.add_argument("--prepare", action="store_true", help="only writes the programs")
    parser.add_argument("--json", type=Path, help="writes all numbers to this file")
    parser.add_argument("--lower", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.lower:
        RUNTIMES[arguments.lower[0]][0](Path(arguments.lower[1]))
        return 0
    if arguments.measure:
        kind, directory, threads, seconds = arguments.measure
        counts = [int(count) for count in threads.split(",")]
        print(json.dumps(measure(kind, Path(directory), counts, float(seconds))))
        return 0

    runtimes = runtimes_of(arguments.peer_python)
    if arguments.only:
        runtimes = [runtime for runtime in runtimes if runtime.name in arguments.only]

    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        root = arguments.directory or Path(temporary)
        for name in arguments.networks.split(","):
            root.mkdir(parents=True, exist_ok=True)
            if arguments.prepare:
                arguments.rounds = 0
            report[name] = compare(name, root / name, runtimes, arguments)
            times = [
                f"{r.name} {n}T {row['ms']:.3f} ms"
                for r in runtimes
                for n in arguments.threads
                if (row := report[name][r.name].get(str(n))) is not None
            ]
            print(name, *times, sep="  ", file=sys.stderr, flush=True)
    if arguments.prepare:
        return 0
    print_table(report, runtimes, arguments.threads)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2))
    failed = missed(report, arguments.threads)
    print(f"\n{len(report)} networks, {len(failed)} miss their target: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
