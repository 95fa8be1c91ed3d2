# SPDX-License-Identifier: BSD-3-Clause
"""Runs PyTorch's own operator samples (OpInfo) through the exporter and the runtime, and compares
with eager PyTorch. Prints a table: operator, samples, passed, failed by reason.

    python test/kernels/opinfo_sweep.py                       # every operator, every element type
    python test/kernels/opinfo_sweep.py --only add --dtypes float32 --samples 0 --verbose

Samples of one operator and element type are exported together, as one program; only when that
fails are they exported in halves, down to single samples, so that each gets its own verdict.
"""

from __future__ import annotations

import argparse
import collections
import json
import logging
import re
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import OpInfo

sys.path.insert(0, str(Path(__file__).parent))
from exported_calls import ExportedCall, StageError, difference, run_calls

# Why an operator is not expected to pass, whatever the sample.
RANDOM = "its results are random"
UNINITIALIZED = "its result is not initialized"
NOT_STRIDED = "it is about tensors that are not strided"
DATA_DEPENDENT = "the shape of its result depends on data without a bound"
NOT_A_TENSOR_PROGRAM = "it changes its input or returns something that is not a tensor"
"""Operators without a verdict, with the reason."""
EXCLUDED: dict[str, str] = {}


@dataclass
class Sample:
    call: ExportedCall
    expected: list[Any]
    verdict: str = ""


def _spread(items: Sequence[Any], limit: int) -> list[Any]:
    """At most `limit` of the items, evenly spread over all; all of them for 0."""
    if not limit or len(items) <= limit:
        return list(items)
    return [items[i * len(items) // limit] for i in range(limit)]


def samples_of(op: OpInfo, dtype: torch.dtype, limit: int) -> list[Sample]:
    """Samples that eager torch computes, with its results."""
    torch.manual_seed(0)
    found = []
    for raw in _spread(list(op.sample_inputs("cpu", dtype, requires_grad=False)), limit):
        call = ExportedCall(op.op, (raw.input, *raw.args), raw.kwargs)
        if any(t.layout != torch.strided for t in call.tensors):
            continue
        try:
            found.append(Sample(call, call.eager()))
        except Exception:
            continue  # Whatever torch itself refuses is no sample.
    return found


def _as_double(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return value.double()
    if isinstance(value, torch.Tensor) and value.is_complex():
        return value.to(torch.complex128)
    if isinstance(value, torch.dtype) and value.is_floating_point:
        return torch.float64
    return value


def _no_worse_than_eager(sample: Sample, index: int, got: Any) -> bool:
    """Whether a result is about as close to the exact one as eager torch's is."""
    expected = sample.expected[index]
    if not isinstance(expected, torch.Tensor) or not (
        expected.is_floating_point() or expected.is_complex()
    ):
        return False
    got = torch.as_tensor(got)
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return False
    try:
        exact = _as_double(sample.call.replaced(_as_double).eager()[index])
        ours = (_as_double(got) - exact).abs()
        theirs = (_as_double(expected) - exact).abs()
    except Exception:
        return False  # There is no exact result to compare with.
    finite = torch.isfinite(ours)
    if not torch.equal(finite, torch.isfinite(theirs)):
        return False
    unit = torch.finfo(expected.dtype).eps * exact.abs()[finite].max().item() if finite.any() else 0
    return bool((ours[finite] <= 3 * theirs[finite].max() + 2 * unit).all())


def judge(samples: Sequence[Sample]) -> None:
    """Gives each sample its verdict: "" for passed, else the reason."""
    try:
        results = run_calls([sample.call for sample in samples])
    except StageError as failure:
        if len(samples) == 1:
            samples[0].verdict = str(failure)
            return
        middle = len(samples) // 2
        judge(samples[:middle])
        judge(samples[middle:])
        return
    for sample, result in zip(samples, results):
        for index, (got, expected) in enumerate(zip(result, sample.expected)):
            problem = difference(got, expected)
            if problem and not _no_worse_than_eager(sample, index, got):
                sample.verdict = f"differs: {problem}"


def _batches(samples: Sequence[Sample], size: int) -> Iterator[Sequence[Sample]]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def sweep(op: OpInfo, dtypes: Iterable[torch.dtype], limit: int, batch: int) -> list[Sample]:
    """All samples of an operator, judged."""
    judged: list[Sample] = []
    for dtype in dtypes:
        try:
            samples = samples_of(op, dtype, limit)
        except Exception as error:
            print(f"  {op.formatted_name} {dtype}: no samples: {error}", file=sys.stderr)
            continue
        for part in _batches(samples, batch):
            judge(part)
        judged += samples
    return judged


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="regular expression that names of operators match")
    parser.add_argument("--dtypes", help="element types, comma separated; default all")
    parser.add_argument("--samples", type=int, default=12, help="per operator and type; 0 for all")
    parser.add_argument("--batch", type=int, default=12, help="samples per program")
    parser.add_argument("--shard", default="0/1", help="i/n: every n-th operator from the i-th")
    parser.add_argument("--after", help="skip operators up to this name")
    parser.add_argument("--json", help="also write the verdicts to this file")
    parser.add_argument("--verbose", action="store_true", help="print each failing sample")
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    wanted = {getattr(torch, name) for name in args.dtypes.split(",")} if args.dtypes else None
    shard, shards = map(int, args.shard.split("/"))
    totals: collections.Counter[str] = collections.Counter()
    records = []
    for op in sorted(op_db, key=lambda op: op.formatted_name)[shard::shards]:
        name = op.formatted_name
        if args.only and not re.fullmatch(args.only, name):
            continue
        if name in EXCLUDED:
            print(f"{name:48} not run: {EXCLUDED[name]}")
            continue
        if args.after and name <= args.after:
            continue
        dtypes = sorted((d for d in op.dtypes if not wanted or d in wanted), key=str)
        start = time.monotonic()
        samples = sweep(op, dtypes, args.samples, args.batch)
        failed = [s for s in samples if s.verdict]
        totals["samples"] += len(samples)
        totals["passed"] += len(samples) - len(failed)
        reasons = collections.Counter(s.verdict for s in failed)
        print(
            f"{name:48} {len(samples):5} samples {len(samples) - len(failed):5} passed "
            f"{time.monotonic() - start:6.1f} s",
            flush=True,
        )
        for reason, count in reasons.most_common(None if args.verbose else 3):
            print(f"    {count:5} {reason}", flush=True)
        if args.verbose:
            for sample in failed:
                print(f"      ({sample.call}): {sample.verdict}")
        records.append(
            {
                "op": name,
                "samples": len(samples),
                "failed": [(str(s.call), s.verdict) for s in failed],
            }
        )
        if args.json:
            with open(args.json, "w") as file:
                json.dump(records, file)
    print(f"{totals['passed']} of {totals['samples']} samples passed")
    return int(totals["passed"] != totals["samples"])


if __name__ == "__main__":
    sys.exit(main())
