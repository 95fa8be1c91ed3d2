// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace executorch::runtime {

/// How a tensor's shape may change after its creation. The numbers are those of the file format.
enum class TensorShapeDynamism : uint8_t {
  /// The shape is fixed.
  STATIC = 0,
  /// The shape may be anything of the same rank with at most as many elements as the initial one.
  DYNAMIC_BOUND = 1,
  /// As DYNAMIC_BOUND, with memory that is supplied later.
  DYNAMIC_UNBOUND = 2,
};

}  // namespace executorch::runtime
