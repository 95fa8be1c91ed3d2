# SPDX-License-Identifier: BSD-3-Clause
"""One setting that is passed to a backend, ahead of time and at run time."""

from dataclasses import dataclass


@dataclass
class CompileSpec:
    """`key` and `value` are opaque to everyone but the backend."""

    key: str
    value: bytes
