# SPDX-License-Identifier: BSD-3-Clause
"""Turns planned graphs into a `schema.Program`."""

from executorch.exir.emit._emit_program import EmitterOutput, emit_program

__all__ = ["EmitterOutput", "emit_program"]
