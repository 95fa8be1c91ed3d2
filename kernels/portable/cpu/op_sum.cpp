// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& sum_dim_out(KernelRuntimeContext& ctx, const Tensor& in,
                    optional<ArrayRef<int64_t>> dim_list, bool keepdim, optional<ScalarType> dtype,
                    Tensor& out) {
  if (utils::is_complex(in) || utils::is_complex(out)) {
    return utils::reduce_complex(
        ctx, in, dim_list, keepdim, dtype, out, 0,
        [](const utils::StdComplex& acc, const utils::StdComplex& x) { return acc + x; });
  }
  ET_KERNEL_CHECK(ctx, check_reduction_args(in, dim_list, keepdim, dtype, out), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  const utils::BlockReduction reduction(in, dim_list, keepdim, out);
  utils::dispatch_compute_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    using Op = utils::SumOp<T>;
    utils::reduce_to<T>(reduction, out, Op(), [](typename Op::Acc sum) { return sum; });
  });
  return out;
}

}  // namespace torch::executor::native
