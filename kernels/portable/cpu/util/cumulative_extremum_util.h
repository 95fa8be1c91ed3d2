// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// The largest (or smallest) element so far along `dim`, NaN where there was one, and where it was,
/// the last of equal ones.
void cumulative_extremum(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim, bool maximum,
                         Tensor& values, Tensor& indices);

}  // namespace torch::executor::native::utils
