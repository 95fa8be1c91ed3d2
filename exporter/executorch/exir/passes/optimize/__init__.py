# SPDX-License-Identifier: BSD-3-Clause
"""Optimizations of edge programs; see `optimize` and docs/optimization.md."""
