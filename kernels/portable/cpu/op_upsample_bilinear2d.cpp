// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/upsample_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <algorithm>
#include <cstdint>

namespace torch::executor::native {

namespace {

/// T is the element type, C the type in which it is interpolated.
template <typename T, typename C>
void upsample_bilinear(const Tensor& in, const Tensor& out, bool align_corners, C scale_h,
                       C scale_w) {
  const T* const src = in.const_data_ptr<T>();
  T* const dst = out.mutable_data_ptr<T>();
  const auto is = in.strides();
  const auto os = out.strides();
  const int64_t channels = out.size(1);
  for (int64_t n = 0; n < out.size(0); ++n) {
    for (int64_t h = 0; h < out.size(2); ++h) {
      const auto row = utils::linear_source<C>(h, in.size(2), scale_h, align_corners);
      for (int64_t w = 0; w < out.sizes()[3]; ++w) {
        const auto column = utils::linear_source<C>(w, in.sizes()[3], scale_w, align_corners);
        const T* const top = src + n * is[0] + row.first * is[2];
        const T* const bottom = src + n * is[0] + row.second * is[2];
        const int64_t left = column.first * is[3];
        const int64_t right = column.second * is[3];
        T* const to = dst + n * os[0] + h * os[2] + w * os[3];
        for (int64_t c = 0; c < channels; ++c) {
          const int64_t at = c * is[1];
          const C above = static_cast<C>(top[at + left]) * (1 - column.weight) +
                          static_cast<C>(top[at + right]) * column.weight;
          const C below = static_cast<C>(bottom[at + left]) * (1 - column.weight) +
                          static_cast<C>(bottom[at + right]) * column.weight;
          const C value = above * (1 - row.weight) + below * row.weight;
          to[c * os[1]] = static_cast<T>(value);
        }
      }
    }
  }
}

/// One dimension of an image of bytes: weights are integers of as many bits as 16 allow.
class ByteAxis {
 public:
  ByteAxis(int64_t in_size, int64_t out_size, bool align_corners, optional<double> scale)
      : in_size_(in_size),
        keeps_(in_size == out_size),
        align_corners_(align_corners),
        scale_(utils::upsample_scale<float>(in_size, out_size, align_corners, scale)) {
    float largest = 0;
    for (int64_t i = 0; i < out_size; ++i) {
      const float weight = source(i).weight;
      largest = std::max({largest, weight, 1 - weight});
    }
    while (bits_ < 22 && rounded(largest, bits_ + 1) < (1 << 15)) {
      ++bits_;
    }
  }

  struct Source {
    int64_t first;
    int64_t second;
    int32_t weights[2];
  };

  Source at(int64_t position) const {
    if (keeps_) {
      return {position, position, {1 << bits_, 0}};
    }
    const auto from = source(position);
    return {
        from.first, from.second, {rounded(1 - from.weight, bits_), rounded(from.weight, bits_)}};
  }

  int32_t mix(const Source& source, int32_t first, int32_t second) const {
    const int32_t half = bits_ == 0 ? 0 : 1 << (bits_ - 1);
    return (first * source.weights[0] + second * source.weights[1] + half) >> bits_;
  }

 private:
  utils::LinearSource<float> source(int64_t position) const {
    return utils::linear_source<float>(position, in_size_, scale_, align_corners_);
  }
  static int32_t rounded(float weight, int bits) {
    return static_cast<int32_t>(0.5 + static_cast<double>(weight) * (1 << bits));
  }

  int64_t in_size_;
  bool keeps_;
  bool align_corners_;
  float scale_;
  int bits_ = 0;
};

/// As torch: rounds after each dimension, the last one first.
void upsample_bytes(const Tensor& in, const Tensor& out, const ByteAxis& rows,
                    const ByteAxis& columns) {
  const auto is = in.strides();
  const auto os = out.strides();
  for (int64_t h = 0; h < out.size(2); ++h) {
    const auto row = rows.at(h);
    for (int64_t w = 0; w < out.size(3); ++w) {
      const auto column = columns.at(w);
      const int64_t left = column.first * is[3];
      const int64_t right = column.second * is[3];
      for (int64_t n = 0; n < out.size(0); ++n) {
        for (int64_t c = 0; c < out.size(1); ++c) {
          const uint8_t* const plane = in.const_data_ptr<uint8_t>() + n * is[0] + c * is[1];
          const uint8_t* const top = plane + row.first * is[2];
          const uint8_t* const bottom = plane + row.second * is[2];
          const int32_t value = rows.mix(row, columns.mix(column, top[left], top[right]),
                                         columns.mix(column, bottom[left], bottom[right]));
          out.mutable_data_ptr<uint8_t>()[n * os[0] + c * os[1] + h * os[2] + w * os[3]] =
              static_cast<uint8_t>(std::min(value, 255));
        }
      }
    }
  }
}

}  // namespace

Tensor& upsample_bilinear2d_vec_out(KernelRuntimeContext& ctx, const Tensor& in,
                                    const OptionalArrayRef<int64_t> output_size, bool align_corners,
                                    const OptionalArrayRef<double> scale_factors, Tensor& out) {
  optional<double> scales[2];
  ET_KERNEL_CHECK(ctx, utils::prepare_upsample_2d(in, output_size, scale_factors, out, scales),
                  InvalidArgument, out);
  if (in.scalar_type() == ScalarType::Byte) {
    upsample_bytes(in, out, ByteAxis(in.size(2), out.size(2), align_corners, scales[0]),
                   ByteAxis(in.size(3), out.size(3), align_corners, scales[1]));
    return out;
  }
  ET_SWITCH_FLOATHBF16_TYPES(in.scalar_type(), ctx, "upsample_bilinear2d.vec_out", CTYPE, [&]() {
    using C = std::conditional_t<std::is_same_v<CTYPE, double>, double, float>;
    upsample_bilinear<CTYPE, C>(
        in, out, align_corners,
        utils::upsample_scale<C>(in.size(2), out.size(2), align_corners, scales[0]),
        utils::upsample_scale<C>(in.size(3), out.size(3), align_corners, scales[1]));
  });
  return out;
}

}  // namespace torch::executor::native
