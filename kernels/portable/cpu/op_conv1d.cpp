// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>

namespace torch::executor::native {

Tensor& conv1d_out(KernelRuntimeContext& ctx, const Tensor& input, const Tensor& weight,
                   const optional<Tensor>& bias, IntArrayRef stride, IntArrayRef padding,
                   IntArrayRef dilation, int64_t groups, Tensor& out) {
  const int64_t no_padding[] = {0};
  return convolution_out(ctx, input, weight, bias, stride, padding, dilation, /*transposed=*/false,
                         IntArrayRef(no_padding), groups, out);
}

}  // namespace torch::executor::native
