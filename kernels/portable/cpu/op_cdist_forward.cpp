// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/distance_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& _cdist_forward_out(KernelRuntimeContext& ctx, const Tensor& x1, const Tensor& x2, double p,
                           optional<int64_t> compute_mode, Tensor& out) {
  (void)compute_mode;  // Chooses between algorithms with the same result.
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(x1, x2, out), InvalidArgument, out);
  ET_KERNEL_CHECK(
      ctx, tensor_has_rank_greater_or_equal_to(x1, 2) && tensor_has_rank_greater_or_equal_to(x2, 2),
      InvalidArgument, out);
  const ssize_t columns = x1.size(x1.dim() - 1);
  ET_KERNEL_CHECK_MSG(ctx, columns == x2.size(x2.dim() - 1), InvalidArgument, out,
                      "cdist: rows of x1 have %zd elements, rows of x2 %zd", columns,
                      x2.size(x2.dim() - 1));
  ET_KERNEL_CHECK_MSG(ctx, p >= 0, InvalidArgument, out, "cdist: p is %f, expected at least 0", p);

  // Batch dimensions broadcast; a size of 1 is read with stride 0.
  const ssize_t rank = std::max(x1.dim(), x2.dim());
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  int64_t strides1[::executorch::runtime::kTensorDimensionLimit];
  int64_t strides2[::executorch::runtime::kTensorDimensionLimit];
  for (ssize_t d = 0; d < rank - 2; ++d) {
    const ssize_t d1 = d - (rank - x1.dim());
    const ssize_t d2 = d - (rank - x2.dim());
    const SizesType s1 = d1 >= 0 ? x1.sizes()[d1] : 1;
    const SizesType s2 = d2 >= 0 ? x2.sizes()[d2] : 1;
    ET_KERNEL_CHECK_MSG(ctx, s1 == s2 || s1 == 1 || s2 == 1, InvalidArgument, out,
                        "cdist: batch sizes %" PRId32 " and %" PRId32 " do not broadcast", s1, s2);
    sizes[d] = s1 == 1 ? s2 : s1;
    strides1[d] = s1 == 1 ? 0 : x1.strides()[d1];
    strides2[d] = s2 == 1 ? 0 : x2.strides()[d2];
  }
  sizes[rank - 2] = x1.sizes()[x1.dim() - 2];
  sizes[rank - 1] = x2.sizes()[x2.dim() - 2];
  ET_KERNEL_CHECK(
      ctx, resize_tensor(out, ArrayRef<SizesType>(sizes, static_cast<size_t>(rank))) == Error::Ok,
      InvalidArgument, out);

  utils::LoopNest<3> nest;
  for (ssize_t d = 0; d < rank - 2; ++d) {
    nest.push(sizes[d], {strides1[d], strides2[d], out.strides()[d]});
  }
  nest.push(sizes[rank - 2], {x1.strides()[x1.dim() - 2], 0, out.strides()[rank - 2]});
  nest.push(sizes[rank - 1], {0, x2.strides()[x2.dim() - 2], out.strides()[rank - 1]});
  const int64_t step1 = x1.strides()[x1.dim() - 1];
  const int64_t step2 = x2.strides()[x2.dim() - 1];
  ET_SWITCH_FLOAT_TYPES(out.scalar_type(), ctx, "_cdist_forward.out", CTYPE, [&]() {
    nest.for_each([&](const utils::LoopNest<3>::Offsets& at) {
      out.mutable_data_ptr<CTYPE>()[at[2]] =
          utils::p_distance(x1.const_data_ptr<CTYPE>() + at[0], step1,
                            x2.const_data_ptr<CTYPE>() + at[1], step2, columns, p);
    });
  });
  return out;
}

}  // namespace torch::executor::native
