// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> max_pool3d_with_indices_out(KernelRuntimeContext& ctx,
                                                         const Tensor& in, IntArrayRef kernel_size,
                                                         IntArrayRef stride, IntArrayRef padding,
                                                         IntArrayRef dilation, bool ceil_mode,
                                                         Tensor& out, Tensor& indices) {
  std::tuple<Tensor&, Tensor&> result(out, indices);
  utils::Pooling pooling(3);
  ET_KERNEL_CHECK(ctx, pooling.init(in, kernel_size, stride, padding, dilation, ceil_mode),
                  InvalidArgument, result);
  utils::maximum_of_windows(ctx, pooling, in, out, indices);
  return result;
}

}  // namespace torch::executor::native
