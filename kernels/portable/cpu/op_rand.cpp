// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/random_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& rand_out(KernelRuntimeContext& ctx, IntArrayRef sizes, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, sizes) == Error::Ok, InvalidArgument, out);
  // No more digits than the element type holds, so that no number is rounded to 1.
  const ScalarType dtype = out.scalar_type();
  const double steps = dtype == ScalarType::Double  ? 0x1.0p53
                       : dtype == ScalarType::Float ? 0x1.0p24
                       : dtype == ScalarType::Half  ? 0x1.0p11
                                                    : 0x1.0p8;
  utils::RandomGenerator generator;
  utils::fill_randomly(out, [&] { return std::floor(generator.uniform() * steps) / steps; });
  return out;
}

}  // namespace torch::executor::native
