// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/tensor_layout.h>

#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

namespace executorch::runtime {

Result<TensorLayout> TensorLayout::create(Span<const int32_t> sizes, Span<const uint8_t> dim_order,
                                          ::executorch::aten::ScalarType scalar_type) {
  ET_CHECK_OR_RETURN_ERROR(isValid(scalar_type), InvalidArgument, "Invalid element type %d",
                           static_cast<int>(scalar_type));
  ET_CHECK_OR_RETURN_ERROR(sizes.size() == dim_order.size(), InvalidArgument,
                           "A layout has %zu sizes and %zu entries in its dim order", sizes.size(),
                           dim_order.size());
  ET_CHECK_OR_RETURN_ERROR(validate_dim_order(dim_order.data(), dim_order.size()), InvalidArgument,
                           "The dim order of a layout of rank %zu is not a permutation",
                           sizes.size());
  size_t nbytes = elementSize(scalar_type);
  for (size_t i = 0; i < sizes.size(); ++i) {
    ET_CHECK_OR_RETURN_ERROR(sizes[i] >= 0, InvalidArgument,
                             "Size of dimension %zu is negative: %" PRId32, i, sizes[i]);
    ET_CHECK_OR_RETURN_ERROR(
        !__builtin_mul_overflow(nbytes, static_cast<size_t>(sizes[i]), &nbytes), InvalidArgument,
        "The number of bytes of a layout overflows at dimension %zu", i);
  }
  return TensorLayout(sizes, dim_order, scalar_type, nbytes);
}

}  // namespace executorch::runtime
