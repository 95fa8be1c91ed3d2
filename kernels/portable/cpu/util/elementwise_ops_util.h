// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Bodies that several elementwise operators share. Each checks its arguments, resizes `out` to the
/// broadcast shape and returns it; it fails `ctx` with a sentence when something is wrong.

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native::utils {

/// a + alpha * b, or a - alpha * b. Bool tensors can be added but not subtracted; alpha is an
/// integer where the result is.
Tensor& add_scaled(KernelRuntimeContext& ctx, const Operand& a, const Operand& b,
                   const Scalar& alpha, bool subtract, Tensor& out);

/// a / b. Without `mode` the result is floating-point; "trunc" and "floor" keep integers, of which
/// a divisor of zero is InvalidArgument.
Tensor& divide(KernelRuntimeContext& ctx, const Operand& a, const Operand& b,
               optional<string_view> mode, Tensor& out);

/// The remainder of a / b with the sign of b (floor) or of a. An integer divisor of zero is
/// InvalidArgument.
Tensor& remainder(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, bool floor,
                  Tensor& out);

/// min(max(in, low), high), NaN where any of them is. The result has the type `compute`.
Tensor& clamp(KernelRuntimeContext& ctx, const Operand& in, const optional<Operand>& low,
              const optional<Operand>& high, ScalarType compute, Tensor& out);

/// condition ? a : b, as element type `compute`.
Tensor& select(KernelRuntimeContext& ctx, const Operand& condition, const Operand& a,
               const Operand& b, ScalarType compute, Tensor& out);

/// Sets every element of `out` to `value`, converted to its element type.
Tensor& fill_elements(KernelRuntimeContext& ctx, const Operand& value, Tensor& out);

/// Gives `out` the shape; false, with `ctx` failed, where it cannot have it.
template <typename T>
bool resize_or_fail(KernelRuntimeContext& ctx, ArrayRef<T> sizes, Tensor& out) {
  const Error error = resize_tensor(out, sizes);
  if (error != Error::Ok) {
    ctx.fail(error);
  }
  return error == Error::Ok;
}

/// Whether `in` is a floating-point tensor; fails `ctx` otherwise.
bool check_floating_point(KernelRuntimeContext& ctx, const Tensor& in);

}  // namespace torch::executor::native::utils
