// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

namespace {

Tensor& fill(KernelRuntimeContext& ctx, const Tensor& self, const utils::Operand& value,
             Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(self, out), InvalidArgument, out);
  return utils::resize_or_fail(ctx, self.sizes(), out) ? utils::fill_elements(ctx, value, out)
                                                       : out;
}

}  // namespace

Tensor& fill_scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& value,
                        Tensor& out) {
  return fill(ctx, self, value, out);
}

Tensor& fill_tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& value,
                        Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, value.dim() == 0 && value.const_data_ptr() != nullptr, InvalidArgument,
                      out, "value has rank %zd, expected 0", value.dim());
  ET_KERNEL_CHECK(ctx, utils::can_convert(value.scalar_type(), out.scalar_type()), InvalidArgument,
                  out);
  return fill(ctx, self, value, out);
}

}  // namespace torch::executor::native
