// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/upsample_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>

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
          if constexpr (std::is_integral_v<T>) {
            to[c * os[1]] = static_cast<T>(std::floor(value + C(0.5)));
          } else {
            to[c * os[1]] = static_cast<T>(value);
          }
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
  ET_SWITCH_FLOATHBF16_TYPES_AND(
      Byte, in.scalar_type(), ctx, "upsample_bilinear2d.vec_out", CTYPE, [&]() {
        using C = std::conditional_t<std::is_same_v<CTYPE, double>, double, float>;
        upsample_bilinear<CTYPE, C>(
            in, out, align_corners,
            utils::upsample_scale<C>(in.size(2), out.size(2), align_corners, scales[0]),
            utils::upsample_scale<C>(in.size(3), out.size(3), align_corners, scales[1]));
      });
  return out;
}

}  // namespace torch::executor::native
