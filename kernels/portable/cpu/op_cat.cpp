// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& cat_out(KernelRuntimeContext& ctx, TensorList tensors, int64_t dim, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_cat_args(tensors, dim, out), InvalidArgument, out);
  // Tensors of shape [0] count for nothing beside tensors of other ranks.
  const auto is_absent = [](const Tensor& t) { return t.dim() == 1 && t.numel() == 0; };
  const Tensor* like = &tensors[0];
  for (size_t i = 0; i < tensors.size() && is_absent(*like); ++i) {
    like = &tensors[i];
  }
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(like->dim())));
  utils::TensorView shape(*like);
  shape.sizes[d] = 0;
  for (const Tensor& t : tensors) {
    shape.sizes[d] += is_absent(t) ? 0 : t.sizes()[d];
  }
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  if (out.numel() == 0) {
    return out;
  }
  const utils::TensorView whole(out);
  int64_t start = 0;
  for (const Tensor& t : tensors) {
    if (!is_absent(t)) {
      // An input that is the output has been resized with it.
      ET_KERNEL_CHECK_MSG(ctx, start + t.sizes()[d] <= shape.sizes[d], InvalidArgument, out,
                          "the output is one of the tensors");
      utils::TensorView part = whole;
      utils::copy(utils::TensorView(t), part.slice(d, start, t.sizes()[d]));
      start += t.sizes()[d];
    }
  }
  return out;
}

}  // namespace torch::executor::native
