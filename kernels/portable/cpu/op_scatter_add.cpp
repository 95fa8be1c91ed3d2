// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& scatter_add_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                        const Tensor& index, const Tensor& src, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_scatter_add_args(self, dim, index, src, out), InvalidArgument, out);
  utils::TensorView positions(index);
  utils::TensorView values(src);
  utils::copy_to(ctx, self, out);
  if (ctx.failure_state() != Error::Ok || positions.numel() == 0) {
    return out;
  }
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(self))));
  utils::TensorView result(out);
  const auto add = [&](int64_t to, int64_t from) {
    utils::add_run(result.dtype, 1, values.data() + from, 0, result.data() + to, 0);
  };
  ET_KERNEL_CHECK(ctx,
                  utils::for_each_indexed(positions.at_least_1d(), d, result.at_least_1d(),
                                          values.at_least_1d(), add),
                  InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
