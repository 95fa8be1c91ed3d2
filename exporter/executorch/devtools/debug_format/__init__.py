# SPDX-License-Identifier: BSD-3-Clause
"""Graphs of operators and values, in a form that tools can show."""
