// SPDX-License-Identifier: BSD-3-Clause
#include <cstring>
#include <tuple>

#include <executorch/kernels/portable/cpu/util/convolution_util.h>
#include <executorch/kernels/portable/cpu/util/kernel_ops_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&, Tensor&> convolution_backward_out(
    KernelRuntimeContext& ctx, const Tensor& grad_output, const Tensor& input, const Tensor& weight,
    OptionalArrayRef<int64_t> bias_sizes, IntArrayRef stride, IntArrayRef padding,
    IntArrayRef dilation, bool transposed, IntArrayRef output_padding, int64_t groups,
    ArrayRef<bool> output_mask, Tensor& grad_input, Tensor& grad_weight, Tensor& grad_bias) {
  const std::tuple<Tensor&, Tensor&, Tensor&> result(grad_input, grad_weight, grad_bias);
  ET_KERNEL_CHECK(ctx,
                  check_convolution_args(input, weight, nullopt, stride, padding, dilation,
                                         transposed, output_padding, groups, grad_output),
                  InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(input), InvalidArgument, result);
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  size_t rank = 0;
  get_convolution_out_target_size(input, weight, stride, padding, dilation, transposed,
                                  output_padding, groups, sizes, &rank);
  ET_KERNEL_CHECK(ctx, tensor_has_expected_size(grad_output, {sizes, rank}), InvalidArgument,
                  result);
  ET_KERNEL_CHECK_MSG(ctx, output_mask.size() == 3, InvalidArgument, result,
                      "convolution_backward: output_mask must have 3 elements, got %zu",
                      output_mask.size());
  const SizesType out_channels = grad_output.sizes()[1];
  ET_KERNEL_CHECK_MSG(ctx,
                      !bias_sizes.has_value() || bias_sizes->empty() ||
                          (bias_sizes->size() == 1 && (*bias_sizes)[0] == out_channels),
                      InvalidArgument, result,
                      "convolution_backward: bias_sizes must be one size of %d",
                      static_cast<int>(out_channels));

  const ArrayRef<SizesType> shapes[] = {input.sizes(), weight.sizes(), {&out_channels, 1}};
  Tensor* const grads[] = {&grad_input, &grad_weight, &grad_bias};
  for (size_t i = 0; i < 3; ++i) {
    if (output_mask[i]) {
      ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(*grads[i], input), InvalidArgument, result);
      ET_KERNEL_CHECK(ctx, resize_tensor(*grads[i], shapes[i]) == Error::Ok, InvalidArgument,
                      result);
      if (grad_output.numel() == 0 && grads[i]->nbytes() != 0) {
        std::memset(grads[i]->mutable_data_ptr(), 0, grads[i]->nbytes());
      }
    }
  }
  if (grad_output.numel() == 0) {
    return result;
  }

  if (output_mask[0]) {
    const utils::Convolution convolution(transposed ? grad_output : grad_input,
                                         transposed ? grad_input : grad_output, weight, stride,
                                         padding, dilation, groups);
    ET_KERNEL_CHECK(ctx, convolution.layout_is_supported(), NotSupported, result);
    if (transposed) {
      convolution.gather(ctx, nullptr);
    } else {
      convolution.scatter(ctx, nullptr);
    }
  }
  if (output_mask[1]) {
    const utils::Convolution convolution(transposed ? grad_output : input,
                                         transposed ? input : grad_output, grad_weight, stride,
                                         padding, dilation, groups);
    ET_KERNEL_CHECK(ctx, convolution.layout_is_supported(), NotSupported, result);
    convolution.correlate(ctx);
  }
  if (output_mask[2]) {
    const int64_t all_but_channels[] = {0, 2, 3, 4};
    const utils::BlockReduction reduction(
        grad_output, ArrayRef<int64_t>(all_but_channels, static_cast<size_t>(input.dim() - 1)),
        /*keepdim=*/false, grad_bias);
    utils::reduce_to<double>(reduction, grad_bias, utils::SumOp<double>(),
                             [](double sum) { return sum; });
  }
  return result;
}

}  // namespace torch::executor::native
