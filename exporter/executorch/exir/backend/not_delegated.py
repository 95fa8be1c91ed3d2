# SPDX-License-Identifier: BSD-3-Clause
"""Why a partitioner left a node to the kernels, for the export report."""

from torch import fx

NOT_DELEGATED = "not_delegated"
"""Key of `node.meta`: one sentence or more, separated by "; "."""


def explain_not_delegated(node: fx.Node, reason: str) -> None:
    """Notes that a partitioner looked at `node` and did not take it because of `reason`.

    reason: short, without names of nodes, so that equal reasons can be counted. Example:
        "XnnpackBackend: kernel size must be known".
    """
    reasons = node.meta.get(NOT_DELEGATED)
    if reasons is None:
        node.meta[NOT_DELEGATED] = reason
    elif reason not in reasons.split("; "):
        node.meta[NOT_DELEGATED] = f"{reasons}; {reason}"


def reason_not_delegated(node: fx.Node) -> str | None:
    """What partitioners said about `node`; None if none did."""
    return node.meta.get(NOT_DELEGATED)
