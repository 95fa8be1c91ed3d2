// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

/// A tensor of floating-point numbers as float; there are no tensors that carry a scale.
Tensor& dequantize_self_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(self) && tensor_is_type(out, ScalarType::Float),
                  InvalidArgument, out);
  return utils::copy_to(ctx, self, out);
}

}  // namespace torch::executor::native
