// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>

namespace torch::executor::native {

Tensor& _conj_copy_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return _conj_physical_out(ctx, self, out);
}

}  // namespace torch::executor::native
