// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

// out[..., j] = sum over k of input[..., k] * weight[j, k] * scale, where weight_scales has one
// scale for each row j, or [rows, groups] for equally many columns.
Tensor& quantized_mixed_linear_out(KernelRuntimeContext& ctx, const Tensor& input,
                                   const Tensor& weight, const Tensor& weight_scales,
                                   const std::optional<Tensor>& weight_zero_points,
                                   std::optional<ScalarType> dtype, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, !weight_zero_points, NotSupported, out,
                      "weights with zero points are not supported");
  ET_KERNEL_CHECK_MSG(ctx, !dtype || *dtype == out.scalar_type(), InvalidArgument, out,
                      "out has elements of %s, but dtype is %s", toString(out.scalar_type()),
                      toString(*dtype));
  ET_KERNEL_CHECK_MSG(ctx, weight.scalar_type() == ScalarType::Char, InvalidArgument, out,
                      "the weights have elements of %s, not Char", toString(weight.scalar_type()));
  ET_KERNEL_CHECK(ctx,
                  input.dim() > 0 && tensor_is_rank(weight, 2) &&
                      tensors_have_same_size_at_dims(input, input.dim() - 1, weight, 1) &&
                      tensors_have_same_size_at_dims(weight_scales, 0, weight, 0) &&
                      tensors_have_same_dtype(input, weight_scales) &&
                      tensor_is_default_dim_order(input) && tensor_is_default_dim_order(weight) &&
                      tensor_is_default_dim_order(weight_scales) &&
                      tensor_is_default_dim_order(out),
                  InvalidArgument, out);
  const auto depth = static_cast<size_t>(weight.size(1));
  const auto columns = static_cast<size_t>(weight.size(0));
  const size_t groups = weight_scales.dim() == 2 ? static_cast<size_t>(weight_scales.size(1)) : 1;
  ET_KERNEL_CHECK_MSG(
      ctx,
      (weight_scales.dim() == 1 || weight_scales.dim() == 2) && groups > 0 && depth % groups == 0,
      InvalidArgument, out, "%zu groups do not divide %zu columns", groups, depth);
  SizesType sizes[kTensorDimensionLimit];
  for (ssize_t i = 0; i < input.dim(); ++i) {
    sizes[i] = static_cast<SizesType>(input.size(i));
  }
  sizes[input.dim() - 1] = static_cast<SizesType>(columns);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, static_cast<size_t>(input.dim())}) == Error::Ok,
                  InvalidArgument, out);
  const size_t rows = columns == 0 ? 0 : static_cast<size_t>(out.numel()) / columns;
  const size_t group_size = depth / groups;
  const int8_t* weights = weight.const_data_ptr<int8_t>();
  static constexpr auto name = "quantized_decomposed::mixed_linear.out";
  ET_SWITCH_FLOATH_TYPES(input.scalar_type(), ctx, name, T, [&] {
    ET_SWITCH_FLOATH_TYPES(out.scalar_type(), ctx, name, OUT, [&] {
      const T* scales = weight_scales.const_data_ptr<T>();
      OUT* y = out.mutable_data_ptr<OUT>();
      for (size_t i = 0; i < rows; ++i) {
        const T* x = input.const_data_ptr<T>() + i * depth;
        for (size_t j = 0; j < columns; ++j) {
          const int8_t* w = weights + j * depth;
          float sum = 0;
          for (size_t group = 0; group < groups; ++group) {
            float part = 0;
            for (size_t k = group * group_size; k < (group + 1) * group_size; ++k) {
              part += static_cast<float>(x[k]) * static_cast<float>(w[k]);
            }
            sum += part * static_cast<float>(scales[j * groups + group]);
          }
          *y++ = static_cast<OUT>(sum);
        }
      }
    });
  });
  return out;
}

}  // namespace torch::executor::native
