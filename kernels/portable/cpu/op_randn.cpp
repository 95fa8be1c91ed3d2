// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/random_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& randn_out(KernelRuntimeContext& ctx, IntArrayRef sizes, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, sizes) == Error::Ok, InvalidArgument, out);
  utils::RandomGenerator generator;
  utils::fill_randomly(out, [&] { return generator.normal(); });
  return out;
}

}  // namespace torch::executor::native
