// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/scatter_reduce_util.h>

namespace torch::executor::native {

Tensor& scatter_reduce_two_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                               const Tensor& index, const Tensor& src, string_view reduce,
                               bool include_self, Tensor& out) {
  utils::ScatterReduction reduction = {};
  ET_KERNEL_CHECK(ctx,
                  check_scatter_src_args(self, dim, index, src, out) &&
                      utils::parse_reduction(reduce, reduction),
                  InvalidArgument, out);
  utils::TensorView positions(index);
  utils::TensorView values(src);
  utils::scatter_reduce(ctx, self, dim, positions.at_least_1d(), values.at_least_1d(), reduction,
                        include_self, out);
  return out;
}

}  // namespace torch::executor::native
