// SPDX-License-Identifier: BSD-3-Clause
#include <type_traits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

Tensor& addbmm_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& batch1,
                   const Tensor& batch2, const Scalar& beta, const Scalar& alpha, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  tensor_is_rank(batch1, 3) && tensor_is_rank(batch2, 3) &&
                      tensors_have_same_size_at_dims(batch1, 0, batch2, 0) &&
                      tensors_have_same_size_at_dims(batch1, 2, batch2, 1) &&
                      tensors_have_same_dtype(batch1, batch2) &&
                      tensors_have_same_dtype(self, batch1, out) && tensor_is_realhbf16_type(out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(
      ctx, tensor_is_floating_type(out) || (alpha.isIntegral(true) && beta.isIntegral(true)),
      InvalidArgument, out, "alpha and beta of an integer product must be integers");
  const int64_t m = batch1.size(1), n = batch2.size(2), k = batch1.size(2);
  const int64_t sizes[] = {m, n};
  ET_KERNEL_CHECK(ctx, resize_tensor(out, ArrayRef<int64_t>(sizes)) == Error::Ok, InvalidArgument,
                  out);
  utils::TensorView addend(self);
  ET_KERNEL_CHECK(ctx, addend.broadcast_to(utils::TensorView(out)), InvalidArgument, out);
  const auto element = static_cast<int64_t>(self.element_size());
  const utils::Matrix matrix = {addend.base, addend.dtype, 0, addend.strides[0] / element,
                                addend.strides[1] / element};
  utils::dispatch_product_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    // Integers wrap around, so a negative factor may pass through uint64_t.
    using Factor = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
    const auto alpha_value = static_cast<T>(alpha.to<Factor>());
    const auto beta_value = static_cast<T>(beta.to<Factor>());
    utils::GemmWorkspace<T> workspace(ctx, m, n, k);
    const utils::Matrix sum = utils::as_matrix(out);
    // As in torch, beta = 0 ignores the addend, NaN included.
    const utils::Matrix* previous = beta_value == T(0) ? nullptr : &matrix;
    T factor = beta_value;
    if (batch1.size(0) == 0) {
      utils::multiply<T>(workspace, m, n, 0, sum, sum, {sum, T(0), previous, factor});
    }
    for (int64_t b = 0; b < batch1.size(0); ++b) {
      utils::multiply<T>(workspace, m, n, k, utils::as_matrix(batch1, b * batch1.strides()[0]),
                         utils::as_matrix(batch2, b * batch2.strides()[0]),
                         {sum, alpha_value, previous, factor});
      previous = &sum;
      factor = T(1);
    }
  });
  return out;
}

}  // namespace torch::executor::native
