// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& signbit_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::test(ctx, self, out, [](auto x) { return std::signbit(static_cast<double>(x)); });
}

}  // namespace torch::executor::native
