// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// start, start + step, ... up to `end`, which is left out. Integers are computed exactly, others
/// in double.
Tensor& arange(KernelRuntimeContext& ctx, const Scalar& start, const Scalar& end,
               const Scalar& step, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_realhbf16_type(out), InvalidArgument, out);
  // For Long, torch truncates the arguments first.
  const bool exact = out.scalar_type() == ScalarType::Long ||
                     (start.isIntegral(true) && end.isIntegral(true) && step.isIntegral(true));
  const auto number = [exact](const Scalar& scalar) {
    const double value = scalar.to<double>();
    return exact ? std::trunc(value) : value;
  };
  const double first = number(start);
  const double last = number(end);
  const double delta = number(step);
  ET_KERNEL_CHECK_MSG(ctx,
                      std::abs(first) < 9e18 && std::abs(last) < 9e18 && std::abs(delta) < 9e18,
                      InvalidArgument, out, "start %f, end %f or step %f is not a usable number",
                      first, last, delta);
  ET_KERNEL_CHECK_MSG(ctx, delta != 0 && (delta > 0 ? first <= last : first >= last),
                      InvalidArgument, out, "step %f does not lead from %f to %f", delta, first,
                      last);
  const double count = std::ceil((last - first) / delta);
  ET_KERNEL_CHECK_MSG(ctx, count <= 2147483647.0, InvalidArgument, out, "%f elements are too many",
                      count);
  const int64_t size = static_cast<int64_t>(count);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, IntArrayRef(&size, 1)) == Error::Ok, InvalidArgument,
                  out);
  const auto fill = [&](auto first_value, auto step_value) {
    using T = decltype(first_value);
    T block[utils::kBlockSize];
    for (int64_t i = 0; i < size; i += utils::kBlockSize) {
      const int64_t n = std::min(utils::kBlockSize, size - i);
      for (int64_t j = 0; j < n; ++j) {
        if constexpr (std::is_integral_v<T>) {
          block[j] = utils::wrapping_add(first_value, utils::wrapping_mul(i + j, step_value));
        } else {
          block[j] = first_value + static_cast<T>(i + j) * step_value;
        }
      }
      utils::store_block<T>(block, n, out.mutable_data_ptr(), out.scalar_type(), i, 1);
    }
  };
  if (exact || ::executorch::runtime::isIntegralType(out.scalar_type(), true)) {
    const auto integer = [](const Scalar& scalar, double value) {
      return scalar.isFloatingPoint() ? static_cast<int64_t>(value) : scalar.to<int64_t>();
    };
    fill(integer(start, first), integer(step, delta));
  } else {
    fill(first, delta);
  }
  return out;
}

}  // namespace

Tensor& arange_out(KernelRuntimeContext& ctx, const Scalar& end, Tensor& out) {
  return arange(ctx, Scalar(0), end, Scalar(1), out);
}

Tensor& arange_start_out(KernelRuntimeContext& ctx, const Scalar& start, const Scalar& end,
                         const Scalar& step, Tensor& out) {
  return arange(ctx, start, end, step, out);
}

}  // namespace torch::executor::native
