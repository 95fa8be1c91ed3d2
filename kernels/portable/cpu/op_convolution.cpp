// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/convolution_util.h>
#include <executorch/kernels/portable/cpu/util/kernel_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& convolution_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& weight,
                        const optional<Tensor>& bias, IntArrayRef stride, IntArrayRef padding,
                        IntArrayRef dilation, bool transposed, IntArrayRef output_padding,
                        int64_t groups, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  check_convolution_args(in, weight, bias, stride, padding, dilation, transposed,
                                         output_padding, groups, out),
                  InvalidArgument, out);
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  size_t rank = 0;
  get_convolution_out_target_size(in, weight, stride, padding, dilation, transposed, output_padding,
                                  groups, sizes, &rank);
  ET_KERNEL_CHECK(ctx, output_size_is_valid({sizes, rank}, rank - 2), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, rank}) == Error::Ok, InvalidArgument, out);
  if (out.numel() == 0) {
    return out;
  }
  const utils::Convolution convolution(transposed ? out : in, transposed ? in : out, weight, stride,
                                       padding, dilation, groups);
  ET_KERNEL_CHECK(ctx, convolution.layout_is_supported(), NotSupported, out);
  const Tensor* bias_or_null = bias.has_value() ? &*bias : nullptr;
  if (transposed) {
    convolution.scatter(ctx, bias_or_null);
  } else {
    convolution.gather(ctx, bias_or_null);
  }
  return out;
}

}  // namespace torch::executor::native
