// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>
#include <executorch/kernels/portable/cpu/util/vector_math.h>

namespace torch::executor::native {

/// The first half of dimension `dim` times the sigmoid of the second half.
Tensor& glu_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim, Tensor& out) {
  if (!utils::check_floating_point(ctx, self)) {
    return out;
  }
  ET_KERNEL_CHECK_MSG(ctx, self.dim() > 0, InvalidArgument, out,
                      "A tensor of rank 0 has no halves");
  ET_KERNEL_CHECK(ctx, dim_is_valid(dim, self.dim()), InvalidArgument, out);
  const auto d = static_cast<size_t>(dim < 0 ? dim + self.dim() : dim);
  ET_KERNEL_CHECK_MSG(ctx, self.sizes()[d] % 2 == 0, InvalidArgument, out,
                      "Size %" PRId32 " of dimension %zu is not even", self.sizes()[d], d);
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  std::copy(self.sizes().begin(), self.sizes().end(), sizes);
  sizes[d] /= 2;
  const ArrayRef<SizesType> half(sizes, self.sizes().size());
  // Of an empty tensor nothing is read, so its second half may start anywhere.
  const size_t offset = self.numel() == 0 ? 0
                                          : static_cast<size_t>(sizes[d]) *
                                                static_cast<size_t>(self.strides()[d]) *
                                                static_cast<size_t>(self.element_size());
  const utils::Operand value(self.const_data_ptr(), self.scalar_type(), half,
                             self.strides().data());
  const utils::Operand gate(self.const_data_ptr<uint8_t>() + offset, self.scalar_type(), half,
                            self.strides().data());
  return utils::map_to_float(ctx, value, gate, out,
                             [](auto x, auto y) { return x * utils::vector_math::sigmoid(y); });
}

}  // namespace torch::executor::native
