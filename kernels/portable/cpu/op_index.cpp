// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/advanced_index.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& index_Tensor_out(KernelRuntimeContext& ctx, const Tensor& in,
                         ArrayRef<optional<Tensor>> indices, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
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
