// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& var_correction_out(KernelRuntimeContext& ctx, const Tensor& in,
                           optional<ArrayRef<int64_t>> dim_list, const optional<Scalar>& correction,
                           bool keepdim, Tensor& out) {
  utils::var_and_mean(ctx, in, dim_list, correction.has_value() ? correction->to<double>() : 1.0,
                      keepdim, out, nullptr);
  return out;
}

Tensor& var_out(KernelRuntimeContext& ctx, const Tensor& in, optional<ArrayRef<int64_t>> dim_list,
                bool unbiased, bool keepdim, Tensor& out) {
  utils::var_and_mean(ctx, in, dim_list, unbiased ? 1.0 : 0.0, keepdim, out, nullptr);
  return out;
}

}  // namespace torch::executor::native
