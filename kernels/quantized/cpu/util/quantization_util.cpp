// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/quantized/cpu/util/quantization_util.h>

#include <limits>
#include <type_traits>

namespace torch::executor::native::utils {

Channels whole_tensor(const Tensor& tensor) {
  return {1, 1, static_cast<size_t>(tensor.numel())};
}

Channels channels_of(const Tensor& tensor, size_t axis) {
  Channels channels{1, static_cast<size_t>(tensor.size(static_cast<ssize_t>(axis))), 1};
  bool is_inside = false;
  for (const auto dim : tensor.dim_order()) {
    if (dim == axis) {
      is_inside = true;
    } else {
      (is_inside ? channels.inner : channels.outer) *=
          static_cast<size_t>(tensor.size(static_cast<ssize_t>(dim)));
    }
  }
  return channels;
}

Channels rows_of(const Tensor& tensor) {
  if (tensor.dim() == 0) {
    return {1, 1, 1};
  }
  const auto inner = static_cast<size_t>(tensor.size(tensor.dim() - 1));
  return {1, inner == 0 ? 0 : static_cast<size_t>(tensor.numel()) / inner, inner};
}

bool check_qparams(KernelRuntimeContext& ctx, const Tensor& scales,
                   const std::optional<Tensor>& zero_points, size_t count) {
  ET_KERNEL_CHECK_MSG(
      ctx, FloatElements::supports(scales) && static_cast<size_t>(scales.numel()) == count,
      InvalidArgument, false, "scales: expected %zu elements of Float or Double, got %zd of %s",
      count, static_cast<ssize_t>(scales.numel()), toString(scales.scalar_type()));
  ET_KERNEL_CHECK_MSG(ctx,
                      !zero_points || (ZeroPoints::supports(*zero_points) &&
                                       static_cast<size_t>(zero_points->numel()) == count),
                      InvalidArgument, false,
                      "zero points: expected %zu elements of an integer type, got %zd of %s", count,
                      static_cast<ssize_t>(zero_points->numel()),
                      toString(zero_points->scalar_type()));
  return true;
}

bool check_quantized_type(KernelRuntimeContext& ctx, const Tensor& tensor, ScalarType dtype) {
  ET_KERNEL_CHECK_MSG(ctx, tensor.scalar_type() == dtype, InvalidArgument, false,
                      "the quantized tensor has elements of %s, but dtype is %s",
                      toString(tensor.scalar_type()), toString(dtype));
  return true;
}

bool resize_like(KernelRuntimeContext& ctx, const Tensor& input, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dim_order(input, out), InvalidArgument, false);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, input.sizes()) == Error::Ok, InvalidArgument, false);
  return true;
}

namespace {

// q = clamp(round(x * inverse + offset) + zero_point), where one of the last two is 0.
template <typename Compute, typename In, typename Out>
void quantize_run(const In* in, size_t n, Compute inverse, Compute offset, double zero_point,
                  double min, double max, Out* out) {
  for (size_t i = 0; i < n; ++i) {
    const Compute rounded = std::nearbyint(static_cast<Compute>(in[i]) * inverse + offset);
    out[i] = round_and_clamp<Out>(static_cast<double>(rounded) + zero_point, min, max);
  }
}

template <typename In, typename Out>
void quantize_channels(const In* in, Channels channels, const FloatElements& scales,
                       const ZeroPoints& zero_points, int64_t quant_min, int64_t quant_max,
                       Rounding rounding, Out* out) {
  const auto min = static_cast<double>(quant_min);
  const auto max = static_cast<double>(quant_max);
  for (size_t i = 0; i < channels.outer; ++i) {
    for (size_t channel = 0; channel < channels.count; ++channel) {
      const double inverse = 1.0 / scales[channel];
      const double zero_point = zero_points[channel];
      if (rounding == Rounding::SumInDouble) {
        quantize_run(in, channels.inner, inverse, zero_point, 0.0, min, max, out);
      } else {
        const bool sums = rounding == Rounding::SumInFloat;
        quantize_run(in, channels.inner, static_cast<float>(inverse),
                     sums ? static_cast<float>(zero_point) : 0.0f, sums ? 0.0 : zero_point, min,
                     max, out);
      }
      in += channels.inner;
      out += channels.inner;
    }
  }
}

template <typename Compute, typename In, typename Out>
void dequantize_channels(const In* in, Channels channels, const FloatElements& scales,
                         const ZeroPoints& zero_points, Out* out) {
  for (size_t i = 0; i < channels.outer; ++i) {
    for (size_t channel = 0; channel < channels.count; ++channel) {
      const auto zero_point = static_cast<Compute>(zero_points[channel]);
      const auto scale = static_cast<Compute>(scales[channel]);
      for (size_t j = 0; j < channels.inner; ++j) {
        out[j] = static_cast<Out>((static_cast<Compute>(in[j]) - zero_point) * scale);
      }
      in += channels.inner;
      out += channels.inner;
    }
  }
}

}  // namespace

void quantize(KernelRuntimeContext& ctx, const Tensor& input, Channels channels,
              const FloatElements& scales, const ZeroPoints& zero_points, int64_t quant_min,
              int64_t quant_max, Rounding rounding, Tensor& out) {
  static constexpr auto name = "quantize";
  ET_SWITCH_FLOATHBF16_TYPES(input.scalar_type(), ctx, name, IN, [&] {
    ET_SWITCH_INT_TYPES_AND(UInt16, out.scalar_type(), ctx, name, OUT, [&] {
      if constexpr (!std::is_same_v<OUT, int64_t>) {
        ET_KERNEL_CHECK_MSG(
            ctx,
            quant_min >= std::numeric_limits<OUT>::min() &&
                quant_max <= std::numeric_limits<OUT>::max() && quant_min <= quant_max,
            InvalidArgument, , "quant_min %lld and quant_max %lld are no range of %s",
            static_cast<long long>(quant_min), static_cast<long long>(quant_max),
            toString(out.scalar_type()));
        quantize_channels(input.const_data_ptr<IN>(), channels, scales, zero_points, quant_min,
                          quant_max, rounding, out.mutable_data_ptr<OUT>());
      } else {
        ET_KERNEL_CHECK_MSG(ctx, false, NotSupported, , "quantized elements of Long");
      }
    });
  });
}

void dequantize(KernelRuntimeContext& ctx, const Tensor& input, Channels channels,
                const FloatElements& scales, const ZeroPoints& zero_points, bool in_double,
                Tensor& out) {
  static constexpr auto name = "dequantize";
  ET_SWITCH_INT_TYPES_AND(UInt16, input.scalar_type(), ctx, name, IN, [&] {
    ET_SWITCH_FLOATHBF16_TYPES(out.scalar_type(), ctx, name, OUT, [&] {
      const IN* in = input.const_data_ptr<IN>();
      OUT* to = out.mutable_data_ptr<OUT>();
      if (in_double) {
        dequantize_channels<double>(in, channels, scales, zero_points, to);
      } else {
        dequantize_channels<float>(in, channels, scales, zero_points, to);
      }
    });
  });
}

}  // namespace torch::executor::native::utils
