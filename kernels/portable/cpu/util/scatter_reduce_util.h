// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// What becomes of several values that are scattered to one element.
enum class ScatterReduction { kSum, kProduct, kMean, kMax, kMin };

/// Reads "sum" or "add", "prod" or "multiply", "mean", "amax", "amin". False with a sentence.
bool parse_reduction(string_view name, ScatterReduction& reduction);

/// Copies `self` to `out` and combines out[..., index[c], ...], the index in dimension `dim`, with
/// values[c] for each coordinate c of `index`, in order. Without `include_self`, what is in `self`
/// does not count where something is scattered to. Views are of the rank of `self`, at least 1; the
/// elements of `index` are Int or Long. Fails `ctx` at an index out of range.
void scatter_reduce(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                    const TensorView& index, const TensorView& values, ScatterReduction reduction,
                    bool include_self, Tensor& out);

}  // namespace torch::executor::native::utils
