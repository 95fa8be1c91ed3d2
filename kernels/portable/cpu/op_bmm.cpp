// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& bmm_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& mat2, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_bmm_args(in, mat2, out), InvalidArgument, out);
  SizesType sizes[3];
  size_t rank = 0;
  get_bmm_out_target_size(in, mat2, sizes, &rank);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, rank}) == Error::Ok, InvalidArgument, out);
  if (utils::is_complex(out)) {
    for (int64_t b = 0; b < in.size(0); ++b) {
      utils::multiply_complex(in.size(1), mat2.size(2), in.size(2),
                              utils::as_matrix(in, b * in.strides()[0]),
                              utils::as_matrix(mat2, b * mat2.strides()[0]),
                              utils::as_matrix(out, b * out.strides()[0]));
    }
    return out;
  }
  utils::dispatch_product_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t m = in.size(1), n = mat2.size(2), k = in.size(2);
    utils::GemmWorkspace<T> workspace(ctx, m, n, k, utils::kGemmTasks);
    for (int64_t b = 0; b < in.size(0); ++b) {
      utils::multiply<T>(workspace, m, n, k, utils::as_matrix(in, b * in.strides()[0]),
                         utils::as_matrix(mat2, b * mat2.strides()[0]),
                         {utils::as_matrix(out, b * out.strides()[0])});
    }
  });
  return out;
}

}  // namespace torch::executor::native
