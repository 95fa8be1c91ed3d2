# SPDX-License-Identifier: BSD-3-Clause
"""The version of this package."""

__version__ = "1.5.0"
git_version: str | None = None
