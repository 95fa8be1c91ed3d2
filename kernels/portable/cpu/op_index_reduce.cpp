// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/scatter_reduce_util.h>

namespace torch::executor::native {

Tensor& index_reduce_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                         const Tensor& index, const Tensor& source, string_view reduce,
                         bool include_self, Tensor& out) {
  utils::ScatterReduction reduction = {};
  ET_KERNEL_CHECK(
      ctx,
      check_index_select_args(self, dim, index, out) && tensors_have_same_dtype(self, source) &&
          tensors_have_same_rank(self, source) && utils::parse_reduction(reduce, reduction),
      InvalidArgument, out);
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(self))));
  utils::TensorView values(source);
  values.at_least_1d();
  for (size_t i = 0; i < values.dim; ++i) {
    const int64_t expected = i == d            ? static_cast<int64_t>(index.numel())
                             : self.dim() == 0 ? 1
                                               : self.sizes()[i];
    ET_KERNEL_CHECK_MSG(ctx, values.sizes[i] == expected, InvalidArgument, out,
                        "source has size %" PRId64 " in dimension %zu, expected %" PRId64,
                        values.sizes[i], i, expected);
  }
  // The index goes with every element along the other dimensions.
  utils::TensorView positions(index);
  positions.at_least_1d();
  utils::TensorView repeated = values;
  repeated.base = positions.base;
  repeated.offset = positions.offset;
  repeated.dtype = positions.dtype;
  for (size_t i = 0; i < repeated.dim; ++i) {
    repeated.strides[i] = i == d ? positions.strides[0] : 0;
  }
  utils::scatter_reduce(ctx, self, dim, repeated, values, reduction, include_self, out);
  return out;
}

}  // namespace torch::executor::native
