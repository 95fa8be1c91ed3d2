// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/kernels/portable/cpu/util/scan_util.h>

namespace torch::executor::native {

Tensor& cumprod_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                    optional<ScalarType> dtype, Tensor& out) {
  ET_KERNEL_CHECK(
      ctx,
      (!dtype.has_value() || tensor_is_type(out, *dtype)) && utils::prepare_scan(self, dim, out),
      InvalidArgument, out);
  const utils::Lines<2> lines({&self, &out}, dim);
  // torch accumulates float in double; integers in the type of the result, which wraps around.
  utils::dispatch_wide_compute_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    lines.nest.for_each([&](const utils::Lines<2>::Offsets& at) {
      T product = 1;
      lines.for_each_element<T>(self, at[0], [&](T x, int64_t i) {
        product = utils::wrapping_mul(product, x);
        utils::store_element<T>(product, out.mutable_data_ptr(), out.scalar_type(),
                                at[1] + i * lines.strides[1]);
      });
    });
  });
  return out;
}

}  // namespace torch::executor::native
