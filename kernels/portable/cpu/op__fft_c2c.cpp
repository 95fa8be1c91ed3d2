// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/fft_util.h>

namespace torch::executor::native {

Tensor& _fft_c2c_out(KernelRuntimeContext& ctx, const Tensor& self, IntArrayRef dim,
                     int64_t normalization, bool forward, Tensor& out) {
  int64_t dims[::executorch::runtime::kTensorDimensionLimit];
  ET_KERNEL_CHECK(ctx,
                  tensor_is_complex_type(self) && tensors_have_same_dtype(self, out) &&
                      utils::FourierTransform::normalize_dims(self, dim, dims) &&
                      resize_tensor(out, self.sizes()) == Error::Ok,
                  InvalidArgument, out);
  double numel = 1;
  for (size_t i = 0; i < dim.size(); ++i) {
    numel *= static_cast<double>(self.size(dims[i]));
  }
  double scale = 1;
  ET_KERNEL_CHECK(ctx, utils::FourierTransform::parse_scale(normalization, numel, scale),
                  InvalidArgument, out);
  const utils::TensorView result(out);
  if (dim.empty()) {
    return utils::copy_to(ctx, self, out);
  }
  for (size_t i = 0; i < dim.size() && ctx.failure_state() == Error::Ok; ++i) {
    const bool is_last = i + 1 == dim.size();
    utils::FourierTransform::run(ctx, i == 0 ? utils::TensorView(self) : result, result,
                                 static_cast<size_t>(dims[i]), self.size(dims[i]),
                                 {forward, is_last ? scale : 1.0});
  }
  return out;
}

}  // namespace torch::executor::native
