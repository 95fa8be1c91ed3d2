// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {

/// Number of elements from `start` to `end`, exclusive, that are `step` != 0 apart.
inline SizesType compute_arange_out_size(double start, double end, double step) {
  const double size = std::ceil((end - start) / step);
  return size > 0 ? static_cast<SizesType>(size) : 0;
}
inline SizesType compute_arange_out_size(double end) {
  return compute_arange_out_size(0.0, end, 1.0);
}

/// Sets `out`, which has been resized and has any real type, to start, start + step, ...
inline void arange_out_impl(KernelRuntimeContext& ctx, double start, double end, double step,
                            Tensor& out) {
  (void)ctx;
  (void)end;
  const auto n = static_cast<int64_t>(out.numel());
  for (int64_t i = 0; i < n; ++i) {
    utils::store_element<double>(start + static_cast<double>(i) * step, out.mutable_data_ptr(),
                                 out.scalar_type(), i);
  }
}
inline void arange_out_impl(KernelRuntimeContext& ctx, double end, Tensor& out) {
  arange_out_impl(ctx, 0.0, end, 1.0, out);
}

}  // namespace native
}  // namespace executor
}  // namespace torch
