// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& gather_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, const Tensor& index,
                   bool sparse_grad, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_gather_args(in, dim, index, sparse_grad, out), InvalidArgument, out);
  utils::TensorView positions(index);
  ET_KERNEL_CHECK(ctx, utils::resize_to(positions, out), InvalidArgument, out);
  if (positions.numel() == 0) {
    return out;
  }
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(in))));
  utils::TensorView source(in);
  utils::TensorView result(out);
  ET_KERNEL_CHECK(
      ctx, utils::gather(source.at_least_1d(), d, positions.at_least_1d(), result.at_least_1d()),
      InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
