// SPDX-License-Identifier: BSD-3-Clause
#include <type_traits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

Tensor& baddbmm_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& batch1,
                    const Tensor& batch2, const Scalar& beta, const Scalar& alpha, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_bmm_args(batch1, batch2, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(self, out), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(
      ctx, tensor_is_floating_type(out) || (alpha.isIntegral(true) && beta.isIntegral(true)),
      InvalidArgument, out, "alpha and beta of an integer product must be integers");
  SizesType sizes[3];
  size_t rank = 0;
  get_bmm_out_target_size(batch1, batch2, sizes, &rank);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, rank}) == Error::Ok, InvalidArgument, out);
  utils::TensorView addend(self);
  ET_KERNEL_CHECK(ctx, addend.broadcast_to(utils::TensorView(out)), InvalidArgument, out);
  const auto element = static_cast<int64_t>(self.element_size());
  utils::dispatch_product_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    // Integers wrap around, so a negative factor may pass through uint64_t.
    using Factor = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
    const int64_t m = batch1.size(1), n = batch2.size(2), k = batch1.size(2);
    const auto alpha_value = static_cast<T>(alpha.to<Factor>());
    const auto beta_value = static_cast<T>(beta.to<Factor>());
    utils::GemmWorkspace<T> workspace(ctx, m, n, k);
    for (int64_t b = 0; b < batch1.size(0); ++b) {
      const utils::Matrix matrix = {addend.base, addend.dtype, b * addend.strides[0] / element,
                                    addend.strides[1] / element, addend.strides[2] / element};
      // As in torch, beta = 0 ignores the addend, NaN included.
      utils::multiply<T>(workspace, m, n, k, utils::as_matrix(batch1, b * batch1.strides()[0]),
                         utils::as_matrix(batch2, b * batch2.strides()[0]),
                         {utils::as_matrix(out, b * out.strides()[0]), alpha_value,
                          beta_value == T(0) ? nullptr : &matrix, beta_value});
    }
  });
  return out;
}

}  // namespace torch::executor::native
