// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>

namespace torch::executor::native {

namespace {

/// Sum of |x|^p; for p = 0 the number of elements that are not 0.
struct PowerSum {
  using Acc = double;
  double p;
  static Acc init() { return 0; }
  double identity() const { return 0; }
  double step(double partial, double x) const {
    const double size = std::abs(x);
    return partial + (p == 1   ? size
                      : p == 2 ? size * size
                      : p == 0 ? (size != 0 ? 1.0 : 0.0)
                               : std::pow(size, p));
  }
  double join(double a, double b) const { return a + b; }
  Acc merge(Acc acc, double partial) const { return acc + partial; }
};

/// Largest sign * |x|, NaN if there is one.
struct LargestSize {
  using Acc = double;
  double sign;
  static Acc init() { return -std::numeric_limits<double>::infinity(); }
  double identity() const { return init(); }
  double step(double partial, double x) const {
    return utils::max_propagating_nan(partial, sign * std::abs(x));
  }
  double join(double a, double b) const { return utils::max_propagating_nan(a, b); }
  Acc merge(Acc acc, double partial) const { return utils::max_propagating_nan(acc, partial); }
};

}  // namespace

Tensor& linalg_vector_norm_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& ord,
                               OptionalArrayRef<int64_t> dim, bool keepdim,
                               optional<ScalarType> dtype, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  check_reduction_args(self, dim, keepdim, dtype, out) &&
                      tensor_is_floating_type(self) && tensor_is_floating_type(out) &&
                      resize_reduction_out(self, dim, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  const double p = ord.to<double>();
  const utils::BlockReduction reduction(self, dim, keepdim, out);
  ET_KERNEL_CHECK_MSG(
      ctx, reduction.reduced_count() > 0 || out.numel() == 0 || (p >= 0 && std::isfinite(p)),
      InvalidArgument, out, "The norm of order %g of no elements does not exist", p);
  if (std::isinf(p)) {
    const double sign = p > 0 ? 1 : -1;
    utils::reduce_to<double>(reduction, out, LargestSize{sign},
                             [sign](double largest) { return sign * largest; });
  } else {
    utils::reduce_to<double>(reduction, out, PowerSum{p}, [p](double sum) {
      return p == 0 || p == 1 ? sum : p == 2 ? std::sqrt(sum) : std::pow(sum, 1 / p);
    });
  }
  return out;
}

}  // namespace torch::executor::native
