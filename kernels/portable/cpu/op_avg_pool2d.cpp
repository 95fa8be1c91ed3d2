// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/pool_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// T is the element type, C the type of sums: an integer's mean is rounded towards zero.
template <typename T, typename C>
void avg_pool(const Tensor& in, const utils::PoolAxis (&axes)[2], bool count_include_pad,
              optional<int64_t> divisor_override, const Tensor& out) {
  const utils::PoolImage from(in);
  const utils::PoolImage to(out);
  const auto& [rows, columns] = axes;
  for (int64_t n = 0; n < to.batch; ++n) {
    for (int64_t c = 0; c < to.channels; ++c) {
      const T* const src = in.const_data_ptr<T>() + n * from.stride_n + c * from.stride_c;
      T* const dst = out.mutable_data_ptr<T>() + n * to.stride_n + c * to.stride_c;
      for (int64_t oh = 0; oh < to.height; ++oh) {
        // The window within the padded image, then within the image.
        const int64_t h0 = rows.start(oh);
        const int64_t h1 = std::min(h0 + rows.kernel, from.height + rows.padding);
        for (int64_t ow = 0; ow < to.width; ++ow) {
          const int64_t w0 = columns.start(ow);
          const int64_t w1 = std::min(w0 + columns.kernel, from.width + columns.padding);
          const int64_t top = std::max(h0, int64_t{0});
          const int64_t left = std::max(w0, int64_t{0});
          const int64_t bottom = std::min(h1, from.height);
          const int64_t right = std::min(w1, from.width);
          T* const at = dst + oh * to.stride_h + ow * to.stride_w;
          if (top >= bottom || left >= right) {
            *at = static_cast<T>(C(0));
            continue;
          }
          C sum = 0;
          for (int64_t h = top; h < bottom; ++h) {
            for (int64_t w = left; w < right; ++w) {
              sum += static_cast<C>(src[h * from.stride_h + w * from.stride_w]);
            }
          }
          const int64_t divisor = divisor_override.has_value() ? *divisor_override
                                  : count_include_pad          ? (h1 - h0) * (w1 - w0)
                                                               : (bottom - top) * (right - left);
          *at = static_cast<T>(sum / static_cast<C>(divisor));
        }
      }
    }
  }
}

}  // namespace

Tensor& avg_pool2d_out(KernelRuntimeContext& ctx, const Tensor& in, IntArrayRef kernel_size,
                       IntArrayRef stride, IntArrayRef padding, bool ceil_mode,
                       bool count_include_pad, optional<int64_t> divisor_override, Tensor& out) {
  utils::PoolAxis axes[2];
  const int64_t no_dilation[] = {1};
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, !divisor_override.has_value() || *divisor_override != 0, InvalidArgument,
                      out, "avg_pool2d: divisor_override is 0");
  ET_KERNEL_CHECK(ctx,
                  utils::prepare_pool_2d(in, kernel_size, stride, padding, IntArrayRef(no_dilation),
                                         ceil_mode, out, axes),
                  InvalidArgument, out);
  ET_SWITCH_FLOATHBF16_TYPES_AND(Long, in.scalar_type(), ctx, "avg_pool2d.out", CTYPE, [&]() {
    using C = std::conditional_t<sizeof(CTYPE) == 8, CTYPE, float>;
    avg_pool<CTYPE, C>(in, axes, count_include_pad, divisor_override, out);
  });
  return out;
}

}  // namespace torch::executor::native
