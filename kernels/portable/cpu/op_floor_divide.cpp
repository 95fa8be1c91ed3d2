// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& floor_divide_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                         Tensor& out) {
  return utils::divide(ctx, self, other, string_view("floor"), out);
}

}  // namespace torch::executor::native
