// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/order_statistic_util.h>

#include <limits>

namespace torch::executor::native::utils {

void median(KernelRuntimeContext& ctx, const Tensor& self, optional<int64_t> dim, bool keepdim,
            bool ignore_nan, Tensor& values, Tensor* indices) {
  if (!dim.has_value() && self.numel() == 0) {
    ET_KERNEL_CHECK(ctx,
                    tensor_is_realhbbf16_type(self) && tensors_have_same_dtype(self, values) &&
                        resize_tensor(values, ArrayRef<SizesType>()) == Error::Ok,
                    InvalidArgument, );
    // As in torch: NaN, or, of integers, the smallest.
    if (tensor_is_floating_type(self)) {
      store_element<double>(std::numeric_limits<double>::quiet_NaN(), values.mutable_data_ptr(),
                            values.scalar_type(), 0);
    } else {
      store_element<int64_t>(std::numeric_limits<int64_t>::min(), values.mutable_data_ptr(),
                             values.scalar_type(), 0);
    }
    return;
  }
  pick_from_lines(ctx, self, dim, keepdim, values, indices, [&](const auto* ranked, int64_t n) {
    int64_t numbers = n;
    while (numbers > 0 && ranked[numbers - 1].value != ranked[numbers - 1].value) {
      --numbers;
    }
    if (numbers < n && (!ignore_nan || numbers == 0)) {
      return numbers;  // The first NaN.
    }
    return (numbers - 1) / 2;
  });
}

}  // namespace torch::executor::native::utils
