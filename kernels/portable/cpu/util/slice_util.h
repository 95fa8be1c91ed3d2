// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// Turns the bounds of a slice with step >= 1, which may be negative or beyond the end, into
/// positions 0 <= start <= end <= dim_length. Returns the number of coordinates it selects.
int64_t adjust_slice_indices(int64_t dim_length, int64_t* start, int64_t* end, int64_t step);

/// Copies `length` coordinates of dimension `dim` from `start`, `step` apart; all within the input,
/// `dim` not negative. `out` has the shape of the result.
void compute_slice(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, int64_t start,
                   int64_t length, int64_t step, Tensor& out);

}  // namespace executor
}  // namespace torch
