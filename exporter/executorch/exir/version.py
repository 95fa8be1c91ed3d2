# SPDX-License-Identifier: BSD-3-Clause
"""Version of the program schema."""

EXECUTORCH_SCHEMA_VERSION = 0
