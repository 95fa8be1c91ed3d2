// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

Tensor& view_as_complex_copy_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, self.dim() > 0 && self.size(self.dim() - 1) == 2, InvalidArgument, out,
                      "The last of %zd dimensions holds real and imaginary parts: 2 elements",
                      self.dim());
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(self) && tensor_is_complex_type(out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx,
                      ::executorch::runtime::toComplexType(self.scalar_type()) == out.scalar_type(),
                      InvalidArgument, out, "Parts of %s do not make numbers of %s",
                      ::executorch::runtime::toString(self.scalar_type()),
                      ::executorch::runtime::toString(out.scalar_type()));
  const utils::TensorView in(self);
  utils::TensorView shape = in;
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape.remove(in.dim - 1), out), InvalidArgument, out);
  utils::TensorView parts(out);
  parts.dtype = in.dtype;
  parts.insert(parts.dim, 2, parts.element_size());
  if (out.numel() > 0) {
    utils::copy(in, parts);
  }
  return out;
}

}  // namespace torch::executor::native
