// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace utils {

/**
 * Looks rows up in a table of quantized weights: out[..., j] = (w[index][j] - zero_point) * scale.
 * @param weight 2-d. Elements of 8 bits are signed or not, as their type says. Smaller ones are
 * packed into bytes, the first in the highest (4 bits) or lowest (2 bits) place, and are stored
 * with an offset of half their range.
 * @param scales of float or the type of `out`, [rows], or [rows, groups] of equally many columns.
 * @param zero_points of the same kind; none: 0.
 * @param bits 8, 4 or 2.
 */
void quantized_embedding(KernelRuntimeContext& ctx, const Tensor& weight, const Tensor& scales,
                         const std::optional<Tensor>& zero_points, int64_t quant_min,
                         int64_t quant_max, const Tensor& indices, std::optional<ScalarType> dtype,
                         unsigned bits, Tensor& out);

}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch
