// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& view_as_real_copy_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  const ScalarType component = ::executorch::runtime::toRealValueType(self.scalar_type());
  ET_KERNEL_CHECK(ctx, tensor_is_complex_type(self), InvalidArgument, out);
  utils::TensorView view(self);
  view.dtype = component;
  view.insert(view.dim, 2, view.element_size());
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
