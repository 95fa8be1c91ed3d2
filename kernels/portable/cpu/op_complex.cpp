// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

namespace {

/// The real or imaginary parts of a complex tensor.
utils::TensorView parts(const Tensor& tensor, bool imaginary) {
  utils::TensorView view(tensor);
  view.dtype = ::executorch::runtime::toRealValueType(tensor.scalar_type());
  if (view.numel() > 0) {
    view.offset = imaginary ? view.element_size() : 0;
  }
  return view;
}

}  // namespace

Tensor& complex_out(KernelRuntimeContext& ctx, const Tensor& real, const Tensor& imag,
                    Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_complex_type(out) && tensors_have_same_dtype(real, imag),
                  InvalidArgument, out);
  utils::TensorView real_parts(real);
  utils::TensorView imaginary_parts(imag);
  ET_KERNEL_CHECK(ctx,
                  utils::can_convert(real.scalar_type(),
                                     ::executorch::runtime::toRealValueType(out.scalar_type())) &&
                      !::executorch::runtime::isComplexType(real.scalar_type()) &&
                      utils::broadcast_together(real_parts, imaginary_parts) &&
                      utils::resize_to(real_parts, out),
                  InvalidArgument, out);
  utils::copy(real_parts, parts(out, false));
  utils::copy(imaginary_parts, parts(out, true));
  return out;
}

}  // namespace torch::executor::native
