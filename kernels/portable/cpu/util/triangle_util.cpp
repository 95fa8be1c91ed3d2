// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/triangle_util.h>

#include <algorithm>

#include <executorch/kernels/portable/cpu/util/block_util.h>

namespace torch::executor::native::utils {

Tensor& triangle_indices(KernelRuntimeContext& ctx, int64_t row, int64_t column, int64_t offset,
                         bool upper, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, row >= 0 && column >= 0 && row <= INT32_MAX && column <= INT32_MAX,
                      InvalidArgument, out, "A matrix of %lld rows and %lld columns",
                      static_cast<long long>(row), static_cast<long long>(column));
  ET_KERNEL_CHECK(ctx, tensor_is_type(out, ScalarType::Int, ScalarType::Long), InvalidArgument,
                  out);
  offset = std::max(-row - 1, std::min(offset, column + 1));
  const auto begin = [&](int64_t i) {
    return upper ? std::min(std::max(i + offset, int64_t{0}), column) : int64_t{0};
  };
  const auto end = [&](int64_t i) {
    return upper ? column : std::max(int64_t{0}, std::min(i + offset + 1, column));
  };
  int64_t count = 0;
  for (int64_t i = 0; i < row; ++i) {
    count += end(i) - begin(i);
  }
  const int64_t sizes[] = {2, count};
  ET_KERNEL_CHECK(ctx, resize_tensor(out, ArrayRef<int64_t>(sizes)) == Error::Ok, InvalidArgument,
                  out);
  int64_t at = 0;
  for (int64_t i = 0; i < row; ++i) {
    for (int64_t j = begin(i); j < end(i); ++j, ++at) {
      store_element<int64_t>(i, out.mutable_data_ptr(), out.scalar_type(), at * out.strides()[1]);
      store_element<int64_t>(j, out.mutable_data_ptr(), out.scalar_type(),
                             out.strides()[0] + at * out.strides()[1]);
    }
  }
  return out;
}

}  // namespace torch::executor::native::utils
