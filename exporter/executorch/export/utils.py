# SPDX-License-Identifier: BSD-3-Clause
"""On which hosts programs can be lowered for the backends of vendors."""

import platform
import sys


def is_fbcode() -> bool:
    """Whether this is a build within Meta's repository: never."""
    return False


def is_supported_platform_for_coreml_lowering() -> bool:
    """Core ML's compiler runs on macOS and on x86-64 Linux."""
    return sys.platform == "darwin" or _is_x86_linux()


def is_supported_platform_for_qnn_lowering() -> bool:
    """Qualcomm's compiler runs on x86-64 Linux."""
    return _is_x86_linux()


def _is_x86_linux() -> bool:
    return sys.platform == "linux" and platform.machine().lower() in ("x86_64", "amd64")
