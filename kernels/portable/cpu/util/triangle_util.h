// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// The coordinates of the elements on and below (or above) a diagonal of a row x column matrix, row
/// by row, as the two rows of `out`.
Tensor& triangle_indices(KernelRuntimeContext& ctx, int64_t row, int64_t column, int64_t offset,
                         bool upper, Tensor& out);

}  // namespace torch::executor::native::utils
