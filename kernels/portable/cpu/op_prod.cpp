// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& prod_out(KernelRuntimeContext& ctx, const Tensor& in, optional<ScalarType> dtype,
                 Tensor& out) {
  return utils::prod_over_dims(ctx, in, nullopt, false, dtype, out);
}

Tensor& prod_int_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, bool keepdim,
                     optional<ScalarType> dtype, Tensor& out) {
  return utils::prod_over_dims(ctx, in, ArrayRef<int64_t>(&dim, 1), keepdim, dtype, out);
}

}  // namespace torch::executor::native
