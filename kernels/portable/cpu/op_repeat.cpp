// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/repeat_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& repeat_out(KernelRuntimeContext& ctx, const Tensor& self, IntArrayRef repeats,
                   Tensor& out) {
  ET_KERNEL_CHECK(ctx, repeat_tensor(self, repeats, out) == Error::Ok, InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
