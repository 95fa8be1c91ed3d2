// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

Tensor& product(KernelRuntimeContext& ctx, const Tensor& in,
                const optional<ArrayRef<int64_t>>& dim_list, bool keepdim,
                optional<ScalarType> dtype, Tensor& out) {
  if (utils::is_complex(in) || utils::is_complex(out)) {
    return utils::reduce_complex(
        ctx, in, dim_list, keepdim, dtype, out, 1,
        [](const utils::StdComplex& acc, const utils::StdComplex& x) { return acc * x; });
  }
  return utils::prod_over_dims(ctx, in, dim_list, keepdim, dtype, out);
}

}  // namespace

Tensor& prod_out(KernelRuntimeContext& ctx, const Tensor& in, optional<ScalarType> dtype,
                 Tensor& out) {
  return product(ctx, in, nullopt, false, dtype, out);
}

Tensor& prod_int_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, bool keepdim,
                     optional<ScalarType> dtype, Tensor& out) {
  return product(ctx, in, ArrayRef<int64_t>(&dim, 1), keepdim, dtype, out);
}

}  // namespace torch::executor::native
