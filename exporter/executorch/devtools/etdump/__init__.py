# SPDX-License-Identifier: BSD-3-Clause
"""Records of executions (`.etdp`, file identifier ED00) as plain data."""
