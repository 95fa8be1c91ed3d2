// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

void unbind_copy_int_out(KernelRuntimeContext& ctx, const Tensor& input, int64_t dim,
                         TensorList out) {
  ET_KERNEL_CHECK(ctx, check_unbind_copy_args(input, dim, out), InvalidArgument, );
  dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(input.dim()));
  for (size_t i = 0; i < out.size() && ctx.failure_state() == Error::Ok; ++i) {
    utils::TensorView row(input);
    Tensor part = out[i];
    utils::copy_to(ctx, row.select(static_cast<size_t>(dim), static_cast<int64_t>(i)), part);
  }
}

}  // namespace torch::executor::native
