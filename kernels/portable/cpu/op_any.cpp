// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

Tensor& any(KernelRuntimeContext& ctx, const Tensor& in,
            const optional<ArrayRef<int64_t>>& dim_list, bool keepdim, Tensor& out) {
  if (!utils::is_complex(in)) {
    return utils::any_over_dims(ctx, in, dim_list, keepdim, out);
  }
  ET_KERNEL_CHECK(ctx, tensor_is_type(out, ScalarType::Bool, ScalarType::Byte), InvalidArgument,
                  out);
  return utils::reduce_complex(ctx, in, dim_list, keepdim, nullopt, out, 0,
                               [](const utils::StdComplex& acc, const utils::StdComplex& x) {
                                 return utils::StdComplex(acc != 0.0 || x != 0.0 ? 1 : 0);
                               });
}

}  // namespace

Tensor& any_all_out(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  return any(ctx, in, nullopt, false, out);
}

Tensor& any_dims_out(KernelRuntimeContext& ctx, const Tensor& in,
                     optional<ArrayRef<int64_t>> dim_list, bool keepdim, Tensor& out) {
  if (!dim_list.has_value() || !dim_list->empty() || in.dim() == 0) {
    return any(ctx, in, dim_list, keepdim, out);
  }
  // Unlike for other reductions, an empty list of dimensions reduces none: each element is alone.
  if (utils::is_complex(in)) {
    return utils::test_complex(
        ctx, in, in, out,
        [](const utils::StdComplex& z, const utils::StdComplex&) { return z != 0.0; });
  }
  ET_KERNEL_CHECK(ctx,
                  ::executorch::runtime::isBarebonesUnsignedType(in.scalar_type()) ||
                      tensor_is_realhbbf16_type(in),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_is_type(out, ScalarType::Bool, ScalarType::Byte), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, in.sizes()) == Error::Ok, InvalidArgument, out);
  utils::LoopNest<2> elements;
  for (ssize_t d = 0; d < in.dim(); ++d) {
    elements.push(in.size(d), {in.strides()[d], out.strides()[d]});
  }
  elements.normalize();
  elements.for_each([&](const utils::LoopNest<2>::Offsets& at) {
    utils::store_element(utils::load_element<bool>(in.const_data_ptr(), in.scalar_type(), at[0]),
                         out.mutable_data_ptr(), out.scalar_type(), at[1]);
  });
  return out;
}

Tensor& any_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, bool keepdim,
                Tensor& out) {
  return any(ctx, in, ArrayRef<int64_t>(&dim, 1), keepdim, out);
}

}  // namespace torch::executor::native
