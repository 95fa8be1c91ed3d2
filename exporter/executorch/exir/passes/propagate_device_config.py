# SPDX-License-Identifier: BSD-3-Clause
"""Which copies between host and device memory are left to the caller."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class PropagateDeviceConfig:
    """Each field is one answer for all methods, or one per method name."""

    # The caller provides inputs in device memory already.
    skip_h2d_for_method_inputs: bool | dict[str, bool] = False
    # The caller takes outputs from device memory itself.
    skip_d2h_for_method_outputs: bool | dict[str, bool] = False
