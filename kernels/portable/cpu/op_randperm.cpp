// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/random_util.h>

namespace torch::executor::native {

Tensor& randperm_out(KernelRuntimeContext& ctx, int64_t n, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, n >= 0, InvalidArgument, out, "randperm of %" PRId64 " numbers", n);
  ET_KERNEL_CHECK(
      ctx, tensor_is_realhbf16_type(out) && resize_tensor(out, IntArrayRef(&n, 1)) == Error::Ok,
      InvalidArgument, out);
  void* const data = out.mutable_data_ptr();
  const ScalarType dtype = out.scalar_type();
  utils::RandomGenerator generator;
  // Each number goes to a random place among those before it, whose element moves to its place.
  for (int64_t i = 0; i < n; ++i) {
    const int64_t j = generator.integer(0, i + 1);
    utils::store_element<double>(utils::load_element<double>(data, dtype, j), data, dtype, i);
    utils::store_element<int64_t>(i, data, dtype, j);
  }
  return out;
}

}  // namespace torch::executor::native
