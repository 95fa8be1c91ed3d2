// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/exec_aten/util/tensor_shape_to_c_string.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace executorch {
namespace runtime {

std::array<char, kTensorShapeStringSizeLimit> tensor_shape_to_c_string(
    Span<const ::executorch::aten::SizesType> shape) {
  std::array<char, kTensorShapeStringSizeLimit> text = {};
  if (shape.size() > kTensorDimensionLimit) {
    static constexpr char kTooManyDimensions[] = "(ERR: tensor ndim exceeds limit)";
    std::memcpy(text.data(), kTooManyDimensions, sizeof(kTooManyDimensions));
    return text;
  }
  char* end = text.data();
  *end++ = '(';
  for (size_t i = 0; i < shape.size(); ++i) {
    const char* separator = i == 0 ? "" : ", ";
    const size_t room = text.size() - static_cast<size_t>(end - text.data());
    end += shape[i] < 0
               ? std::snprintf(end, room, "%sERR", separator)
               : std::snprintf(end, room, "%s%" PRId32, separator, static_cast<int32_t>(shape[i]));
  }
  *end = ')';
  return text;
}

}  // namespace runtime
}  // namespace executorch
