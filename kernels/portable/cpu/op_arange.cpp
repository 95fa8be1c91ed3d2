// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

namespace {

/// Elements of a range of integers, exactly; -1 where there is none.
int64_t range_size(int64_t start, int64_t end, int64_t step) {
  if (step == 0 || (step > 0 ? start > end : start < end)) {
    return -1;
  }
  // Differences of 64-bit integers fit without sign.
  const auto wide = [](int64_t x) { return static_cast<uint64_t>(x); };
  const uint64_t distance = step > 0 ? wide(end) - wide(start) : wide(start) - wide(end);
  const uint64_t stride = step > 0 ? wide(step) : uint64_t{0} - wide(step);
  const uint64_t size = distance / stride + (distance % stride != 0 ? 1 : 0);
  return size > wide(std::numeric_limits<SizesType>::max()) ? -1 : static_cast<int64_t>(size);
}

int64_t range_size(double start, double end, double step) {
  const double size = std::ceil((end - start) / step);
  return size >= 0 && size <= std::numeric_limits<SizesType>::max() ? static_cast<int64_t>(size)
                                                                    : -1;
}

/// `size` elements start, start + step, ...
template <typename T>
Tensor& arange(KernelRuntimeContext& ctx, T start, T step, int64_t size, Tensor& out) {
  ET_KERNEL_CHECK(ctx, ::executorch::runtime::tensor_is_realhbf16_type(out), InvalidArgument, out);
  if (!utils::resize_or_fail(ctx, IntArrayRef(&size, 1), out)) {
    return out;
  }
  ET_KERNEL_CHECK_MSG(ctx, size == 0 || out.const_data_ptr() != nullptr, InvalidArgument, out,
                      "out has no data");
  T values[utils::kBlockSize];
  for (int64_t begin = 0; begin < size; begin += utils::kBlockSize) {
    const int64_t n = std::min(utils::kBlockSize, size - begin);
    T* const to =
        utils::block_target<T>(out.mutable_data_ptr(), out.scalar_type(), begin, 1, values);
    for (int64_t i = 0; i < n; ++i) {
      to[i] = utils::wrapping_add(start, utils::wrapping_mul(static_cast<T>(begin + i), step));
    }
    if (to == values) {
      utils::store_block(to, n, out.mutable_data_ptr(), out.scalar_type(), begin, 1);
    }
  }
  return out;
}

}  // namespace

Tensor& arange_out(KernelRuntimeContext& ctx, const Scalar& end, Tensor& out) {
  return arange_start_out(ctx, Scalar(0), end, Scalar(1), out);
}

Tensor& arange_start_out(KernelRuntimeContext& ctx, const Scalar& start, const Scalar& end,
                         const Scalar& step, Tensor& out) {
  const bool is_integral = start.isIntegral(true) && end.isIntegral(true) && step.isIntegral(true);
  const auto as_integer = [](const Scalar& number) {
    const auto value = number.to<double>();
    return number.isFloatingPoint() ? utils::load_element<int64_t>(&value, ScalarType::Double, 0)
                                    : number.to<int64_t>();
  };
  const auto check = [&](int64_t size) {
    ET_KERNEL_CHECK_MSG(ctx, size >= 0, InvalidArgument, false,
                        "No range leads from %f to %f in steps of %f", start.to<double>(),
                        end.to<double>(), step.to<double>());
    return true;
  };
  // As torch: integers are computed from integers, even where the arguments are not; their number
  // is that of the range of real numbers, unless they have 64 bits.
  if (is_integral || out.scalar_type() == ScalarType::Long) {
    const int64_t size = range_size(as_integer(start), as_integer(end), as_integer(step));
    return !check(size) ? out : arange(ctx, as_integer(start), as_integer(step), size, out);
  }
  const int64_t size = range_size(start.to<double>(), end.to<double>(), step.to<double>());
  if (!check(size)) {
    return out;
  }
  if (::executorch::runtime::isIntegralType(out.scalar_type(), /*include_bool=*/true)) {
    return arange(ctx, as_integer(start), as_integer(step), size, out);
  }
  return arange(ctx, start.to<double>(), step.to<double>(), size, out);
}

}  // namespace torch::executor::native
