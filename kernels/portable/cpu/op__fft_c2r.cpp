// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/fft_util.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>

namespace torch::executor::native {

/// The last of the dimensions last, of which the input holds the first half.
Tensor& _fft_c2r_out(KernelRuntimeContext& ctx, const Tensor& self, IntArrayRef dim,
                     int64_t normalization, int64_t last_dim_size, Tensor& out) {
  int64_t dims[::executorch::runtime::kTensorDimensionLimit];
  ET_KERNEL_CHECK_MSG(ctx, !dim.empty(), InvalidArgument, out,
                      "There are no dimensions to transform");
  ET_KERNEL_CHECK(ctx,
                  tensor_is_complex_type(self) && tensor_is_floating_type(out) &&
                      utils::FourierTransform::normalize_dims(self, dim, dims),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(
      ctx, ::executorch::runtime::toRealValueType(self.scalar_type()) == out.scalar_type(),
      InvalidArgument, out, "The transform of %s is not of %s",
      ::executorch::runtime::toString(self.scalar_type()),
      ::executorch::runtime::toString(out.scalar_type()));
  const auto last = static_cast<size_t>(dims[dim.size() - 1]);
  utils::TensorView in(self);
  ET_KERNEL_CHECK_MSG(
      ctx,
      last_dim_size >= 1 && last_dim_size <= INT32_MAX && in.sizes[last] >= last_dim_size / 2 + 1,
      InvalidArgument, out,
      "%" PRId64 " elements cannot be computed from %" PRId64 " of the transform", last_dim_size,
      in.sizes[last]);
  double numel = static_cast<double>(last_dim_size);
  for (size_t i = 0; i + 1 < dim.size(); ++i) {
    numel *= static_cast<double>(self.size(dims[i]));
  }
  double scale = 1;
  utils::TensorView shape = in;
  shape.sizes[last] = last_dim_size;
  ET_KERNEL_CHECK(ctx,
                  utils::FourierTransform::parse_scale(normalization, numel, scale) &&
                      utils::resize_to(shape, out),
                  InvalidArgument, out);
  if (dim.size() > 1) {
    // The other dimensions are transformed in a copy.
    auto* const copy = utils::allocate_scratch<utils::Ranked<double>>(ctx, self.numel());
    ET_KERNEL_CHECK_MSG(ctx, copy != nullptr, MemoryAllocationFailed, out,
                        "A Fourier transform along several dimensions needs scratch memory for %zd "
                        "numbers",
                        self.numel());
    utils::TensorView scratch = in;
    scratch.base = reinterpret_cast<uint8_t*>(copy);
    scratch.offset = 0;
    scratch.dtype = ScalarType::ComplexDouble;
    int64_t stride = scratch.element_size();
    for (size_t d = scratch.dim; d-- > 0; stride *= scratch.sizes[d]) {
      scratch.strides[d] = stride;
    }
    for (size_t i = 0; i + 1 < dim.size() && ctx.failure_state() == Error::Ok; ++i) {
      utils::FourierTransform::run(ctx, i == 0 ? in : scratch, scratch,
                                   static_cast<size_t>(dims[i]), self.size(dims[i]), {false, 1.0});
    }
    in = scratch;
  }
  if (ctx.failure_state() == Error::Ok) {
    utils::FourierTransform::run(ctx, in, utils::TensorView(out), last, last_dim_size,
                                 {false, scale});
  }
  return out;
}

}  // namespace torch::executor::native
