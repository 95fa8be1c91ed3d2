// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>
#include <cstring>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>

namespace torch::executor::native {

/// How often each of the numbers from 0 occurs, or the sum of their weights.
Tensor& bincount_out(KernelRuntimeContext& ctx, const Tensor& self, const optional<Tensor>& weights,
                     int64_t minlength, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, minlength >= 0, InvalidArgument, out, "minlength is %" PRId64,
                      minlength);
  ET_KERNEL_CHECK(ctx,
                  tensor_has_rank_smaller_or_equal_to(self, 1) &&
                      tensor_is_integral_type(self, /*include_bool=*/false),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx,
                  !weights.has_value() || (tensors_have_same_shape(self, *weights) &&
                                           tensor_is_realhbbf16_type(*weights)),
                  InvalidArgument, out);
  const ScalarType expected = !weights.has_value()                          ? ScalarType::Long
                              : weights->scalar_type() == ScalarType::Float ? ScalarType::Float
                                                                            : ScalarType::Double;
  ET_KERNEL_CHECK(ctx, tensor_is_type(out, expected), InvalidArgument, out);
  const auto number = [&](int64_t i) {
    return utils::load_element<int64_t>(self.const_data_ptr(), self.scalar_type(), i);
  };
  int64_t bins = minlength;
  for (ssize_t i = 0; i < self.numel(); ++i) {
    ET_KERNEL_CHECK_MSG(ctx, number(i) >= 0 && number(i) < INT32_MAX, InvalidArgument, out,
                        "bincount of %" PRId64 ": expected numbers from 0", number(i));
    bins = std::max(bins, number(i) + 1);
  }
  ET_KERNEL_CHECK(ctx, resize_tensor(out, IntArrayRef(&bins, 1)) == Error::Ok, InvalidArgument,
                  out);
  if (out.nbytes() != 0) {
    std::memset(out.mutable_data_ptr(), 0, out.nbytes());
  }
  for (ssize_t i = 0; i < self.numel(); ++i) {
    const int64_t bin = number(i);
    if (bin < 0 || bin >= bins) {
      continue;  // The input overlaps the output and has changed.
    }
    if (weights.has_value()) {
      utils::store_element<double>(
          utils::load_element<double>(out.const_data_ptr(), expected, bin) +
              utils::load_element<double>(weights->const_data_ptr(), weights->scalar_type(), i),
          out.mutable_data_ptr(), expected, bin);
    } else {
      ++out.mutable_data_ptr<int64_t>()[bin];
    }
  }
  return out;
}

}  // namespace torch::executor::native
