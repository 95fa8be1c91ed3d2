# SPDX-License-Identifier: BSD-3-Clause
"""Networks, lowered to XNNPACK with the defaults, must compute what eager PyTorch computes.

    python -m pytest test/end_to_end/test_networks.py --all-networks

Without the option, only those that take seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import to_edge_transform_and_lower
from executorch.runtime import Method, Runtime

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from networks import DYNAMIC, EXAMPLES, NETWORKS

SMALL = ("hybrid", "speech_lstm", "mobilenet_v3_small")
TOLERANCE = 1e-3


def load(program: torch.export.ExportedProgram) -> Method:
    edge = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    return Runtime.get().load_program(edge.to_executorch().buffer).load_method("forward")


def check(method: Method, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
    actual = method.execute(inputs)
    with torch.no_grad():
        expected = pytree.tree_leaves(module(*inputs))
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected):
        torch.testing.assert_close(a, e, atol=TOLERANCE, rtol=TOLERANCE)


def skip_unless_asked(name: str, config: pytest.Config) -> None:
    if name not in SMALL and not config.getoption("--all-networks"):
        pytest.skip("takes long; --all-networks runs it")


@pytest.mark.parametrize("name", [*NETWORKS, *EXAMPLES])
def test_network(name: str, pytestconfig: pytest.Config) -> None:
    skip_unless_asked(name, pytestconfig)
    torch.manual_seed(0)
    module, inputs = (NETWORKS | EXAMPLES)[name]()
    method = load(torch.export.export(module.requires_grad_(False), inputs))
    check(method, module, inputs)
    check(method, module, tuple(x.roll(1, -1) if x.is_floating_point() else x for x in inputs))


@pytest.mark.parametrize("name", DYNAMIC)
def test_network_with_a_size_that_varies(name: str, pytestconfig: pytest.Config) -> None:
    skip_unless_asked(name, pytestconfig)
    torch.manual_seed(0)
    dynamic = DYNAMIC[name]
    module, program = dynamic.export()
    method = load(program)
    for size in (*dynamic.sizes, dynamic.sizes[0]):
        check(method, module, dynamic.inputs(size))
