// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

// out[i, j] = sum over k of input[i, k] * weight[k, j] * weight_scales[k].
Tensor& quantized_mixed_mm_out(KernelRuntimeContext& ctx, const Tensor& input, const Tensor& weight,
                               const Tensor& weight_scales,
                               const std::optional<Tensor>& weight_zero_points, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, !weight_zero_points, NotSupported, out,
                      "weights with zero points are not supported");
  ET_KERNEL_CHECK(ctx,
                  tensor_is_rank(input, 2) && tensor_is_rank(weight, 2) &&
                      tensor_is_rank(weight_scales, 1) &&
                      tensors_have_same_size_at_dims(input, 1, weight, 0) &&
                      tensors_have_same_size_at_dims(weight_scales, 0, weight, 0) &&
                      tensors_have_same_dtype(input, weight_scales, out) &&
                      tensor_is_default_dim_order(input) && tensor_is_default_dim_order(weight) &&
                      tensor_is_default_dim_order(out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, weight.scalar_type() == ScalarType::Char, InvalidArgument, out,
                      "the weights have elements of %s, not Char", toString(weight.scalar_type()));
  const SizesType sizes[] = {static_cast<SizesType>(input.size(0)),
                             static_cast<SizesType>(weight.size(1))};
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, 2}) == Error::Ok, InvalidArgument, out);
  const auto rows = static_cast<size_t>(input.size(0));
  const auto depth = static_cast<size_t>(input.size(1));
  const auto columns = static_cast<size_t>(weight.size(1));
  const int8_t* w = weight.const_data_ptr<int8_t>();
  ET_SWITCH_FLOATH_TYPES(out.scalar_type(), ctx, "quantized_decomposed::mixed_mm.out", T, [&] {
    const T* scales = weight_scales.const_data_ptr<T>();
    for (size_t i = 0; i < rows; ++i) {
      const T* x = input.const_data_ptr<T>() + i * depth;
      T* y = out.mutable_data_ptr<T>() + i * columns;
      for (size_t j = 0; j < columns; ++j) {
        float sum = 0;
        for (size_t k = 0; k < depth; ++k) {
          sum += static_cast<float>(x[k]) * static_cast<float>(w[k * columns + j]) *
                 static_cast<float>(scales[k]);
        }
        y[j] = static_cast<T>(sum);
      }
    }
  });
  return out;
}

}  // namespace torch::executor::native
