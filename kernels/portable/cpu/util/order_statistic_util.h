// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/kernels/portable/cpu/util/scan_util.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// An operator that picks one element of each line along `dim`: choose(ranked, n) gets the elements
/// in ascending order, NaN last, and their positions, and returns the place of one among them.
/// Without a dimension the tensor is one line; `indices` may be null.
template <typename Choose>
void pick_from_lines(KernelRuntimeContext& ctx, const Tensor& self, optional<int64_t> dim,
                     bool keepdim, Tensor& values, Tensor* indices, const Choose& choose) {
  ET_KERNEL_CHECK(ctx,
                  check_reduction_args_single_dim(self, dim, keepdim, self.scalar_type(), values) &&
                      resize_reduction_out(self, dim, keepdim, values) == Error::Ok,
                  InvalidArgument, );
  ET_KERNEL_CHECK(ctx,
                  indices == nullptr || (tensor_is_type(*indices, ScalarType::Long) &&
                                         resize_tensor(*indices, values.sizes()) == Error::Ok),
                  InvalidArgument, );
  const auto rank = static_cast<size_t>(self.dim());
  const auto along =
      dim.has_value() && rank > 0 ? static_cast<size_t>(*dim < 0 ? *dim + self.dim() : *dim) : rank;
  // The dimensions of a line, and those between lines.
  LoopNest<1> line;
  LoopNest<3> nest;
  for (size_t d = 0; d < rank; ++d) {
    if (!dim.has_value() || d == along) {
      line.push(self.sizes()[d], {self.strides()[d]});
      continue;
    }
    const size_t at = keepdim || d < along ? d : d - 1;
    nest.push(self.sizes()[d], {self.strides()[d], values.strides()[at],
                                indices == nullptr ? 0 : indices->strides()[at]});
  }
  const int64_t n = line.count();
  dispatch_wide_compute_type(self.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto* const ranked = allocate_scratch<Ranked<T>>(ctx, n);
    ET_KERNEL_CHECK_MSG(ctx, ranked != nullptr, MemoryAllocationFailed, ,
                        "Scratch memory is needed for %lld elements", static_cast<long long>(n));
    nest.for_each([&](const LoopNest<3>::Offsets& at) {
      int64_t count = 0;
      line.for_each([&](const LoopNest<1>::Offsets& element) {
        ranked[count] = {
            load_element<T>(self.const_data_ptr(), self.scalar_type(), at[0] + element[0]), count};
        ++count;
      });
      sort_ranked(ranked, n, /*descending=*/false);
      const Ranked<T>& chosen = ranked[choose(static_cast<const Ranked<T>*>(ranked), n)];
      store_element<T>(chosen.value, values.mutable_data_ptr(), values.scalar_type(), at[1]);
      if (indices != nullptr) {
        indices->mutable_data_ptr<int64_t>()[at[2]] = chosen.index;
      }
    });
  });
}

/// The lower median; NaN if there is one, or, with `ignore_nan`, of the other elements.
void median(KernelRuntimeContext& ctx, const Tensor& self, optional<int64_t> dim, bool keepdim,
            bool ignore_nan, Tensor& values, Tensor* indices);

}  // namespace torch::executor::native::utils
