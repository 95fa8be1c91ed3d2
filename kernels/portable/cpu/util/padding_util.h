// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// `pad` holds the amounts before and after the last dimension, then the one before it, and so on;
/// negative amounts cut off.
bool check_constant_pad_args(const Tensor& in, IntArrayRef pad, const Scalar& value, Tensor& out);

/// For pads of the last `padding_nd` dimensions of an input that has one or two more.
bool check_padding_args(int64_t padding_nd, const Tensor& in, IntArrayRef padding, Tensor& out,
                        bool reflection = false);

namespace native::utils {

/// What stands beyond the border: its mirror image, without the border itself; or the border again.
enum class Padding { Reflection, Replication };

/// The body of the pads of 1, 2 and 3 dimensions.
Tensor& pad(KernelRuntimeContext& ctx, int64_t padding_nd, Padding kind, const Tensor& in,
            IntArrayRef padding, Tensor& out);

}  // namespace native::utils

}  // namespace executor
}  // namespace torch
