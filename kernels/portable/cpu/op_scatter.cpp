// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/scalar_element.h>
#include <executorch/kernels/portable/cpu/util/scatter_reduce_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

Tensor& scatter_values(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                       const Tensor& index, const utils::TensorView& values, Tensor& out) {
  utils::TensorView positions(index);
  utils::copy_to(ctx, in, out);
  if (ctx.failure_state() != Error::Ok || positions.numel() == 0) {
    return out;
  }
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(in))));
  utils::TensorView result(out);
  ET_KERNEL_CHECK(ctx, utils::scatter(result.at_least_1d(), d, positions.at_least_1d(), values),
                  InvalidArgument, out);
  return out;
}

}  // namespace

Tensor& scatter_src_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                        const Tensor& index, const Tensor& src, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_scatter_src_args(in, dim, index, src, out), InvalidArgument, out);
  utils::TensorView values(src);
  return scatter_values(ctx, in, dim, index, values.at_least_1d(), out);
}

Tensor& scatter_value_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                          const Tensor& index, const Scalar& value, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_scatter_value_args(in, dim, index, value, out), InvalidArgument, out);
  utils::ScalarElement element;
  ET_KERNEL_CHECK(ctx, element.assign(value, out.scalar_type()), InvalidArgument, out);
  utils::TensorView values = element.view();
  for (ssize_t d = 0; d < nonzero_dim(in); ++d) {
    values.insert(0, 1);
  }
  return scatter_values(ctx, in, dim, index, values, out);
}

Tensor& scatter_reduce_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                           const Tensor& index, const Tensor& src, string_view reduce,
                           Tensor& out) {
  utils::ScatterReduction reduction = {};
  ET_KERNEL_CHECK(
      ctx,
      check_scatter_src_args(in, dim, index, src, out) && utils::parse_reduction(reduce, reduction),
      InvalidArgument, out);
  utils::TensorView positions(index);
  utils::TensorView values(src);
  utils::scatter_reduce(ctx, in, dim, positions.at_least_1d(), values.at_least_1d(), reduction,
                        /*include_self=*/true, out);
  return out;
}

Tensor& scatter_value_reduce_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                                 const Tensor& index, const Scalar& value, string_view reduce,
                                 Tensor& out) {
  utils::ScatterReduction reduction = {};
  utils::ScalarElement element;
  ET_KERNEL_CHECK(ctx,
                  check_scatter_value_args(in, dim, index, value, out) &&
                      utils::parse_reduction(reduce, reduction) &&
                      element.assign(value, out.scalar_type()),
                  InvalidArgument, out);
  utils::TensorView positions(index);
  positions.at_least_1d();
  utils::TensorView values = element.view();
  for (size_t d = 0; d < positions.dim; ++d) {
    values.insert(0, 1);
  }
  utils::scatter_reduce(ctx, in, dim, positions, values, reduction, /*include_self=*/true, out);
  return out;
}

}  // namespace torch::executor::native
