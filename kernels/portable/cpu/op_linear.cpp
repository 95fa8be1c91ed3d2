// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>

namespace torch::executor::native {

namespace {

bool check_linear(const Tensor& in, const Tensor& weight, const optional<Tensor>& bias,
                  const Tensor& out) {
  ET_CHECK_OR_RETURN_FALSE(in.dim() > 0, "the input has no dimensions");
  ET_CHECK_OR_RETURN_FALSE(weight.dim() == 1 || weight.dim() == 2,
                           "weight has rank %zd, expected 1 or 2", weight.dim());
  ET_CHECK_OR_RETURN_FALSE(in.size(in.dim() - 1) == weight.size(weight.dim() - 1),
                           "the input has %zd features, weight is for %zd", in.size(in.dim() - 1),
                           weight.size(weight.dim() - 1));
  if (!tensors_have_same_dtype(in, weight, out) || !tensor_is_realhbf16_type(in)) {
    return false;
  }
  if (!bias.has_value()) {
    return true;
  }
  const ssize_t features = weight.dim() == 2 ? weight.size(0) : 1;
  ET_CHECK_OR_RETURN_FALSE(bias->dim() <= 1 && (bias->numel() == features || bias->numel() == 1),
                           "bias has rank %zd and %zd elements, expected 1 and %zd", bias->dim(),
                           bias->numel(), features);
  return tensors_have_same_dtype(in, *bias);
}

}  // namespace

/// in * weight^T + bias over the last dimension of `in`. A weight of rank 1 is one row, and its
/// dimension is missing in the result.
Tensor& linear_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& weight,
                   const optional<Tensor>& bias, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_linear(in, weight, bias, out), InvalidArgument, out);
  const bool is_row = weight.dim() == 1;
  const auto leading = static_cast<size_t>(in.dim() - 1);
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  std::copy_n(in.sizes().begin(), leading, sizes);
  sizes[leading] = is_row ? 1 : weight.sizes()[0];
  const size_t rank = leading + (is_row ? 0 : 1);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, ArrayRef<SizesType>(sizes, rank)) == Error::Ok,
                  InvalidArgument, out);

  utils::LoopNest<2> rows;
  for (size_t d = 0; d < leading; ++d) {
    rows.push(in.sizes()[d], {in.strides()[d], out.strides()[d]});
  }
  rows.merge();
  const auto strides = rows.run_strides();
  const int64_t m = rows.run_size();
  const int64_t n = sizes[leading];
  const int64_t k = in.sizes()[leading];
  utils::Matrix a = {in.const_data_ptr(), in.scalar_type(), 0, strides[0], in.strides()[leading]};
  utils::Matrix product = {out.const_data_ptr(), out.scalar_type(), 0, strides[1],
                           is_row ? 1 : out.strides()[leading]};
  const utils::Matrix factor = {weight.const_data_ptr(), weight.scalar_type(), 0,
                                weight.strides()[weight.strides().size() - 1],
                                is_row ? 0 : weight.strides()[0]};
  utils::Matrix addend = {nullptr, in.scalar_type(), 0, 0, 0};
  if (bias.has_value()) {
    addend.data = bias->const_data_ptr();
    addend.col_stride = bias->numel() == 1 ? 0 : bias->strides()[0];
  }
  utils::dispatch_product_type(in.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    utils::GemmWorkspace<T> workspace(ctx, m, n, k);
    rows.for_each_run([&](const utils::LoopNest<2>::Offsets& at) {
      a.offset = at[0];
      product.offset = at[1];
      utils::multiply<T>(workspace, m, n, k, a, factor,
                         {product, T(1), bias.has_value() ? &addend : nullptr, T(1)});
    });
  });
  return out;
}

}  // namespace torch::executor::native
