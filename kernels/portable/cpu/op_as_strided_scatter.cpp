// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

Tensor& as_strided_scatter_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& src,
                               IntArrayRef size, IntArrayRef stride,
                               optional<int64_t> storage_offset, Tensor& out) {
  Tensor values_tensor = src;
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(self, src, out) &&
                      resize_tensor(out, self.sizes()) == Error::Ok &&
                      tensors_have_same_dim_order(self, out) &&
                      check_as_strided_copy_args(out, size, stride, storage_offset, values_tensor),
                  InvalidArgument, out);
  utils::TensorView view(out.const_data_ptr(), out.scalar_type());
  for (size_t d = 0; d < size.size(); ++d) {
    view.insert(d, size[d], stride[d] * view.element_size());
  }
  const utils::TensorView values(src);
  bool same_shape = values.dim == view.dim;
  for (size_t d = 0; same_shape && d < values.dim; ++d) {
    same_shape = values.sizes[d] == view.sizes[d];
  }
  ET_KERNEL_CHECK_MSG(ctx, same_shape, InvalidArgument, out,
                      "src of %zu dimensions does not have the %zu sizes that are given",
                      values.dim, size.size());
  view.offset = view.numel() == 0 ? 0 : storage_offset.value_or(0) * view.element_size();
  utils::copy_to(ctx, self, out);
  utils::copy(values, view);
  return out;
}

}  // namespace torch::executor::native
