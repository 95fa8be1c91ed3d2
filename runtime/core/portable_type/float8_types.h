// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace executorch::runtime::etensor {

// 8-bit floating-point formats: storage only, no kernel computes in them.

struct alignas(1) Float8_e5m2 {
  uint8_t x;
};
struct alignas(1) Float8_e4m3fn {
  uint8_t x;
};
struct alignas(1) Float8_e5m2fnuz {
  uint8_t x;
};
struct alignas(1) Float8_e4m3fnuz {
  uint8_t x;
};

}  // namespace executorch::runtime::etensor
