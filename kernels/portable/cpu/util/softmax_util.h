// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// `dim` is a dimension of `in`, both tensors are of the same floating-point type, and
/// `half_to_float`, which CPU kernels do not have, is not set.
bool check_softmax_args(const Tensor& in, int64_t dim, bool half_to_float, Tensor& out);
bool check_log_softmax_args(const Tensor& in, int64_t dim, bool half_to_float, Tensor& out);

namespace native {
namespace utils {

/// exp(in) / sum(exp(in)) along `dim`, or its logarithm. The arguments have been checked, `out` has
/// the shape of `in`.
void softmax_along(const Tensor& in, int64_t dim, bool log, Tensor& out);

}  // namespace utils
}  // namespace native

}  // namespace executor
}  // namespace torch
