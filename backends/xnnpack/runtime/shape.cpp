// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/shape.h>

#include <algorithm>

namespace executorch::backends::xnnpack {

size_t Shape::numel() const {
  // Far below what 64 bits hold, so that sizes in bytes, rounded up and added, cannot overflow.
  constexpr size_t kLimit = sizeof(size_t) == 8 ? size_t(1) << 36 : size_t(1) << 28;
  size_t product = 1;
  for (size_t i = 0; i < num_dims; ++i) {
    if (dims[i] != 0 && product > kLimit / dims[i]) {
      return kTooMany;
    }
    product *= dims[i];
  }
  return product;
}

bool Shape::operator==(const Shape& other) const {
  return num_dims == other.num_dims && std::equal(dims, dims + num_dims, other.dims);
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (size_t i = 0; i < num_dims; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  }
  return text + "]";
}

}  // namespace executorch::backends::xnnpack
