// SPDX-License-Identifier: BSD-3-Clause
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& addmm_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& mat1,
                  const Tensor& mat2, const Scalar& beta, const Scalar& alpha, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_addmm_args(in, mat1, mat2, beta, alpha, out), InvalidArgument, out);
  SizesType sizes[2];
  size_t rank = 0;
  get_mm_out_target_size(mat1, mat2, sizes, &rank);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, rank}) == Error::Ok, InvalidArgument, out);
  // The addend broadcasts: a dimension of size 1, or a missing one, has stride 0.
  utils::Matrix addend = {in.const_data_ptr(), in.scalar_type(), 0, 0, 0};
  int64_t* const strides[] = {&addend.row_stride, &addend.col_stride};
  for (ssize_t d = 0; d < in.dim(); ++d) {
    const ssize_t out_dim = 2 - in.dim() + d;
    ET_KERNEL_CHECK_MSG(ctx, in.size(d) == 1 || in.size(d) == out.size(out_dim), InvalidArgument,
                        out, "addmm: size %zd of dimension %zd of self does not broadcast to %zd",
                        in.size(d), d, out.size(out_dim));
    *strides[out_dim] = in.size(d) == 1 ? 0 : in.strides()[d];
  }
  if (utils::is_complex(out)) {
    const auto beta_value = beta.to<double>();
    utils::multiply_complex(mat1.size(0), mat2.size(1), mat1.size(1), utils::as_matrix(mat1),
                            utils::as_matrix(mat2), utils::as_matrix(out), alpha.to<double>(),
                            beta_value == 0 ? nullptr : &addend, beta_value);
    return out;
  }
  utils::dispatch_product_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    // Integers wrap around, so a negative factor may pass through uint64_t.
    using Factor = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
    const int64_t m = mat1.size(0), n = mat2.size(1), k = mat1.size(1);
    const auto beta_value = static_cast<T>(beta.to<Factor>());
    utils::GemmWorkspace<T> workspace(ctx, m, n, k, utils::kGemmTasks);
    // As in torch, beta = 0 ignores the addend, NaN included.
    utils::multiply<T>(workspace, m, n, k, utils::as_matrix(mat1), utils::as_matrix(mat2),
                       {utils::as_matrix(out), static_cast<T>(alpha.to<Factor>()),
                        beta_value == T(0) ? nullptr : &addend, beta_value});
  });
  return out;
}

}  // namespace torch::executor::native
