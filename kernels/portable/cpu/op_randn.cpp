// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/random_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& randn_out(KernelRuntimeContext& ctx, IntArrayRef sizes, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, sizes) == Error::Ok, InvalidArgument, out);
  utils::RandomGenerator generator;
  for (ssize_t i = 0; i < out.numel(); ++i) {
    utils::store_element<double>(generator.normal(), out.mutable_data_ptr(), out.scalar_type(), i);
  }
  return out;
}

}  // namespace torch::executor::native
