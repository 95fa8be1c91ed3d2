// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& index_select_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                         const Tensor& index, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_index_select_args(in, dim, index, out), InvalidArgument, out);
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(in))));
  utils::TensorView shape(in);
  if (in.dim() > 0) {
    shape.sizes[d] = index.numel();
  }
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  utils::TensorView table(in);
  utils::TensorView positions(index);
  utils::TensorView result(out);
  ET_KERNEL_CHECK(ctx,
                  utils::copy_indexed_rows(table.at_least_1d(), d, positions.at_least_1d(),
                                           result.at_least_1d()),
                  InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
