// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <limits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

/// How many elements lie in each of `bins` intervals of the same width from min to max, or, where
/// these are equal, of the range of the elements.
Tensor& histc_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t bins, const Scalar& min,
                  const Scalar& max, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, bins > 0, InvalidArgument, out, "bins is %" PRId64, bins);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_realhbf16_type(self) && tensors_have_same_dtype(self, out) &&
                      resize_tensor(out, IntArrayRef(&bins, 1)) == Error::Ok,
                  InvalidArgument, out);
  const utils::TensorView elements(self);
  const auto for_each = [&](const auto& f) {
    for (utils::Cursor<1> cursor({&elements}); cursor.left() > 0; cursor.advance()) {
      f(utils::load_element<double>(elements.data() + cursor.at(0), elements.dtype, 0));
    }
  };
  auto low = min.to<double>();
  auto high = max.to<double>();
  if (low == high && self.numel() > 0) {
    low = std::numeric_limits<double>::infinity();
    high = -low;
    for_each([&](double x) {
      low = x < low || x != x ? x : low;
      high = x > high || x != x ? x : high;
    });
  }
  if (low == high) {
    low -= 1;
    high += 1;
  }
  ET_KERNEL_CHECK_MSG(ctx, std::isfinite(low) && std::isfinite(high) && low < high, InvalidArgument,
                      out, "A histogram from %g to %g", low, high);
  const utils::TensorView counts(out);
  const uint64_t zero[2] = {};
  utils::fill(counts, zero);
  for_each([&](double x) {
    if (x >= low && x <= high) {
      const auto bin = static_cast<int64_t>((x - low) / (high - low) * static_cast<double>(bins));
      uint8_t* const count = counts.data() + std::min(bin, bins - 1) * counts.strides[0];
      utils::store_element<double>(utils::load_element<double>(count, counts.dtype, 0) + 1, count,
                                   counts.dtype, 0);
    }
  });
  return out;
}

}  // namespace torch::executor::native
