// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/fft_util.h>

#include <algorithm>
#include <cinttypes>
#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>

namespace torch::executor::native::utils {

using ::executorch::runtime::isComplexType;
using ::executorch::runtime::toRealValueType;

namespace {

struct Number {
  double re;
  double im;

  Number operator+(Number o) const { return {re + o.re, im + o.im}; }
  Number operator-(Number o) const { return {re - o.re, im - o.im}; }
  Number operator*(Number o) const { return {re * o.re - im * o.im, re * o.im + im * o.re}; }
};

Number load(const uint8_t* element, ScalarType dtype) {
  if (!isComplexType(dtype)) {
    return {load_element<double>(element, dtype, 0), 0};
  }
  double parts[2];
  const double* loaded = load_block(element, toRealValueType(dtype), 0, 1, 2, parts);
  return {loaded[0], loaded[1]};
}

void store(Number value, uint8_t* element, ScalarType dtype) {
  const double parts[] = {value.re, value.im};
  const bool is_complex = isComplexType(dtype);
  store_block(parts, is_complex ? 2 : 1, element, is_complex ? toRealValueType(dtype) : dtype, 0,
              1);
}

int64_t smallest_factor(int64_t n) {
  for (int64_t p = 2; p * p <= n; ++p) {
    if (n % p == 0) {
      return p;
    }
  }
  return n;
}

/// A line's transform by recursive decimation in time.
class Line {
 public:
  /// `scratch` holds scratch_size(n) numbers.
  Line(int64_t n, bool forward, Number* scratch)
      : n_(n), in_(scratch), out_(in_ + n), roots_(out_ + n), terms_(roots_ + n) {
    constexpr double kTwoPi = 6.283185307179586476925;
    for (int64_t i = 0; i < n; ++i) {
      const double angle = kTwoPi * static_cast<double>(i) / static_cast<double>(n);
      roots_[i] = {std::cos(angle), forward ? -std::sin(angle) : std::sin(angle)};
    }
  }

  static int64_t scratch_size(int64_t n) { return 4 * n; }

  Number* in() { return in_; }
  const Number* transform() {
    transform(n_, in_, 1, out_);
    return out_;
  }

 private:
  /// The elements of `in` are `stride` apart; n * stride is the length of the line.
  void transform(int64_t n, const Number* in, int64_t stride, Number* out) {
    if (n == 1) {
      *out = *in;
      return;
    }
    const int64_t p = smallest_factor(n);
    const int64_t m = n / p;
    for (int64_t r = 0; r < p; ++r) {
      transform(m, in + r * stride, stride * p, out + r * m);
    }
    for (int64_t k = 0; k < m; ++k) {
      for (int64_t r = 0; r < p; ++r) {
        terms_[r] = out[r * m + k] * roots_[r * k * stride];
      }
      if (p == 2) {
        out[k] = terms_[0] + terms_[1];
        out[m + k] = terms_[0] - terms_[1];
        continue;
      }
      for (int64_t q = 0; q < p; ++q) {
        Number sum = terms_[0];
        int64_t root = 0;  // q * r modulo p
        for (int64_t r = 1; r < p; ++r) {
          root += q;
          root -= root >= p ? p : 0;
          sum = sum + terms_[r] * roots_[root * m * stride];
        }
        out[q * m + k] = sum;
      }
    }
  }

  int64_t n_;
  Number* in_;
  Number* out_;
  Number* roots_;
  Number* terms_;
};

}  // namespace

bool FourierTransform::normalize_dims(const Tensor& tensor, IntArrayRef dims, int64_t* normalized) {
  uint32_t seen = 0;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (!tensor_has_dim(tensor, dims[i]) || tensor.dim() == 0) {
      ET_CHECK_OR_RETURN_FALSE(tensor.dim() > 0, "a tensor of rank 0 cannot be transformed");
      return false;
    }
    normalized[i] = dims[i] < 0 ? dims[i] + tensor.dim() : dims[i];
    ET_CHECK_OR_RETURN_FALSE((seen >> normalized[i] & 1u) == 0,
                             "dimension %" PRId64 " is named twice", dims[i]);
    seen |= 1u << normalized[i];
  }
  return true;
}

bool FourierTransform::parse_scale(int64_t normalization, double numel, double& scale) {
  ET_CHECK_OR_RETURN_FALSE(normalization >= 0 && normalization <= 2,
                           "normalization is %" PRId64 ", expected 0, 1 or 2", normalization);
  scale = normalization == 0 ? 1 : normalization == 1 ? 1 / std::sqrt(numel) : 1 / numel;
  return true;
}

void FourierTransform::run(KernelRuntimeContext& ctx, const TensorView& in, const TensorView& out,
                           size_t d, int64_t n, Direction direction) {
  if (out.numel() == 0) {
    return;
  }
  constexpr int64_t kOwnLength = 64;
  Number own[4 * kOwnLength];
  Number* scratch = own;
  if (n > kOwnLength) {
    scratch = allocate_scratch<Number>(ctx, Line::scratch_size(n));
    ET_KERNEL_CHECK_MSG(ctx, scratch != nullptr, MemoryAllocationFailed, ,
                        "A Fourier transform of %" PRId64 " elements needs scratch memory", n);
  }
  Line line(n, direction.forward, scratch);
  const bool is_mirrored = isComplexType(in.dtype) && !isComplexType(out.dtype);
  const int64_t given = is_mirrored ? n / 2 + 1 : n;
  LoopNest<2> lines;
  for (size_t i = 0; i < in.dim; ++i) {
    if (i != d) {
      lines.push(in.sizes[i], {in.strides[i], out.strides[i]});
    }
  }
  lines.for_each([&](const LoopNest<2>::Offsets& at) {
    Number* const x = line.in();
    for (int64_t i = 0; i < given; ++i) {
      x[i] = load(in.data() + at[0] + i * in.strides[d], in.dtype);
    }
    if (is_mirrored) {
      x[0].im = 0;
      if (n % 2 == 0) {
        x[n / 2].im = 0;
      }
      for (int64_t i = given; i < n; ++i) {
        x[i] = {x[n - i].re, -x[n - i].im};
      }
    }
    const Number* const y = line.transform();
    for (int64_t i = 0; i < out.sizes[d]; ++i) {
      store({y[i].re * direction.scale, y[i].im * direction.scale},
            out.data() + at[1] + i * out.strides[d], out.dtype);
    }
  });
}

}  // namespace torch::executor::native::utils
