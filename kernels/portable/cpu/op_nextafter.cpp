// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

namespace {

/// Neighbor of `x` among the numbers of 16 bits whose exponent begins after the sign.
template <typename T>
T next_of(T x, T toward) {
  const auto from = static_cast<float>(x);
  const auto to = static_cast<float>(toward);
  if (from != from || to != to || from == to) {
    return from != from ? x : toward;
  }
  T result = x;
  if (from == 0) {
    result.x = static_cast<uint16_t>(to < 0 ? 0x8001 : 1);
  } else {
    result.x = static_cast<uint16_t>((from < to) == (from > 0) ? x.x + 1 : x.x - 1);
  }
  return result;
}

template <typename T>
float next_in(float x, float toward) {
  return static_cast<float>(next_of(T(x), T(toward)));
}

}  // namespace

/// The next number in the element type itself.
Tensor& nextafter_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                      Tensor& out) {
  utils::Operand operands[] = {self, other};
  const ScalarType compute = utils::result_type(operands);
  ET_KERNEL_CHECK_MSG(ctx, ::executorch::runtime::isFloatingType(compute), InvalidArgument, out,
                      "Expected floating-point elements, got %s and %s",
                      ::executorch::runtime::toString(self.scalar_type()),
                      ::executorch::runtime::toString(other.scalar_type()));
  if (!utils::prepare_elementwise(ctx, operands, compute, compute, out)) {
    return out;
  }
  if (compute == ScalarType::Double) {
    utils::map_elements<double, double, double>(
        operands, out, [](double x, double y) { return std::nextafter(x, y); });
    return out;
  }
  const auto next = compute == ScalarType::Half ? next_in<::executorch::aten::Half>
                    : compute == ScalarType::BFloat16
                        ? next_in<::executorch::aten::BFloat16>
                        : static_cast<float (*)(float, float)>(
                              [](float x, float y) { return std::nextafter(x, y); });
  utils::map_elements<float, float, float>(operands, out,
                                           [next](float x, float y) { return next(x, y); });
  return out;
}

}  // namespace torch::executor::native
