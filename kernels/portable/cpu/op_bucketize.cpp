// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/search_sorted_util.h>

namespace torch::executor::native {

Tensor& bucketize_tensor_out(KernelRuntimeContext& ctx, const Tensor& self,
                             const Tensor& boundaries, bool out_int32, bool right, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_rank(boundaries, 1), InvalidArgument, out);
  return utils::search_sorted(ctx, boundaries, self, out_int32, right, nullptr, out);
}

Tensor& bucketize_scalar_out(KernelRuntimeContext& ctx, const Scalar& self,
                             const Tensor& boundaries, bool out_int32, bool right, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_rank(boundaries, 1), InvalidArgument, out);
  return utils::search_sorted(ctx, boundaries, self, out_int32, right, nullptr, out);
}

}  // namespace torch::executor::native
