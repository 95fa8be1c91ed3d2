# SPDX-License-Identifier: BSD-3-Clause
"""The operator that calls a backend: `executorch_call_delegate(lowered_module, *inputs)`.

Its result is a list of tensors. In PyTorch it runs the original of the lowered module.
"""

from torch._higher_order_ops.executorch_call_delegate import (
    executorch_call_delegate,
    get_lowered_module_name,
    is_lowered_module,
)

__all__ = ["executorch_call_delegate", "get_lowered_module_name", "is_lowered_module"]
