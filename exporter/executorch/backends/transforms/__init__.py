# SPDX-License-Identifier: BSD-3-Clause
"""Passes and functions that backends share."""
