// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace executorch::runtime::etensor {

/// How a result is to be laid out. Only what a portable tensor can express.
enum class MemoryFormat : int8_t {
  Contiguous = 0,
  Preserve = 1,
};

/// Storage layout of a tensor; always dense here.
enum class Layout : int8_t {
  Strided = 0,
};

}  // namespace executorch::runtime::etensor
