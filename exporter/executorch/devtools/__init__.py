# SPDX-License-Identifier: BSD-3-Clause
"""Tools for developers: programs with test cases, and records of executions."""

from executorch.devtools.bundled_program.core import BundledProgram

__all__ = ["BundledProgram"]
