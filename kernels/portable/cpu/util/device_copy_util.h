// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Copies `self`, whose memory is the CPU's or a device's, to `out` in the memory of the other.
/// `host` is the one of them that must be in the CPU's memory; both may be. The copy goes through
/// the allocator that is registered for the device.
Tensor& copy_between_devices(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& host,
                             const Tensor& device, Tensor& out);

}  // namespace torch::executor::native::utils
