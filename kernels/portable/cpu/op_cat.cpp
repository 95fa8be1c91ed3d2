// SPDX-License-Identifier: BSD-3-Clause
#include <cstring>

#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// Whether the elements lie in memory in logical order. Leaves no sentence.
bool is_contiguous(const Tensor& tensor) {
  int64_t stride = 1;
  for (size_t d = tensor.sizes().size(); d-- > 0;) {
    if (tensor.sizes()[d] != 1 && tensor.strides()[d] != stride) {
      return false;
    }
    stride *= tensor.sizes()[d];
  }
  return true;
}

}  // namespace

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
  // Most tensors give one run of memory per coordinate before `d`.
  int64_t outer = 1;
  for (size_t i = 0; i < d; ++i) {
    outer *= shape.sizes[i];
  }
  int64_t inner = out.element_size();
  for (size_t i = d + 1; i < shape.dim; ++i) {
    inner *= shape.sizes[i];
  }
  const bool out_is_contiguous = is_contiguous(out);
  int64_t start = 0;
  for (const Tensor& t : tensors) {
    if (is_absent(t)) {
      continue;
    }
    const int64_t size = t.sizes()[d];
    // An input that is the output has been resized with it.
    ET_KERNEL_CHECK_MSG(ctx, start + size <= shape.sizes[d], InvalidArgument, out,
                        "the output is one of the tensors");
    if (out_is_contiguous && t.scalar_type() == out.scalar_type() && is_contiguous(t)) {
      const auto* from = static_cast<const uint8_t*>(t.const_data_ptr());
      auto* to = static_cast<uint8_t*>(out.mutable_data_ptr()) + start * inner;
      for (int64_t i = 0; i < outer && t.numel() != 0; ++i) {
        std::memmove(to, from, static_cast<size_t>(size * inner));
        from += size * inner;
        to += shape.sizes[d] * inner;
      }
    } else {
      utils::TensorView part(out);
      utils::copy(utils::TensorView(t), part.slice(d, start, size));
    }
    start += size;
  }
  return out;
}

}  // namespace torch::executor::native
