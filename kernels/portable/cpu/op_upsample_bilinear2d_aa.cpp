// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/upsample_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// Source elements that contribute to one destination position along one dimension, and their
/// weights: a triangle as wide as the distance between source positions, at least 2.
template <typename T>
struct Window {
  int64_t begin;
  int64_t end;
  T center;
  T inverse_width;

  Window(int64_t position, int64_t in_size, T scale) {
    const T half_width = std::max(scale, T(1));
    center = scale * (static_cast<T>(position) + T(0.5));
    inverse_width = T(1) / half_width;
    begin = std::max<int64_t>(static_cast<int64_t>(center - half_width + T(0.5)), 0);
    end = std::min(static_cast<int64_t>(center + half_width + T(0.5)), in_size);
  }

  T weight(int64_t source) const {
    const T distance = std::abs((static_cast<T>(source) - center + T(0.5)) * inverse_width);
    return std::max(T(1) - distance, T(0));
  }
};

template <typename T>
void upsample(const Tensor& in, bool align_corners, const optional<double> (&scales)[2],
              const Tensor& out) {
  const auto is = in.strides();
  const auto os = out.strides();
  const T scale_h = utils::upsample_scale<T>(in.size(2), out.size(2), align_corners, scales[0]);
  const T scale_w = utils::upsample_scale<T>(in.size(3), out.size(3), align_corners, scales[1]);
  T buffer[utils::kBlockSize];
  for (int64_t h = 0; h < out.size(2); ++h) {
    const Window<T> rows(h, in.size(2), scale_h);
    for (int64_t w = 0; w < out.size(3); ++w) {
      const Window<T> columns(w, in.size(3), scale_w);
      for (int64_t n = 0; n < out.size(0); ++n) {
        for (int64_t c = 0; c < out.size(1); ++c) {
          T sum = 0;
          T weights = 0;
          for (int64_t y = rows.begin; y < rows.end; ++y) {
            const int64_t row = n * is[0] + c * is[1] + y * is[2];
            for (int64_t first = columns.begin; first < columns.end; first += utils::kBlockSize) {
              const int64_t count = std::min(utils::kBlockSize, columns.end - first);
              const T* x = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(),
                                                row + first * is[3], is[3], count, buffer);
              for (int64_t i = 0; i < count; ++i) {
                const T weight = rows.weight(y) * columns.weight(first + i);
                sum += weight * x[i];
                weights += weight;
              }
            }
          }
          utils::store_element<T>(sum / weights, out.mutable_data_ptr(), out.scalar_type(),
                                  n * os[0] + c * os[1] + h * os[2] + w * os[3]);
        }
      }
    }
  }
}

}  // namespace

Tensor& _upsample_bilinear2d_aa_out(KernelRuntimeContext& ctx, const Tensor& in,
                                    IntArrayRef output_size, bool align_corners,
                                    optional<double> scales_h, optional<double> scales_w,
                                    Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(in), InvalidArgument, out);
  optional<double> unused[2];
  ET_KERNEL_CHECK(ctx, utils::prepare_upsample_2d(in, output_size, nullopt, out, unused),
                  InvalidArgument, out);
  const optional<double> scales[2] = {scales_h, scales_w};
  if (in.scalar_type() == ScalarType::Double) {
    upsample<double>(in, align_corners, scales, out);
  } else {
    upsample<float>(in, align_corners, scales, out);
  }
  return out;
}

}  // namespace torch::executor::native
