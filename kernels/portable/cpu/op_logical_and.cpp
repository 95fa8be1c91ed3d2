// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& logical_and_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                        Tensor& out) {
  if (utils::is_complex(self) || utils::is_complex(other)) {
    return utils::test_complex(ctx, self, other, out,
                               [](const utils::StdComplex& x, const utils::StdComplex& y) {
                                 return x != 0.0 && y != 0.0;
                               });
  }
  return utils::map_bools(ctx, self, other, out, [](bool x, bool y) { return x && y; });
}

}  // namespace torch::executor::native
