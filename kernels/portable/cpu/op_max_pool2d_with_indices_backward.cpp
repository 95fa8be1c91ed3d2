// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>
#include <cstring>

#include <executorch/kernels/portable/cpu/util/pool_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// Adds the gradient of each maximum to the element that it came from. False where an index lies
/// outside of the image.
template <typename T>
bool scatter_gradients(const Tensor& grad_output, const Tensor& indices, const Tensor& grad_input) {
  const utils::PoolImage from(grad_output);
  const utils::PoolImage where(indices);
  const utils::PoolImage to(grad_input);
  const bool is_contiguous = to.stride_w == 1 && to.stride_h == to.width;
  for (int64_t n = 0; n < to.batch; ++n) {
    for (int64_t c = 0; c < to.channels; ++c) {
      const T* const src = grad_output.const_data_ptr<T>() + n * from.stride_n + c * from.stride_c;
      const int64_t* const index =
          indices.const_data_ptr<int64_t>() + n * where.stride_n + c * where.stride_c;
      T* const dst = grad_input.mutable_data_ptr<T>() + n * to.stride_n + c * to.stride_c;
      for (int64_t h = 0; h < from.height; ++h) {
        for (int64_t w = 0; w < from.width; ++w) {
          const int64_t at = index[h * where.stride_h + w * where.stride_w];
          ET_CHECK_OR_RETURN_FALSE(at >= 0 && at < to.height * to.width,
                                   "index %" PRId64 " is outside of an image of %" PRId64
                                   " by %" PRId64,
                                   at, to.height, to.width);
          // A division costs more than all the rest.
          T& grad =
              dst[is_contiguous ? at : at / to.width * to.stride_h + at % to.width * to.stride_w];
          grad = static_cast<T>(grad + src[h * from.stride_h + w * from.stride_w]);
        }
      }
    }
  }
  return true;
}

}  // namespace

Tensor& max_pool2d_with_indices_backward_out(KernelRuntimeContext& ctx, const Tensor& grad_output,
                                             const Tensor& in, IntArrayRef kernel_size,
                                             IntArrayRef stride, IntArrayRef padding,
                                             IntArrayRef dilation, bool ceil_mode,
                                             const Tensor& indices, Tensor& grad_input) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(grad_output, in, grad_input), InvalidArgument,
                  grad_input);
  ET_KERNEL_CHECK(ctx, tensor_is_type(indices, ScalarType::Long), InvalidArgument, grad_input);
  ET_KERNEL_CHECK(ctx, tensors_have_same_shape(grad_output, indices), InvalidArgument, grad_input);
  utils::PoolAxis axes[2];
  // The output of the pooling has the shape of its gradient.
  ET_KERNEL_CHECK(ctx,
                  utils::prepare_pool_2d(in, kernel_size, stride, padding, dilation, ceil_mode,
                                         grad_output, axes),
                  InvalidArgument, grad_input);
  ET_KERNEL_CHECK(ctx, resize_tensor(grad_input, in.sizes()) == Error::Ok, InvalidArgument,
                  grad_input);
  if (grad_input.nbytes() != 0) {
    std::memset(grad_input.mutable_data_ptr(), 0, grad_input.nbytes());
  }
  ET_SWITCH_FLOATHBF16_TYPES(
      in.scalar_type(), ctx, "max_pool2d_with_indices_backward.grad_input", CTYPE, [&]() {
        ET_KERNEL_CHECK(ctx, scatter_gradients<CTYPE>(grad_output, indices, grad_input),
                        InvalidArgument, );
      });
  return grad_input;
}

}  // namespace torch::executor::native
