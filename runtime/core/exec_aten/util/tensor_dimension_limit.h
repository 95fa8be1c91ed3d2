// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace executorch::runtime {

/// The highest rank of a tensor.
constexpr size_t kTensorDimensionLimit = 16;

}  // namespace executorch::runtime

namespace torch {
namespace executor {
using ::executorch::runtime::kTensorDimensionLimit;
}  // namespace executor
}  // namespace torch
