// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <algorithm>
#include <cstring>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/upsample_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

// Elements are only moved, so a type of their size will do.
template <typename T>
void upsample_nearest(const Tensor& in, const Tensor& out, float scale_h, float scale_w) {
  const T* const src = static_cast<const T*>(in.const_data_ptr());
  T* const dst = static_cast<T*>(out.mutable_data_ptr());
  const auto is = in.strides();
  const auto os = out.strides();
  // Where the columns come from is the same for all rows.
  int64_t sources[utils::kBlockSize];
  const int64_t width = out.size(3);
  for (int64_t first = 0; first < width; first += utils::kBlockSize) {
    const int64_t count = std::min(utils::kBlockSize, width - first);
    for (int64_t w = 0; w < count; ++w) {
      sources[w] = utils::nearest_source(first + w, in.size(3), scale_w) * is[3];
    }
    for (int64_t n = 0; n < out.size(0); ++n) {
      for (int64_t c = 0; c < out.size(1); ++c) {
        const T* previous = nullptr;
        for (int64_t h = 0; h < out.size(2); ++h) {
          const int64_t from_h = utils::nearest_source(h, in.size(2), scale_h);
          const T* const from = src + n * is[0] + c * is[1] + from_h * is[2];
          T* const to = dst + n * os[0] + c * os[1] + h * os[2] + first * os[3];
          if (from == previous && os[3] == 1) {
            std::memcpy(to, to - os[2], static_cast<size_t>(count) * sizeof(T));
            continue;
          }
          previous = from;
          for (int64_t w = 0; w < count; ++w) {
            to[w * os[3]] = from[sources[w]];
          }
        }
      }
    }
  }
}

}  // namespace

Tensor& upsample_nearest2d_vec_out(KernelRuntimeContext& ctx, const Tensor& in,
                                   const OptionalArrayRef<int64_t> output_size,
                                   const OptionalArrayRef<double> scale_factors, Tensor& out) {
  optional<double> scales[2];
  ET_KERNEL_CHECK(ctx, utils::prepare_upsample_2d(in, output_size, scale_factors, out, scales),
                  InvalidArgument, out);
  const auto scale_h = utils::upsample_scale<float>(in.size(2), out.size(2), false, scales[0]);
  const auto scale_w = utils::upsample_scale<float>(in.size(3), out.size(3), false, scales[1]);
  switch (in.element_size()) {
    case 1:
      upsample_nearest<uint8_t>(in, out, scale_h, scale_w);
      break;
    case 2:
      upsample_nearest<uint16_t>(in, out, scale_h, scale_w);
      break;
    case 4:
      upsample_nearest<uint32_t>(in, out, scale_h, scale_w);
      break;
    case 8:
      upsample_nearest<uint64_t>(in, out, scale_h, scale_w);
      break;
    default:
      ET_KERNEL_CHECK_MSG(ctx, false, InvalidArgument, out,
                          "upsample_nearest2d: element type %s is not supported",
                          ::executorch::runtime::toString(in.scalar_type()));
  }
  return out;
}

}  // namespace torch::executor::native
