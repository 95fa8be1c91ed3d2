// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& tril_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t diagonal, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_tril_args(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, utils::resize_to(utils::TensorView(in), out), InvalidArgument, out);
  const size_t d = static_cast<size_t>(in.dim()) - 2;
  const int64_t rows = in.sizes()[d];
  const int64_t columns = in.sizes()[d + 1];
  diagonal = std::clamp(diagonal, -rows, columns);
  constexpr uint8_t kZero[16] = {};
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t kept = std::clamp<int64_t>(row + diagonal + 1, 0, columns);
    utils::TensorView from(in);
    utils::TensorView to(out);
    utils::TensorView cleared(out);
    utils::copy(from.select(d, row).slice(d, 0, kept), to.select(d, row).slice(d, 0, kept));
    utils::fill(cleared.select(d, row).slice(d, kept, columns - kept), kZero);
  }
  return out;
}

}  // namespace torch::executor::native
