// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// For each value, the number of elements of its sorted sequence that are less than it (or, with
/// `right`, not greater); all of them for NaN. The sequence has one dimension, or those of `values`
/// but for the last. `sorter`, which may be null, says in which order it is sorted.
Tensor& search_sorted(KernelRuntimeContext& ctx, const Tensor& sequence, const Operand& values,
                      bool out_int32, bool right, const Tensor* sorter, Tensor& out);

/// `right`, or what `side` says: "left" or "right". False with a sentence where they disagree.
bool parse_side(bool& right, const optional<string_view>& side);

}  // namespace torch::executor::native::utils
