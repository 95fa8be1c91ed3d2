// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/softmax_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& softmax_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, bool half_to_float,
                    Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_softmax_args(in, dim, half_to_float, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, in.sizes()) == Error::Ok, InvalidArgument, out);
  utils::softmax_along(in, dim, /*log=*/false, out);
  return out;
}

}  // namespace torch::executor::native
