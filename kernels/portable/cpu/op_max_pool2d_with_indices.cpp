// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>
#include <limits>
#include <tuple>

namespace torch::executor::native {

namespace {

template <typename T>
bool is_nan(T value) {
  if constexpr (std::is_integral_v<T>) {
    return false;
  } else {
    return std::isnan(static_cast<float>(value));
  }
}

template <typename T>
void max_pool(const Tensor& in, const utils::PoolAxis (&axes)[2], const Tensor& out,
              const Tensor& indices) {
  const utils::PoolImage from(in);
  const utils::PoolImage to(out);
  const utils::PoolImage where(indices);
  const auto& [rows, columns] = axes;
  for (int64_t n = 0; n < to.batch; ++n) {
    for (int64_t c = 0; c < to.channels; ++c) {
      const T* const src = in.const_data_ptr<T>() + n * from.stride_n + c * from.stride_c;
      T* const dst = out.mutable_data_ptr<T>() + n * to.stride_n + c * to.stride_c;
      int64_t* const index =
          indices.mutable_data_ptr<int64_t>() + n * where.stride_n + c * where.stride_c;
      for (int64_t oh = 0; oh < to.height; ++oh) {
        for (int64_t ow = 0; ow < to.width; ++ow) {
          int64_t best_index = -1;
          T best = T();
          int64_t h = rows.start(oh);
          for (int64_t kh = 0; kh < rows.kernel; ++kh, h += rows.dilation) {
            if (h < 0 || h >= from.height) {
              continue;
            }
            int64_t w = columns.start(ow);
            for (int64_t kw = 0; kw < columns.kernel; ++kw, w += columns.dilation) {
              if (w < 0 || w >= from.width) {
                continue;
              }
              const T value = src[h * from.stride_h + w * from.stride_w];
              // NaN wins, as in torch.
              if (best_index < 0 || value > best || is_nan(value)) {
                best = value;
                best_index = h * from.width + w;
              }
            }
          }
          dst[oh * to.stride_h + ow * to.stride_w] = best;
          index[oh * where.stride_h + ow * where.stride_w] = best_index;
        }
      }
    }
  }
}

}  // namespace

std::tuple<Tensor&, Tensor&> max_pool2d_with_indices_out(KernelRuntimeContext& ctx,
                                                         const Tensor& in, IntArrayRef kernel_size,
                                                         IntArrayRef stride, IntArrayRef padding,
                                                         IntArrayRef dilation, bool ceil_mode,
                                                         Tensor& out, Tensor& indices) {
  std::tuple<Tensor&, Tensor&> result(out, indices);
  utils::PoolAxis axes[2];
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(in, out) && tensor_is_type(indices, ScalarType::Long),
                  InvalidArgument, result);
  ET_KERNEL_CHECK(
      ctx, utils::prepare_pool_2d(in, kernel_size, stride, padding, dilation, ceil_mode, out, axes),
      InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, resize_tensor(indices, out.sizes()) == Error::Ok, InvalidArgument, result);
  ET_SWITCH_REALHBF16_TYPES(in.scalar_type(), ctx, "max_pool2d_with_indices.out", CTYPE,
                            [&]() { max_pool<CTYPE>(in, axes, out, indices); });
  return result;
}

}  // namespace torch::executor::native
