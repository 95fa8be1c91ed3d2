// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/fft_util.h>

namespace torch::executor::native {

/// The last of the dimensions first, of which, if `onesided`, only the first half of the result is
/// kept.
Tensor& _fft_r2c_out(KernelRuntimeContext& ctx, const Tensor& self, IntArrayRef dim,
                     int64_t normalization, bool onesided, Tensor& out) {
  int64_t dims[::executorch::runtime::kTensorDimensionLimit];
  ET_KERNEL_CHECK_MSG(ctx, !dim.empty(), InvalidArgument, out,
                      "There are no dimensions to transform");
  ET_KERNEL_CHECK(ctx,
                  tensor_is_floating_type(self) && tensor_is_complex_type(out) &&
                      utils::FourierTransform::normalize_dims(self, dim, dims),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx,
                      ::executorch::runtime::toComplexType(self.scalar_type()) == out.scalar_type(),
                      InvalidArgument, out, "The transform of %s is not of %s",
                      ::executorch::runtime::toString(self.scalar_type()),
                      ::executorch::runtime::toString(out.scalar_type()));
  double numel = 1;
  for (size_t i = 0; i < dim.size(); ++i) {
    numel *= static_cast<double>(self.size(dims[i]));
  }
  double scale = 1;
  const auto last = static_cast<size_t>(dims[dim.size() - 1]);
  const utils::TensorView in(self);
  utils::TensorView shape = in;
  shape.sizes[last] = onesided ? shape.sizes[last] / 2 + 1 : shape.sizes[last];
  ET_KERNEL_CHECK(ctx,
                  utils::FourierTransform::parse_scale(normalization, numel, scale) &&
                      utils::resize_to(shape, out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, in.sizes[last] > 0, InvalidArgument, out,
                      "Dimension %zu has no elements to transform", last);
  const utils::TensorView result(out);
  utils::FourierTransform::run(ctx, in, result, last, in.sizes[last], {true, scale});
  for (size_t i = 0; i + 1 < dim.size() && ctx.failure_state() == Error::Ok; ++i) {
    utils::FourierTransform::run(ctx, result, result, static_cast<size_t>(dims[i]),
                                 self.size(dims[i]), {true, 1.0});
  }
  return out;
}

}  // namespace torch::executor::native
