# SPDX-License-Identifier: BSD-3-Clause
"""Files of exported and edge programs."""
