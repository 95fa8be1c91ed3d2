// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <tuple>

#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace utils {

/// Stacks tensors of the same shape along a new dimension `dim` of `out`, which gets the shape. The
/// tensors may have other element types than `out`, to which they are converted.
inline Tensor& stack_out_impl(KernelRuntimeContext& ctx, ArrayRef<Tensor> tensors, int64_t dim,
                              Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_stack_args(tensors, dim, out), InvalidArgument, out);
  const auto d = static_cast<size_t>(dim < 0 ? dim + tensors[0].dim() + 1 : dim);
  TensorView shape(tensors[0]);
  ET_KERNEL_CHECK(ctx, resize_to(shape.insert(d, static_cast<int64_t>(tensors.size())), out),
                  InvalidArgument, out);
  for (size_t i = 0; i < tensors.size(); ++i) {
    TensorView row(out);
    copy(TensorView(tensors[i]), row.select(d, static_cast<int64_t>(i)));
  }
  return out;
}

/// Shape and rank of the result of stacking, without computing it.
inline std::tuple<Error, std::array<SizesType, ::executorch::runtime::kTensorDimensionLimit>,
                  size_t>
stack_out_shape(ArrayRef<Tensor> tensors, int64_t dim) {
  std::array<SizesType, ::executorch::runtime::kTensorDimensionLimit> sizes{};
  if (tensors.empty() ||
      static_cast<size_t>(tensors[0].dim()) >= ::executorch::runtime::kTensorDimensionLimit ||
      !dim_is_valid(dim, tensors[0].dim() + 1)) {
    return {Error::InvalidArgument, sizes, 0};
  }
  size_t ndim = 0;
  get_stack_out_target_size(tensors, dim, sizes.data(), &ndim);
  return {Error::Ok, sizes, ndim};
}

}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch
