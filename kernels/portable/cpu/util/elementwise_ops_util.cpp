// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

#include <limits>

#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native::utils {

using ::executorch::runtime::isComplexType;
using ::executorch::runtime::isFloatingType;
using ::executorch::runtime::isIntegralType;

namespace {

/// The value of a number as a compute type; an integer or a bool fits any.
template <typename T>
T number_as(const Scalar& scalar) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(scalar.to<int64_t>());
  } else {
    return static_cast<T>(scalar.to<double>());
  }
}

/// Computes function(a, b) in the common type of the operands. An integer zero as b is an error;
/// `function` never sees it.
template <typename F>
Tensor& map_division(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                     const F& function) {
  bool divides_by_zero = false;
  map_binary(ctx, a, b, out, [&](auto x, auto y) {
    if constexpr (std::is_integral_v<decltype(x)>) {
      if (y == 0) {
        divides_by_zero = true;
        return decltype(x){0};
      }
    }
    return function(x, y);
  });
  ET_KERNEL_CHECK_MSG(ctx, !divides_by_zero, InvalidArgument, out, "Integer division by zero");
  return out;
}

}  // namespace

Tensor& add_scaled(KernelRuntimeContext& ctx, const Operand& a, const Operand& b,
                   const Scalar& alpha, bool subtract, Tensor& out) {
  Operand operands[] = {a, b};
  const ScalarType compute = result_type(operands);
  ET_KERNEL_CHECK_MSG(ctx, !subtract || (compute != ScalarType::Bool), InvalidArgument, out,
                      "Bool tensors cannot be subtracted");
  if (isComplexType(compute)) {
    const Complex factor(subtract ? -alpha.to<double>() : alpha.to<double>());
    return map_complex(ctx, a, b, compute, out,
                       [&](Complex x, Complex y) { return x + factor * y; });
  }
  ET_KERNEL_CHECK_MSG(
      ctx, isFloatingType(compute) || alpha.isIntegral(/*include_bool=*/true), InvalidArgument, out,
      "alpha is a floating-point number, the result has element type %s", toString(compute));
  if (::executorch::runtime::isReducedFloatingType(compute)) {
    for (Operand& operand : operands) {
      operand = rounded_number(operand, compute);
    }
  }
  if (!prepare_elementwise(ctx, operands, compute, compute, out, Elements::AnyReal)) {
    return out;
  }
  dispatch_wrapping_type(compute, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T factor = subtract ? wrapping_neg(number_as<T>(alpha)) : number_as<T>(alpha);
    if (factor == T(1)) {
      map_elements<T, T, T>(operands, out, [](T x, T y) { return wrapping_add(x, y); });
    } else {
      map_elements<T, T, T>(
          operands, out, [factor](T x, T y) { return wrapping_add(x, wrapping_mul(factor, y)); });
    }
  });
  return out;
}

Tensor& divide(KernelRuntimeContext& ctx, const Operand& a, const Operand& b,
               optional<string_view> mode, Tensor& out) {
  if (!mode.has_value()) {
    const Operand operands[] = {a, b};
    const ScalarType compute = result_type(operands);
    if (isComplexType(compute)) {
      return map_complex(ctx, a, b, compute, out, [](Complex x, Complex y) { return x / y; });
    }
    return map_to_float(ctx, a, b, out, [](auto x, auto y) { return x / y; });
  }
  if (*mode == "floor") {
    return map_division(ctx, a, b, out, [](auto x, auto y) { return floor_divide(x, y); });
  }
  ET_KERNEL_CHECK_MSG(ctx, *mode == "trunc", InvalidArgument, out,
                      "Rounding mode is '%.*s', expected 'trunc' or 'floor'",
                      static_cast<int>(mode->size()), mode->data());
  return map_division(ctx, a, b, out, [](auto x, auto y) { return trunc_divide(x, y); });
}

Tensor& remainder(KernelRuntimeContext& ctx, const Operand& dividend, const Operand& divisor,
                  bool floor, Tensor& out) {
  const Operand operands[] = {dividend, divisor};
  const ScalarType compute = result_type(operands);
  const Operand a = rounded_number(dividend, compute);
  const Operand b = rounded_number(divisor, compute);
  if (floor) {
    return map_division(ctx, a, b, out, [](auto x, auto y) { return floor_remainder(x, y); });
  }
  return map_division(ctx, a, b, out, [](auto x, auto y) { return trunc_remainder(x, y); });
}

Tensor& clamp(KernelRuntimeContext& ctx, const Operand& in, const optional<Operand>& low,
              const optional<Operand>& high, ScalarType compute, Tensor& out) {
  const bool has_low = low.has_value();
  const bool has_high = high.has_value();
  if ((!has_low || low->is_number()) && (!has_high || high->is_number())) {
    // Numbers need no loads in the loop.
    Operand operands[] = {in};
    if (prepare_elementwise(ctx, operands, compute, compute, out)) {
      const Operand numbers[] = {has_low ? as_type(*low, compute) : in,
                                 has_high ? as_type(*high, compute) : in};
      dispatch_compute_type(compute, [&](auto tag) {
        using T = typename decltype(tag)::type;
        using Limits = std::numeric_limits<T>;
        T bounds[] = {Limits::lowest(), Limits::max()};
        if constexpr (std::is_floating_point_v<T>) {
          bounds[0] = -Limits::infinity();
          bounds[1] = Limits::infinity();
        }
        for (size_t i = 0; i < 2; ++i) {
          if (i == 0 ? has_low : has_high) {
            bounds[i] = load_element<T>(numbers[i].data(), numbers[i].dtype(), 0);
          }
        }
        map_elements<T, T>(operands, out, [min = bounds[0], max = bounds[1]](T x) {
          return min_propagating_nan(max_propagating_nan(x, min), max);
        });
      });
    }
    return out;
  }
  if (!has_high) {
    Operand operands[] = {in, low.value_or(in)};
    return map_in_type(ctx, operands, compute, out,
                       [](auto x, auto min) { return max_propagating_nan(x, min); });
  }
  Operand operands[] = {in, low.value_or(in), *high};
  return map_in_type(ctx, operands, compute, out, [](auto x, auto min, auto max) {
    return min_propagating_nan(max_propagating_nan(x, min), max);
  });
}

Tensor& select(KernelRuntimeContext& ctx, const Operand& condition, const Operand& a,
               const Operand& b, ScalarType compute, Tensor& out) {
  Operand operands[] = {condition, a, b};
  if (prepare_elementwise(ctx, operands, compute, compute, out, Elements::AnyReal)) {
    dispatch_compute_type(compute, [&](auto tag) {
      using T = typename decltype(tag)::type;
      map_elements<T, bool, T, T>(operands, out, [](bool c, T x, T y) { return blend(c, x, y); });
    });
  }
  return out;
}

Tensor& fill_elements(KernelRuntimeContext& ctx, const Operand& value, Tensor& out) {
  if (isComplexType(out.scalar_type()) || isComplexType(value.dtype())) {
    alignas(16) uint8_t element[16] = {};
    copy(TensorView(value.data(), value.dtype()), TensorView(element, out.scalar_type()));
    fill(TensorView(out), element);
    return out;
  }
  ET_KERNEL_CHECK_MSG(
      ctx,
      isFloatingType(out.scalar_type()) || isIntegralType(out.scalar_type(), /*include_bool=*/true),
      InvalidArgument, out, "A tensor of element type %s cannot be filled",
      toString(out.scalar_type()));
  ET_KERNEL_CHECK_MSG(ctx, out.numel() == 0 || out.const_data_ptr() != nullptr, InvalidArgument,
                      out, "A tensor has no data");
  if (out.numel() == 0) {
    return out;
  }
  // Tensors have no gaps: the order of the elements does not matter.
  alignas(8) uint8_t element[sizeof(int64_t)];
  const ScalarType dtype = out.scalar_type();
  if (dtype == ScalarType::Bool) {
    store_element(load_element<bool>(value.data(), value.dtype(), 0), element, dtype, 0);
  } else if (isFloatingType(dtype)) {
    store_element(load_element<double>(value.data(), value.dtype(), 0), element, dtype, 0);
  } else {
    store_element(load_element<int64_t>(value.data(), value.dtype(), 0), element, dtype, 0);
  }
  fill_run(out.mutable_data_ptr(), out.numel(), element, static_cast<int64_t>(out.element_size()));
  return out;
}

bool check_floating_point(KernelRuntimeContext& ctx, const Tensor& in) {
  ET_KERNEL_CHECK_MSG(ctx, isFloatingType(in.scalar_type()), InvalidArgument, false,
                      "Expected a floating-point tensor, got %s", toString(in.scalar_type()));
  return true;
}

}  // namespace torch::executor::native::utils
