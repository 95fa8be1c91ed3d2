// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/scan_util.h>

namespace torch::executor::native {

Tensor& logcumsumexp_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  utils::prepare_scan(self, dim, out) && tensor_is_floating_type(self) &&
                      tensors_have_same_dtype(self, out),
                  InvalidArgument, out);
  const utils::Lines<2> lines({&self, &out}, dim);
  lines.nest.for_each([&](const utils::Lines<2>::Offsets& at) {
    double sum = -std::numeric_limits<double>::infinity();
    lines.for_each_element<double>(self, at[0], [&](double x, int64_t i) {
      // Equal infinities, too, whose difference is NaN.
      const double low = x < sum ? x : sum;
      const double high = x < sum ? sum : x;
      sum = low != low || high != high       ? low + high
            : low == high && low - high != 0 ? high
                                             : high + std::log1p(std::exp(low - high));
      utils::store_element<double>(sum, out.mutable_data_ptr(), out.scalar_type(),
                                   at[1] + i * lines.strides[1]);
    });
  });
  return out;
}

}  // namespace torch::executor::native
