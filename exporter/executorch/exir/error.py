# SPDX-License-Identifier: BSD-3-Clause
"""Errors raised while a model is exported."""

from enum import Enum


class ExportErrorType(Enum):
    """What kind of rule the exported model broke."""

    INVALID_INPUT_TYPE = 1
    INVALID_OUTPUT_TYPE = 2
    VIOLATION_OF_SPEC = 3
    NOT_SUPPORTED = 4
    MISSING_PROPERTY = 5
    UNINITIALIZED = 6


class ExportError(Exception):
    """The model, or a request made of the exporter, can't be served."""

    def __init__(self, error_code: ExportErrorType, message: str) -> None:
        super().__init__(f"[{error_code.name}] {message}")
        self.error_code = error_code
        self.message = message


class InternalError(Exception):
    """The exporter broke one of its own rules: a defect in a pass or in the exporter."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def internal_assert(pred: bool, assert_msg: str) -> None:
    """Raises `InternalError(assert_msg)` unless `pred` holds."""
    if not pred:
        raise InternalError(assert_msg)
