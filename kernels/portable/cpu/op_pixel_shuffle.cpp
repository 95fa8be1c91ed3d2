// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/pixel_shuffle_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& pixel_shuffle_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t upscale_factor,
                          Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_pixel_shuffle_args(in, upscale_factor, out), InvalidArgument, out);
  const size_t c = static_cast<size_t>(in.dim()) - 3;
  utils::TensorView shape(in);
  shape.sizes[c] /= upscale_factor * upscale_factor;
  shape.sizes[c + 1] *= upscale_factor;
  shape.sizes[c + 2] *= upscale_factor;
  const utils::TensorView from = utils::split_channels(in, upscale_factor);
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  utils::copy(from, utils::split_pixels(out, upscale_factor));
  return out;
}

}  // namespace torch::executor::native
