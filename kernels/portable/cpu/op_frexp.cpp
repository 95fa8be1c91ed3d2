// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> frexp_tensor_out(KernelRuntimeContext& ctx, const Tensor& self,
                                              Tensor& mantissa, Tensor& exponent) {
  std::tuple<Tensor&, Tensor&> result(mantissa, exponent);
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(self) && tensor_is_type(exponent, ScalarType::Int),
                  InvalidArgument, result);
  // The exponent first: the mantissa may be written over its input.
  utils::Operand operands[] = {self};
  if (!utils::prepare_elementwise(ctx, operands, ScalarType::Double, ScalarType::Int, exponent)) {
    return result;
  }
  utils::map_elements<int64_t, double>(operands, exponent, [](double x) {
    int e = 0;
    std::frexp(x, &e);
    return static_cast<int64_t>(std::isfinite(x) ? e : 0);
  });
  utils::map_function(ctx, self, mantissa, [](double x) {
    int e = 0;
    return std::frexp(x, &e);
  });
  return result;
}

}  // namespace torch::executor::native
