// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/pixel_shuffle_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& pixel_unshuffle_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t downscale_factor,
                            Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_pixel_unshuffle_args(in, downscale_factor, out), InvalidArgument, out);
  const size_t c = static_cast<size_t>(in.dim()) - 3;
  utils::TensorView shape(in);
  shape.sizes[c + 1] /= downscale_factor;
  shape.sizes[c + 2] /= downscale_factor;
  shape.sizes[c] = shape.sizes[c] * downscale_factor * downscale_factor;
  const utils::TensorView from = utils::split_pixels(in, downscale_factor);
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  utils::copy(from, utils::split_channels(out, downscale_factor));
  return out;
}

}  // namespace torch::executor::native
