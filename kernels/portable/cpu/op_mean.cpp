// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

Tensor& mean(KernelRuntimeContext& ctx, const Tensor& in,
             const optional<ArrayRef<int64_t>>& dim_list, bool keepdim, optional<ScalarType> dtype,
             Tensor& out) {
  if (utils::is_complex(in) || utils::is_complex(out)) {
    return utils::reduce_complex(
        ctx, in, dim_list, keepdim, dtype, out, 0,
        [](const utils::StdComplex& acc, const utils::StdComplex& x) { return acc + x; },
        [](const utils::StdComplex& acc, int64_t count) {
          return acc / static_cast<double>(count);
        });
  }
  return utils::mean_over_dims(ctx, in, dim_list, keepdim, dtype, out);
}

}  // namespace

Tensor& mean_dim_out(KernelRuntimeContext& ctx, const Tensor& in,
                     optional<ArrayRef<int64_t>> dim_list, bool keepdim, optional<ScalarType> dtype,
                     Tensor& out) {
  return mean(ctx, in, dim_list, keepdim, dtype, out);
}

Tensor& mean_dtype_out(KernelRuntimeContext& ctx, const Tensor& in, optional<ScalarType> dtype,
                       Tensor& out) {
  return mean(ctx, in, nullopt, false, dtype, out);
}

}  // namespace torch::executor::native
