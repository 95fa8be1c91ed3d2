// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& mm_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& mat2, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_mm_args(in, mat2, out), InvalidArgument, out);
  SizesType sizes[2];
  size_t rank = 0;
  get_mm_out_target_size(in, mat2, sizes, &rank);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, rank}) == Error::Ok, InvalidArgument, out);
  if (utils::is_complex(out)) {
    utils::multiply_complex(in.size(0), mat2.size(1), in.size(1), utils::as_matrix(in),
                            utils::as_matrix(mat2), utils::as_matrix(out));
    return out;
  }
  utils::dispatch_product_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t m = in.size(0), n = mat2.size(1), k = in.size(1);
    utils::GemmWorkspace<T> workspace(ctx, m, n, k, utils::kGemmTasks);
    utils::multiply<T>(workspace, m, n, k, utils::as_matrix(in), utils::as_matrix(mat2),
                       {utils::as_matrix(out)});
  });
  return out;
}

}  // namespace torch::executor::native
