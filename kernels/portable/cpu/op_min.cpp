// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> min_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                                     bool keepdim, Tensor& min, Tensor& min_indices) {
  utils::extremum_with_index(ctx, in, dim, keepdim, /*maximum=*/false, min, min_indices);
  return {min, min_indices};
}

Tensor& min_unary_out(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  ET_KERNEL_CHECK(
      ctx, tensor_is_realhbbf16_type(in) && check_reduction_args(in, nullopt, false, nullopt, out),
      InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_can_cast_to(in, out.scalar_type()), InvalidArgument, out);
  return utils::extremum_over_dims(ctx, in, nullopt, false, /*maximum=*/false, out);
}

}  // namespace torch::executor::native
