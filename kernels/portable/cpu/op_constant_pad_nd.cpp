// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <executorch/kernels/portable/cpu/util/padding_util.h>
#include <executorch/kernels/portable/cpu/util/scalar_element.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& constant_pad_nd_out(KernelRuntimeContext& ctx, const Tensor& in, IntArrayRef pad,
                            const Scalar& value, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_constant_pad_args(in, pad, value, out), InvalidArgument, out);
  utils::ScalarElement element;
  ET_KERNEL_CHECK(ctx, element.assign(value, out.scalar_type()), InvalidArgument, out);
  utils::TensorView from(in);
  utils::TensorView shape = from;
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    shape.sizes[from.dim - 1 - i] += pad[2 * i] + pad[2 * i + 1];
  }
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  utils::TensorView to(out);
  if (!pad.empty()) {
    utils::fill(to, element.data());
  }
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    const size_t d = from.dim - 1 - i;
    // A negative amount cuts off.
    const int64_t cut_left = std::max<int64_t>(-pad[2 * i], 0);
    const int64_t cut_right = std::max<int64_t>(-pad[2 * i + 1], 0);
    const int64_t kept = std::max<int64_t>(from.sizes[d] - cut_left - cut_right, 0);
    from.slice(d, cut_left, kept);
    to.slice(d, std::max<int64_t>(pad[2 * i], 0), kept);
  }
  utils::copy(from, to);
  return out;
}

}  // namespace torch::executor::native
