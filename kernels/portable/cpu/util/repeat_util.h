// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// Gives `out` the shape of `in` with each dimension repeated, and copies it there that often.
/// `repeats` has an entry for each dimension of `out`, at least as many as `in` has dimensions.
/// InvalidArgument or NotSupported where the shape does not fit `out`.
Error repeat_tensor(const Tensor& in, ArrayRef<int64_t> repeats, Tensor& out);

}  // namespace executor
}  // namespace torch
