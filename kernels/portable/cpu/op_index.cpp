// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/advanced_index.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// The last of `indices` where it is the only one and holds numbers, which fit a dimension of `in`;
/// else null.
const Tensor* only_index(const Tensor& in, ArrayRef<optional<Tensor>> indices) {
  if (indices.empty() || static_cast<ssize_t>(indices.size()) > in.dim()) {
    return nullptr;
  }
  for (size_t i = 0; i + 1 < indices.size(); ++i) {
    if (indices[i].has_value()) {
      return nullptr;
    }
  }
  const optional<Tensor>& last = indices[indices.size() - 1];
  const bool has_numbers = last.has_value() && (last->scalar_type() == ScalarType::Long ||
                                                last->scalar_type() == ScalarType::Int);
  const bool fits = has_numbers && in.dim() - 1 + last->dim() <=
                                       ssize_t{::executorch::runtime::kTensorDimensionLimit};
  return fits ? &*last : nullptr;
}

/// in[:, ..., index], with the index in dimension d.
Tensor& index_rows(KernelRuntimeContext& ctx, const Tensor& in, size_t d, const Tensor& index,
                   Tensor& out) {
  const utils::TensorView table(in);
  const utils::TensorView positions(index);
  utils::TensorView shape = table;
  shape.remove(d);
  for (size_t i = positions.dim; i-- > 0;) {
    shape.insert(d, positions.sizes[i]);
  }
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  ET_KERNEL_CHECK(
      ctx, utils::copy_indexed_rows(table, d, positions, utils::TensorView(out), /*wraps=*/true),
      InvalidArgument, out);
  return out;
}

}  // namespace

Tensor& index_Tensor_out(KernelRuntimeContext& ctx, const Tensor& in,
                         ArrayRef<optional<Tensor>> indices, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  if (const Tensor* rows = only_index(in, indices)) {
    return index_rows(ctx, in, indices.size() - 1, *rows, out);
  }
  utils::AdvancedIndex index;
  ET_KERNEL_CHECK(ctx, index.init(in, indices), InvalidArgument, out);
  const utils::TensorView self(in);
  ET_KERNEL_CHECK(ctx, utils::resize_to(index.result(), out), InvalidArgument, out);
  const utils::TensorView result(out);
  const utils::StridedCopy block(index.block(self), index.result_block(result));
  ET_KERNEL_CHECK(ctx,
                  index.for_each(result,
                                 [&](int64_t from, int64_t to) {
                                   block.run(self.data() + from, result.data() + to);
                                 }),
                  InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
