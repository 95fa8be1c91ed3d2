# SPDX-License-Identifier: BSD-3-Clause
"""ExecuTorch: exports PyTorch programs and runs them on devices.

Importing this package imports nothing else.
"""
