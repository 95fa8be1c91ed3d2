# SPDX-License-Identifier: BSD-3-Clause
"""What a recorded execution did, and when, in terms of the model."""

from executorch.devtools.inspector._inspector import Event, EventBlock, Inspector, PerfData
from executorch.devtools.inspector._inspector_utils import TimeScale, compare_results

__all__ = [
    "Event",
    "EventBlock",
    "Inspector",
    "PerfData",
    "TimeScale",
    "compare_results",
]
