// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& polar_out(KernelRuntimeContext& ctx, const Tensor& abs, const Tensor& angle, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  tensor_is_floating_type(abs) && tensors_have_same_dtype(abs, angle) &&
                      tensor_is_complex_type(out),
                  InvalidArgument, out);
  return utils::map_complex(
      ctx, abs, angle, out.scalar_type(), out, [](utils::Complex r, utils::Complex phi) {
        return utils::Complex(r.real() * std::cos(phi.real()), r.real() * std::sin(phi.real()));
      });
}

}  // namespace torch::executor::native
