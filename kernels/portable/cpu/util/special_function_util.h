// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Functions that are slow to compute: element by element in double, whatever the type of the
/// elements, so that an operator costs little more than its function.

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native::utils {

/// function(x); integers become float. Fails `ctx` for types that are not real, Half, BFloat16 or
/// Bool.
Tensor& map_function(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out,
                     double (*function)(double));
/// The same for two inputs of floating-point elements.
Tensor& map_function(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                     double (*function)(double, double));

// All of these follow torch at their poles and at infinities; NaN gives NaN.

double log_gamma(double x);
double digamma(double x);
/// The n-th derivative of digamma, n >= 0.
double polygamma(int64_t n, double x);
/// Hurwitz zeta function.
double zeta(double x, double q);
double inverse_erf(double x);
/// Quantile function of the standard normal distribution.
double normal_quantile(double p);
/// exp(x * x) * erfc(x).
double scaled_erfc(double x);
/// Modified Bessel functions of the first kind of order 0 and 1, and the same times exp(-|x|).
double bessel_i0(double x);
double bessel_i0_scaled(double x);
double bessel_i1(double x);
double bessel_i1_scaled(double x);
/// Regularized incomplete gamma functions, lower and upper.
double gamma_p(double a, double x);
double gamma_q(double a, double x);

}  // namespace torch::executor::native::utils
