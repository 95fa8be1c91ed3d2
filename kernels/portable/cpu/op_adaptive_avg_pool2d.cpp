// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// Windows cover the input evenly: output i takes floor(i * in / out) up to ceil((i + 1) * in /
/// out).
int64_t window_begin(int64_t i, int64_t in_size, int64_t out_size) {
  return i * in_size / out_size;
}
int64_t window_end(int64_t i, int64_t in_size, int64_t out_size) {
  return ((i + 1) * in_size + out_size - 1) / out_size;
}

template <typename T, typename C>
void adaptive_avg_pool(const Tensor& in, const Tensor& out) {
  const utils::PoolImage from(in);
  const utils::PoolImage to(out);
  for (int64_t n = 0; n < to.batch; ++n) {
    for (int64_t c = 0; c < to.channels; ++c) {
      const T* const src = in.const_data_ptr<T>() + n * from.stride_n + c * from.stride_c;
      T* const dst = out.mutable_data_ptr<T>() + n * to.stride_n + c * to.stride_c;
      for (int64_t oh = 0; oh < to.height; ++oh) {
        const int64_t top = window_begin(oh, from.height, to.height);
        const int64_t bottom = window_end(oh, from.height, to.height);
        for (int64_t ow = 0; ow < to.width; ++ow) {
          const int64_t left = window_begin(ow, from.width, to.width);
          const int64_t right = window_end(ow, from.width, to.width);
          typename utils::SumOp<C>::Acc sum = 0;
          for (int64_t h = top; h < bottom; ++h) {
            if constexpr (std::is_same_v<T, C>) {
              if (from.stride_w == 1) {
                sum = utils::reduce_run(utils::SumOp<C>(), sum, src + h * from.stride_h + left,
                                        right - left);
                continue;
              }
            }
            for (int64_t w = left; w < right; ++w) {
              sum += static_cast<C>(src[h * from.stride_h + w * from.stride_w]);
            }
          }
          dst[oh * to.stride_h + ow * to.stride_w] =
              static_cast<T>(static_cast<C>(sum) / static_cast<C>((bottom - top) * (right - left)));
        }
      }
    }
  }
}

}  // namespace

Tensor& _adaptive_avg_pool2d_out(KernelRuntimeContext& ctx, const Tensor& in,
                                 IntArrayRef output_size, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, in.dim() == 3 || in.dim() == 4, InvalidArgument, out,
                      "_adaptive_avg_pool2d: the input has rank %zd, expected 3 or 4", in.dim());
  ET_KERNEL_CHECK_MSG(ctx, output_size.size() == 2, InvalidArgument, out,
                      "_adaptive_avg_pool2d: output_size has %zu entries, expected 2",
                      output_size.size());
  const size_t spatial = static_cast<size_t>(in.dim()) - 2;
  int64_t sizes[4];
  std::copy(in.sizes().begin(), in.sizes().begin() + spatial, sizes);
  for (size_t a = 0; a < 2; ++a) {
    sizes[spatial + a] = output_size[a];
    ET_KERNEL_CHECK_MSG(ctx, in.sizes()[spatial + a] > 0, InvalidArgument, out,
                        "_adaptive_avg_pool2d: dimension %zu of the input is empty", spatial + a);
  }
  ET_KERNEL_CHECK(
      ctx, resize_tensor(out, ArrayRef<int64_t>(sizes, static_cast<size_t>(in.dim()))) == Error::Ok,
      InvalidArgument, out);
  ET_SWITCH_FLOATHBF16_TYPES(in.scalar_type(), ctx, "_adaptive_avg_pool2d.out", CTYPE, [&]() {
    adaptive_avg_pool<CTYPE, std::conditional_t<std::is_same_v<CTYPE, double>, double, float>>(in,
                                                                                               out);
  });
  return out;
}

}  // namespace torch::executor::native
