# SPDX-License-Identifier: BSD-3-Clause
"""Command line tools of the selective build, also as functions: see docs/selective-build.md."""
