// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

#include <math.h>

#include <cmath>
#include <limits>

namespace torch::executor::native::utils {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

/// Sum over k of (x / 2)^(2k + order) / (k! (k + order)!), for order 0 or 1; times exp(-|x|) if
/// scaled. All terms have the same sign, so that none of the precision is lost.
double bessel_i(int order, double x, bool scaled) {
  const double magnitude = std::abs(x);
  const double sign = order == 1 && x < 0 ? -1 : 1;
  if (magnitude == kInfinity) {
    return scaled ? 0 : kNan;  // As in torch.
  }
  if (magnitude > 50) {
    // The asymptotic series in 1 / x, whose terms fall below epsilon before they grow again.
    const double mu = 4.0 * order;
    double term = 1;
    double sum = 1;
    for (int k = 1; k < 40; ++k) {
      const double odd = 2 * k - 1;
      const double next = -term * (mu - odd * odd) / (k * 8 * magnitude);
      if (std::abs(next) > std::abs(term) || std::abs(next) < kEpsilon * sum) {
        break;
      }
      term = next;
      sum += term;
    }
    const double value = sum / std::sqrt(2 * kPi * magnitude);
    // exp in two steps, since exp(x) alone may overflow where the product doesn't.
    const double half = scaled ? 1 : std::exp(magnitude / 2);
    return sign * value * half * half;
  }
  const double quarter = x * x / 4;
  double term = order == 0 ? 1 : magnitude / 2;
  double sum = term;
  for (int k = 1; term > kEpsilon * sum / 4; ++k) {
    term *= quarter / (static_cast<double>(k) * (k + order));
    sum += term;
  }
  return x != x ? x : sign * sum * (scaled ? std::exp(-magnitude) : 1);
}

double clamp_to_one(double x) {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

/// x^a exp(-x) / gamma(a).
double gamma_factor(double a, double x) {
  return std::exp(a * std::log(x) - x - log_gamma(a));
}

/// Both of the incomplete gamma functions; they add up to 1.
double incomplete_gamma(double a, double x, bool upper) {
  if (x < 0 || a < 0) {
    return kNan;
  }
  if (a == 0) {
    return x > 0 ? (upper ? 0 : 1) : kNan;
  }
  if (x == 0) {
    return upper ? 1 : 0;
  }
  if (x != x || a != a) {
    return kNan;
  }
  if (a == kInfinity) {
    return x == kInfinity ? kNan : upper ? 1 : 0;
  }
  if (x == kInfinity) {
    return upper ? 0 : 1;
  }
  constexpr int kMaxSteps = 20000;
  if (x < a + 1) {
    double term = 1 / a;
    double sum = term;
    for (int k = 1; k < kMaxSteps && term > kEpsilon * sum; ++k) {
      term *= x / (a + k);
      sum += term;
    }
    const double lower = clamp_to_one(sum * gamma_factor(a, x));
    return upper ? 1 - lower : lower;
  }
  // A continued fraction, from its front.
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a;
  double c = 1 / kTiny;
  double d = 1 / b;
  double fraction = d;
  for (int k = 1; k < kMaxSteps; ++k) {
    const double numerator = -k * (k - a);
    b += 2;
    d = numerator * d + b;
    c = b + numerator / c;
    d = 1 / (std::abs(d) < kTiny ? kTiny : d);
    c = std::abs(c) < kTiny ? kTiny : c;
    fraction *= d * c;
    if (std::abs(d * c - 1) < kEpsilon) {
      break;
    }
  }
  const double rest = clamp_to_one(fraction * gamma_factor(a, x));
  return upper ? rest : 1 - rest;
}

}  // namespace

Tensor& map_function(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out,
                     double (*function)(double)) {
  Operand operands[] = {in};
  const ScalarType compute = float_result_type(in.scalar_type());
  if (prepare_elementwise(ctx, operands, compute, compute, out, Elements::AnyReal)) {
    map_elements<double, double>(operands, out, [function](double x) { return function(x); });
  }
  return out;
}

Tensor& map_function(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                     double (*function)(double, double)) {
  Operand operands[] = {a, b};
  const ScalarType compute = float_result_type(result_type(operands));
  if (prepare_elementwise(ctx, operands, compute, compute, out, Elements::AnyReal)) {
    map_elements<double, double, double>(operands, out,
                                         [function](double x, double y) { return function(x, y); });
  }
  return out;
}

double log_gamma(double x) {
#if defined(_MSC_VER)
  return std::lgamma(x);
#else
  // std::lgamma writes the sign to a variable of the whole process.
  int sign = 0;
  return ::lgamma_r(x, &sign);
#endif
}

double digamma(double x) {
  if (x == 0) {
    return std::copysign(kInfinity, -x);
  }
  double result = 0;
  if (x < 0) {
    if (x == std::trunc(x)) {
      return kNan;
    }
    double whole = 0;
    const double fraction = std::modf(x, &whole);
    result = -kPi / std::tan(kPi * fraction);
    x = 1 - x;
  }
  for (; x < 10; x += 1) {
    result -= 1 / x;
  }
  const double square = 1 / (x * x);
  const double series =
      square *
      (1.0 / 12 -
       square * (1.0 / 120 -
                 square * (1.0 / 252 -
                           square * (1.0 / 240 - square * (1.0 / 132 - square * 691.0 / 32760)))));
  return result + std::log(x) - 0.5 / x - series;
}

double polygamma(int64_t n, double x) {
  if (n == 0) {
    return digamma(x);
  }
  const auto order = static_cast<double>(n);
  const double sign = n % 2 == 0 ? -1 : 1;
  if (x < 0 && n == 1) {
    const double sine = std::sin(kPi * x);
    return kPi * kPi / (sine * sine) - polygamma(1, 1 - x);
  }
  return sign * std::exp(log_gamma(order + 1)) * zeta(order + 1, x);
}

double zeta(double x, double q) {
  if (x == 1) {
    return kInfinity;
  }
  if (!(x > 1)) {
    return kNan;
  }
  if (q <= 0) {
    if (q == std::floor(q)) {
      return kInfinity;
    }
    if (x != std::floor(x)) {
      return kNan;
    }
  }
  // Euler-Maclaurin: a sum of the first terms, and the rest by an integral with corrections.
  double sum = std::pow(q, -x);
  double at = q;
  double term = 0;
  for (int i = 0; i < 9 || at <= 9; ++i) {
    at += 1;
    term = std::pow(at, -x);
    sum += term;
    if (std::abs(term) < kEpsilon * std::abs(sum)) {
      return sum;
    }
  }
  sum += term * at / (x - 1) - term / 2;
  // (2k)! / B_2k.
  constexpr double kCorrections[] = {12.0,
                                     -720.0,
                                     30240.0,
                                     -1209600.0,
                                     47900160.0,
                                     -1.8924375803183791606e9,
                                     7.47242496e10,
                                     -2.950130727918164224e12,
                                     1.1646782814350067249e14,
                                     -4.5979787224074726105e15,
                                     1.8152105401943546773e17,
                                     -7.1661652561756670113e18};
  double factor = 1;
  double k = 0;
  for (const double correction : kCorrections) {
    factor *= x + k;
    term /= at;
    const double change = factor * term / correction;
    sum += change;
    if (std::abs(change) < kEpsilon * std::abs(sum)) {
      break;
    }
    factor *= x + k + 1;
    term /= at;
    k += 2;
  }
  return sum;
}

double normal_quantile(double p) {
  if (p == 0 || p == 1) {
    return p == 0 ? -kInfinity : kInfinity;
  }
  if (!(p > 0 && p < 1)) {
    return kNan;
  }
  // A first guess of the tail, then Newton's method on the logarithm of the distribution, which is
  // nearly a parabola.
  const bool is_upper = p > 0.5;
  const double tail = is_upper ? 1 - p : p;
  const double t = std::sqrt(-2 * std::log(tail));
  double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int i = 0; i < 4; ++i) {
    // Upper tail at x and its density, both times exp(x * x / 2).
    const double scaled = 0.5 * scaled_erfc(x / std::sqrt(2.0));
    const double log_tail = std::log(scaled) - x * x / 2;
    x += (log_tail - std::log(tail)) * scaled * std::sqrt(2 * kPi);
  }
  return is_upper ? x : -x;
}

double inverse_erf(double x) {
  if (!(x >= -1 && x <= 1)) {
    return kNan;
  }
  if (std::abs(x) == 1) {
    return x * kInfinity;
  }
  // Near 0, the quantile of (1 + x) / 2 has lost the digits of x.
  double y = std::abs(x) < 0.1 ? x * std::sqrt(kPi) / 2 * (1 + x * x * kPi / 12)
                               : normal_quantile((1 + x) / 2) / std::sqrt(2.0);
  for (int i = 0; i < 2; ++i) {
    const double residual = std::abs(x) < 0.5 ? std::erf(y) - x
                            : x > 0           ? (1 - x) - std::erfc(y)
                                              : std::erfc(-y) - (1 + x);
    y -= residual * std::sqrt(kPi) / 2 * std::exp(y * y);
  }
  return y;
}

double scaled_erfc(double x) {
  if (x < 20) {
    return std::exp(x * x) * std::erfc(x);
  }
  const double half = 0.5 / (x * x);
  return (1 - half * (1 - 3 * half * (1 - 5 * half * (1 - 7 * half)))) / (x * std::sqrt(kPi));
}

double bessel_i0(double x) {
  return bessel_i(0, x, false);
}
double bessel_i0_scaled(double x) {
  return bessel_i(0, x, true);
}
double bessel_i1(double x) {
  return bessel_i(1, x, false);
}
double bessel_i1_scaled(double x) {
  return bessel_i(1, x, true);
}
double gamma_p(double a, double x) {
  return incomplete_gamma(a, x, false);
}
double gamma_q(double a, double x) {
  return incomplete_gamma(a, x, true);
}

}  // namespace torch::executor::native::utils
