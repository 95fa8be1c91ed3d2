// SPDX-License-Identifier: BSD-3-Clause
#include <cstring>

#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& view_copy_out(KernelRuntimeContext& ctx, const Tensor& self, IntArrayRef size,
                      Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_view_copy_args(self, size, out), InvalidArgument, out);
  int64_t sizes[::executorch::runtime::kTensorDimensionLimit];
  int64_t known = 1;
  for (size_t d = 0; d < size.size(); ++d) {
    known *= size[d] == -1 ? 1 : size[d];
  }
  for (size_t d = 0; d < size.size(); ++d) {
    sizes[d] = size[d] == -1 ? self.numel() / known : size[d];
  }
  ET_KERNEL_CHECK(ctx, resize_tensor(out, IntArrayRef(sizes, size.size())) == Error::Ok,
                  InvalidArgument, out);
  if (out.numel() != 0 && tensor_is_default_dim_order(self) && tensor_is_default_dim_order(out)) {
    std::memmove(out.mutable_data_ptr(), self.const_data_ptr(), self.nbytes());
    return out;
  }
  const utils::TensorView in_view(self);
  const utils::TensorView out_view(out);
  utils::Cursor<1> from({&in_view});
  utils::Cursor<1> to({&out_view});
  utils::copy_in_order(in_view, from, out_view, to, self.numel());
  return out;
}

}  // namespace torch::executor::native
