// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Kernels of one input that differ in one function of a number only.

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace internal {

/// For real, Half and BFloat16 elements; the result has the type of the input.
inline Tensor& unary_ufunc_realhbf16(float (*fn_float)(float), double (*fn_double)(double),
                                     KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  ET_KERNEL_CHECK(ctx, ::executorch::runtime::tensor_is_realhbf16_type(in), InvalidArgument, out);
  return utils::map_floats(ctx, in, out, [fn_float, fn_double](auto x) {
    if constexpr (sizeof(x) == sizeof(float)) {
      return fn_float(x);
    } else {
      return fn_double(x);
    }
  });
}

/// For real and Bool elements as well; the result is true or false.
inline Tensor& unary_ufunc_realhbbf16_to_bool(bool (*fn_float)(float), bool (*fn_double)(double),
                                              KernelRuntimeContext& ctx, const Tensor& in,
                                              Tensor& out) {
  return utils::test(ctx, in, out, [fn_float, fn_double](auto x) {
    if constexpr (sizeof(x) == sizeof(float)) {
      return fn_float(x);
    } else {
      return fn_double(static_cast<double>(x));
    }
  });
}

/// The result is floating-point: Float for integers and Bool.
inline Tensor& unary_ufunc_realhbbf16_to_floathbf16(float (*fn_float)(float),
                                                    double (*fn_double)(double),
                                                    KernelRuntimeContext& ctx, const Tensor& in,
                                                    Tensor& out) {
  return utils::map_to_float(ctx, in, out, [fn_float, fn_double](auto x) {
    if constexpr (sizeof(x) == sizeof(float)) {
      return fn_float(x);
    } else {
      return fn_double(x);
    }
  });
}

}  // namespace internal
}  // namespace native
}  // namespace executor
}  // namespace torch

// Each defines a kernel op_name(ctx, in, out) of the function `fn`, which is overloaded for float
// and double, in the namespace where it stands.

#define DEFINE_UNARY_UFUNC_REALHBF16(op_name, fn)                                                  \
  Tensor& op_name(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {                      \
    return ::torch::executor::native::internal::unary_ufunc_realhbf16(                             \
        [](float v) -> float { return fn(v); }, [](double v) -> double { return fn(v); }, ctx, in, \
        out);                                                                                      \
  }

#define DEFINE_UNARY_UFUNC_REALHBBF16_TO_BOOL(op_name, fn)                                      \
  Tensor& op_name(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {                   \
    return ::torch::executor::native::internal::unary_ufunc_realhbbf16_to_bool(                 \
        [](float v) -> bool { return fn(v); }, [](double v) -> bool { return fn(v); }, ctx, in, \
        out);                                                                                   \
  }

#define DEFINE_UNARY_UFUNC_REALHBBF16_TO_FLOATHBF16(op_name, fn)                                   \
  Tensor& op_name(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {                      \
    return ::torch::executor::native::internal::unary_ufunc_realhbbf16_to_floathbf16(              \
        [](float v) -> float { return fn(v); }, [](double v) -> double { return fn(v); }, ctx, in, \
        out);                                                                                      \
  }
