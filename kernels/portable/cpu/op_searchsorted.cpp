// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/search_sorted_util.h>

namespace torch::executor::native {

namespace {

Tensor& search(KernelRuntimeContext& ctx, const Tensor& sorted_sequence,
               const utils::Operand& values, bool out_int32, bool right,
               const optional<string_view>& side, const optional<Tensor>& sorter, Tensor& out) {
  ET_KERNEL_CHECK(ctx, utils::parse_side(right, side), InvalidArgument, out);
  return utils::search_sorted(ctx, sorted_sequence, values, out_int32, right,
                              sorter.has_value() ? &*sorter : nullptr, out);
}

}  // namespace

Tensor& searchsorted_tensor_out(KernelRuntimeContext& ctx, const Tensor& sorted_sequence,
                                const Tensor& self, bool out_int32, bool right,
                                optional<string_view> side, const optional<Tensor>& sorter,
                                Tensor& out) {
  return search(ctx, sorted_sequence, self, out_int32, right, side, sorter, out);
}

Tensor& searchsorted_scalar_out(KernelRuntimeContext& ctx, const Tensor& sorted_sequence,
                                const Scalar& self, bool out_int32, bool right,
                                optional<string_view> side, const optional<Tensor>& sorter,
                                Tensor& out) {
  return search(ctx, sorted_sequence, self, out_int32, right, side, sorter, out);
}

}  // namespace torch::executor::native
