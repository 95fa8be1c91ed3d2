// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> var_mean_correction_out(KernelRuntimeContext& ctx, const Tensor& in,
                                                     optional<ArrayRef<int64_t>> dim_list,
                                                     const optional<Scalar>& correction,
                                                     bool keepdim, Tensor& out0, Tensor& out1) {
  utils::var_and_mean(ctx, in, dim_list, correction.has_value() ? correction->to<double>() : 1.0,
                      keepdim, out0, &out1);
  return {out0, out1};
}

}  // namespace torch::executor::native
