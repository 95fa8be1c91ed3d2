// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Determinants of square matrices, or their signs and the logarithms of their sizes, and the LU
/// factors of the transposed matrices that they come from. The first three may be null.
void determinants(KernelRuntimeContext& ctx, const Tensor& a, Tensor* determinant, Tensor* sign,
                  Tensor* log_size, Tensor& lu, Tensor& pivots);

/// Stores row exchanges, counted from 0, as LAPACK does: counted from 1.
void store_pivots(const int64_t* pivots, int64_t n, const Tensor& out, int64_t offset);

}  // namespace torch::executor::native::utils
