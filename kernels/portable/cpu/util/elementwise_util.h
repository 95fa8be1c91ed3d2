// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Elementwise operators: the inputs are broadcast to one shape, converted to the type that the
/// operator computes in, and the result is converted to the element type of `out`.
///
/// An operator brings one loop body per compute type. Strides, broadcasting and conversion are
/// handled outside, once for all operators, in blocks of elements.

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include <executorch/kernels/portable/cpu/util/apply_elementwise_fn.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// An input: a tensor, a number that goes with every element, or a view of one's own. Refers to the
/// arrays of the tensor or view.
class Operand {
 public:
  /* implicit */ Operand(const Tensor& tensor)
      : Operand(tensor.const_data_ptr(), tensor.scalar_type(), tensor.sizes(),
                tensor.strides().data()) {}

  /* implicit */ Operand(const Scalar& scalar);

  Operand(const void* data, ScalarType dtype, ArrayRef<SizesType> sizes, const StridesType* strides)
      : dtype_(dtype), is_number_(false), sizes_(sizes), strides_(strides) {
    source_.data = data;
  }

  ScalarType dtype() const { return dtype_; }
  /// Whether this is a Python number, which does not decide the type of a result by itself.
  bool is_number() const { return is_number_; }
  const void* data() const {
    return is_number_ ? static_cast<const void*>(&source_) : source_.data;
  }
  ArrayRef<SizesType> sizes() const { return sizes_; }
  const StridesType* strides() const { return strides_; }

 private:
  union {
    const void* data;
    double as_double;
    int64_t as_int;
    bool as_bool;
  } source_;
  ScalarType dtype_;
  bool is_number_;
  ArrayRef<SizesType> sizes_;
  const StridesType* strides_ = nullptr;
};

/// The element type in which torch computes with the operands: numbers and then tensors of rank 0
/// only count where they are of a higher kind (bool, integer, floating-point) than the others.
ScalarType result_type(ArrayRef<Operand> operands);

/// `dtype` where it is a floating-point type, else Float.
inline ScalarType float_result_type(ScalarType dtype) {
  return ::executorch::runtime::isFloatingType(dtype) ? dtype : ScalarType::Float;
}

/// An operand of rank 0 as a number, after conversion to `dtype`; a number takes part in a
/// floating-point computation as it is.
Operand as_type(const Operand& operand, ScalarType dtype);

/// A number rounded to what an element of the floating-point type `dtype` can hold; any other
/// operand as it is. torch rounds the numbers of add, sub, remainder, fmod and pow, but not those
/// of mul and div.
Operand rounded_number(const Operand& operand, ScalarType dtype);

/// The element types that an operator takes.
enum class Elements {
  /// Real types, Half, BFloat16, Bool, UInt16 and UInt32.
  Real,
  /// UInt64 as well, which is computed as int64_t: for operators whose result does not depend on
  /// the sign of an integer, or that compute in a floating-point type.
  AnyReal,
  /// Complex types as well.
  Any,
};

/// Checks that the operands are numbers or tensors of such elements, that they have a common type,
/// that `result` can be stored in `out`, and that the shapes broadcast; gives `out` the broadcast
/// shape. Fails `ctx` and returns false otherwise. Tensors of rank 0 and integers are replaced by
/// their value in type `compute`, in which they may not have had a say; with Elements::Any, the
/// operands stay as they are.
bool prepare_elementwise(KernelRuntimeContext& ctx, Span<Operand> operands, ScalarType compute,
                         ScalarType result, Tensor& out, Elements elements = Elements::Real);

namespace internal {

/// Computes `n` adjacent elements of `out` from as many of each input; of the second of two inputs,
/// there is one element for all where `repeats` is true, which it is for no other number of inputs.
using BlockFunction = void (*)(const void* function, const void* const* in, void* out, int64_t n,
                               bool repeats);

/// The types are what blocks are converted to: Float, Double, Long, Int, Char or Bool.
void map_blocks(ArrayRef<Operand> operands, const ScalarType* in_types, Tensor& out,
                ScalarType out_type, BlockFunction block_function, const void* function);

// Restrict lets the compiler vectorize. An input that is `out` itself does no harm: each element is
// read before it is written.
template <typename Out, typename F, typename... In>
void map_block(const F& function, int64_t n, Out* __restrict out, const In*... in) {
  for (int64_t i = 0; i < n; ++i) {
    out[i] = function(in[i]...);
  }
}

template <typename Out, typename... In, typename F, size_t... I>
void map_elements(ArrayRef<Operand> operands, Tensor& out, const F& function,
                  std::index_sequence<I...>) {
  constexpr ScalarType kInTypes[] = {::executorch::runtime::CppTypeToScalarType<In>::value...};
  map_blocks(
      operands, kInTypes, out, ::executorch::runtime::CppTypeToScalarType<Out>::value,
      [](const void* f, const void* const* in, void* result, int64_t n,
         [[maybe_unused]] bool repeats) {
        const F& of = *static_cast<const F*>(f);
        if constexpr (sizeof...(In) == 2) {
          if (repeats) {
            using Second = std::tuple_element_t<1, std::tuple<In...>>;
            using First = std::tuple_element_t<0, std::tuple<In...>>;
            const Second y = *static_cast<const Second*>(in[1]);
            return map_block([&of, y](First x) { return of(x, y); }, n, static_cast<Out*>(result),
                             static_cast<const First*>(in[0]));
          }
        }
        map_block(of, n, static_cast<Out*>(result), static_cast<const In*>(in[I])...);
      },
      &function);
}

}  // namespace internal

/// Operators have at most this many inputs.
constexpr size_t kMaxOperands = 3;

/// Sets the elements of `out` (see prepare_elementwise) to function(In...); Out and In are among
/// float, double, int64_t, int32_t, int8_t and bool. `out` may be one of the inputs.
template <typename Out, typename... In, typename F>
void map_elements(const Operand (&operands)[sizeof...(In)], Tensor& out, const F& function) {
  static_assert(sizeof...(In) <= kMaxOperands);
  internal::map_elements<Out, In...>(operands, out, function, std::index_sequence_for<In...>());
}

/// An operator that computes `function(T...)` -> T, with T chosen by dispatch_compute_type for
/// `compute`, from N inputs of type T.
template <size_t N, typename F>
Tensor& map_in_type(KernelRuntimeContext& ctx, Operand (&operands)[N], ScalarType compute,
                    Tensor& out, const F& function, Elements elements = Elements::Real) {
  if (prepare_elementwise(ctx, operands, compute, compute, out, elements)) {
    dispatch_compute_type(compute, [&](auto tag) {
      using T = typename decltype(tag)::type;
      if constexpr (N == 1) {
        map_elements<T, T>(operands, out, function);
      } else if constexpr (N == 2) {
        map_elements<T, T, T>(operands, out, function);
      } else {
        map_elements<T, T, T, T>(operands, out, function);
      }
    });
  }
  return out;
}

/// An operator on two inputs that computes in their common type: arithmetic.
template <typename F>
Tensor& map_binary(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                   const F& function) {
  Operand operands[] = {a, b};
  return map_in_type(ctx, operands, result_type(operands), out, function);
}

using Complex = ::executorch::aten::complex<double>;

/// An operator of complex numbers, one of which may be real; for one input, pass it twice. The
/// result has the type `result`, which is real or complex. Computes in double, element by element.
Tensor& map_complex(KernelRuntimeContext& ctx, const Operand& a, const Operand& b,
                    ScalarType result, Tensor& out,
                    ::executorch::runtime::FunctionRef<Complex(Complex, Complex)> function);

/// Calls f(TypeTag<T>()) with double for Double, else float.
template <typename F>
void dispatch_float_compute_type(ScalarType dtype, const F& f) {
  if constexpr (kBuildsDouble) {
    if (dtype == ScalarType::Double) {
      return f(TypeTag<double>());
    }
  }
  f(TypeTag<float>());
}

/// An operator whose result is floating-point for any input: float for integers.
template <typename F>
Tensor& map_to_float(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out, const F& function) {
  Operand operands[] = {in};
  const ScalarType compute = float_result_type(in.scalar_type());
  if (prepare_elementwise(ctx, operands, compute, compute, out, Elements::AnyReal)) {
    dispatch_float_compute_type(compute, [&](auto tag) {
      using T = typename decltype(tag)::type;
      map_elements<T, T>(operands, out, function);
    });
  }
  return out;
}

/// The same for two inputs.
template <typename F>
Tensor& map_to_float(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                     const F& function) {
  Operand operands[] = {a, b};
  const ScalarType compute = float_result_type(result_type(operands));
  if (prepare_elementwise(ctx, operands, compute, compute, out, Elements::AnyReal)) {
    dispatch_float_compute_type(compute, [&](auto tag) {
      using T = typename decltype(tag)::type;
      map_elements<T, T, T>(operands, out, function);
    });
  }
  return out;
}

/// An operator on one input that keeps its type, and returns integers as they are: rounding.
template <typename F>
Tensor& map_floats(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out, const F& function) {
  Operand operands[] = {in};
  return map_in_type(
      ctx, operands, in.scalar_type(), out,
      [&](auto x) {
        if constexpr (std::is_floating_point_v<decltype(x)>) {
          return function(x);
        } else {
          return x;
        }
      },
      Elements::AnyReal);
}

/// A predicate on one input.
template <typename F>
Tensor& test(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out, const F& predicate,
             Elements elements = Elements::Real) {
  Operand operands[] = {in};
  if (prepare_elementwise(ctx, operands, in.scalar_type(), ScalarType::Bool, out, elements)) {
    dispatch_compute_type(in.scalar_type(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      map_elements<bool, T>(operands, out, predicate);
    });
  }
  return out;
}

/// A predicate on two inputs, evaluated in their common type.
template <typename F>
Tensor& compare(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                const F& predicate, Elements elements = Elements::Real) {
  Operand operands[] = {a, b};
  const ScalarType compute = result_type(operands);
  if (prepare_elementwise(ctx, operands, compute, ScalarType::Bool, out, elements)) {
    dispatch_compute_type(compute, [&](auto tag) {
      using T = typename decltype(tag)::type;
      map_elements<bool, T, T>(operands, out, predicate);
    });
  }
  return out;
}

/// An operator on the truth values of two inputs.
template <typename F>
Tensor& map_bools(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                  const F& function) {
  Operand operands[] = {a, b};
  if (prepare_elementwise(ctx, operands, ScalarType::Bool, ScalarType::Bool, out,
                          Elements::AnyReal)) {
    map_elements<bool, bool, bool>(operands, out, function);
  }
  return out;
}

/// An operator on two inputs of integer type or Bool, which is computed in int64_t. Fails `ctx` for
/// other types.
template <typename F>
Tensor& map_integers(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                     const F& function, Elements elements = Elements::Real) {
  Operand operands[] = {a, b};
  const ScalarType compute = result_type(operands);
  ET_KERNEL_CHECK_MSG(ctx, ::executorch::runtime::isIntegralType(compute, /*include_bool=*/true),
                      InvalidArgument, out, "Expected integers or Bool, got %s and %s",
                      toString(a.dtype()), toString(b.dtype()));
  if (!prepare_elementwise(ctx, operands, compute, compute, out, elements)) {
    return out;
  }
  map_elements<int64_t, int64_t, int64_t>(operands, out, function);
  return out;
}

}  // namespace torch::executor::native::utils
