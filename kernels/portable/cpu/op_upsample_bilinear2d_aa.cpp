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
  T weights[utils::kBlockSize];
  for (int64_t w = 0; w < out.size(3); ++w) {
    const Window<T> columns(w, in.size(3), scale_w);
    T column_weights = 0;
    for (int64_t x = columns.begin; x < columns.end; ++x) {
      column_weights += columns.weight(x);
    }
    const auto weigh_block = [&](int64_t first) {
      const int64_t count = std::min(utils::kBlockSize, columns.end - first);
      for (int64_t i = 0; i < count; ++i) {
        weights[i] = columns.weight(first + i);
      }
      return count;
    };
    const bool is_one_block = columns.end - columns.begin <= utils::kBlockSize;
    int64_t count = weigh_block(columns.begin);
    for (int64_t h = 0; h < out.size(2); ++h) {
      const Window<T> rows(h, in.size(2), scale_h);
      T total = 0;
      for (int64_t y = rows.begin; y < rows.end; ++y) {
        total += rows.weight(y) * column_weights;
      }
      for (int64_t n = 0; n < out.size(0); ++n) {
        for (int64_t c = 0; c < out.size(1); ++c) {
          T sum = 0;
          for (int64_t first = columns.begin; first < columns.end; first += utils::kBlockSize) {
            count = is_one_block ? count : weigh_block(first);
            for (int64_t y = rows.begin; y < rows.end; ++y) {
              const T* x = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(),
                                                n * is[0] + c * is[1] + y * is[2] + first * is[3],
                                                is[3], count, buffer);
              T row_sum = 0;
              for (int64_t i = 0; i < count; ++i) {
                row_sum += weights[i] * x[i];
              }
              sum += row_sum * rows.weight(y);
            }
          }
          utils::store_element<T>(sum / total, out.mutable_data_ptr(), out.scalar_type(),
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
