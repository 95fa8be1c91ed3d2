// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> adaptive_max_pool3d_out(KernelRuntimeContext& ctx, const Tensor& in,
                                                     IntArrayRef output_size, Tensor& out,
                                                     Tensor& indices) {
  std::tuple<Tensor&, Tensor&> result(out, indices);
  utils::Pooling pooling(3);
  ET_KERNEL_CHECK(ctx, pooling.init_adaptive(in, output_size), InvalidArgument, result);
  utils::maximum_of_windows(ctx, pooling, in, out, indices);
  return result;
}

}  // namespace torch::executor::native
