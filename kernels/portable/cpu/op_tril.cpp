// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstring>

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
  const auto kept_in = [&](int64_t row) {
    return std::clamp<int64_t>(row + diagonal + 1, 0, columns);
  };
  if (tensor_is_default_dim_order(in) && tensor_is_default_dim_order(out)) {
    const auto size = static_cast<int64_t>(in.element_size());
    const auto* from = static_cast<const uint8_t*>(in.const_data_ptr());
    auto* to = static_cast<uint8_t*>(out.mutable_data_ptr());
    const int64_t all_rows = columns == 0 ? 0 : in.numel() / columns;
    for (int64_t i = 0; i < all_rows; ++i, from += columns * size, to += columns * size) {
      const int64_t kept = kept_in(i % rows);
      std::memmove(to, from, static_cast<size_t>(kept * size));
      std::memset(to + kept * size, 0, static_cast<size_t>((columns - kept) * size));
    }
    return out;
  }
  constexpr uint8_t kZero[16] = {};
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t kept = kept_in(row);
    utils::TensorView from(in);
    utils::TensorView to(out);
    utils::TensorView cleared(out);
    utils::copy(from.select(d, row).slice(d, 0, kept), to.select(d, row).slice(d, 0, kept));
    utils::fill(cleared.select(d, row).slice(d, kept, columns - kept), kZero);
  }
  return out;
}

}  // namespace torch::executor::native
