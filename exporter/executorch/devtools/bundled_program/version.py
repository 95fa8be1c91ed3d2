# SPDX-License-Identifier: BSD-3-Clause
"""Version of the file format that is written."""

BUNDLED_PROGRAM_SCHEMA_VERSION = 2
