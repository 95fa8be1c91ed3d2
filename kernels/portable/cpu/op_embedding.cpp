// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& embedding_out(KernelRuntimeContext& ctx, const Tensor& weight, const Tensor& indices,
                      int64_t padding_idx, bool scale_grad_by_freq, bool sparse, Tensor& out) {
  // These say how gradients are computed.
  (void)padding_idx;
  (void)scale_grad_by_freq;
  (void)sparse;
  ET_KERNEL_CHECK(ctx, check_embedding_args(weight, indices, out), InvalidArgument, out);
  const utils::TensorView table(weight);
  const utils::TensorView index(indices);
  utils::TensorView shape = index;
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape.insert(index.dim, table.sizes[1]), out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, utils::copy_indexed_rows(table, 0, index, utils::TensorView(out)),
                  InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
