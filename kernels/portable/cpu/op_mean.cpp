// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& mean_dim_out(KernelRuntimeContext& ctx, const Tensor& in,
                     optional<ArrayRef<int64_t>> dim_list, bool keepdim, optional<ScalarType> dtype,
                     Tensor& out) {
  return utils::mean_over_dims(ctx, in, dim_list, keepdim, dtype, out);
}

Tensor& mean_dtype_out(KernelRuntimeContext& ctx, const Tensor& in, optional<ScalarType> dtype,
                       Tensor& out) {
  return utils::mean_over_dims(ctx, in, nullopt, false, dtype, out);
}

}  // namespace torch::executor::native
