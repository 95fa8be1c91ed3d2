// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/device_copy_util.h>

namespace torch::executor::native {

Tensor& _d2h_copy_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::copy_between_devices(ctx, self, /*host=*/out, /*device=*/self, out);
}

}  // namespace torch::executor::native
