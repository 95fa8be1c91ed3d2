// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/cumulative_extremum_util.h>

#include <executorch/kernels/portable/cpu/util/scan_util.h>

namespace torch::executor::native::utils {

void cumulative_extremum(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim, bool maximum,
                         Tensor& values, Tensor& indices) {
  ET_KERNEL_CHECK(ctx,
                  prepare_scan(self, dim, values) && tensors_have_same_dtype(self, values) &&
                      tensor_is_type(indices, ScalarType::Long) &&
                      resize_tensor(indices, self.sizes()) == Error::Ok,
                  InvalidArgument, );
  const Lines<3> lines({&self, &values, &indices}, dim);
  dispatch_wide_compute_type(self.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    lines.nest.for_each([&](const Lines<3>::Offsets& at) {
      T best = 0;
      int64_t best_index = 0;
      lines.for_each_element<T>(self, at[0], [&](T x, int64_t i) {
        if (i == 0 || x != x || (best == best && (maximum ? x >= best : x <= best))) {
          best = x;
          best_index = i;
        }
        store_element<T>(best, values.mutable_data_ptr(), values.scalar_type(),
                         at[1] + i * lines.strides[1]);
        indices.mutable_data_ptr<int64_t>()[at[2] + i * lines.strides[2]] = best_index;
      });
    });
  });
}

}  // namespace torch::executor::native::utils
