// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/nonzero_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

/// The first `size` coordinates of elements that are not zero, and rows of `fill_value` where there
/// are fewer.
Tensor& nonzero_static_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t size,
                           int64_t fill_value, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, size >= 0, InvalidArgument, out, "size is %" PRId64, size);
  const int64_t sizes[] = {size, self.dim()};
  ET_KERNEL_CHECK(
      ctx,
      tensor_is_type(out, ScalarType::Long) && resize_tensor(out, IntArrayRef(sizes)) == Error::Ok,
      InvalidArgument, out);
  const utils::TensorView result(out);
  utils::fill(result, &fill_value);
  int64_t row = 0;
  const size_t rank = static_cast<size_t>(self.dim());
  ET_KERNEL_CHECK(ctx,
                  utils::for_each_nonzero(utils::TensorView(self),
                                          [&](const int64_t* coordinate) {
                                            for (size_t d = 0; row < size && d < rank; ++d) {
                                              *reinterpret_cast<int64_t*>(
                                                  result.data() + row * result.strides[0] +
                                                  static_cast<int64_t>(d) * result.strides[1]) =
                                                  coordinate[d];
                                            }
                                            ++row;
                                          }),
                  InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
