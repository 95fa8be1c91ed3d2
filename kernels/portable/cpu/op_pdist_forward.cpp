// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/distance_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& _pdist_forward_out(KernelRuntimeContext& ctx, const Tensor& in, double p, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_is_rank(in, 2), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, p >= 0, InvalidArgument, out, "pdist: p is %f, expected at least 0", p);
  const int64_t rows = in.size(0);
  const int64_t count[] = {rows * (rows - 1) / 2};
  ET_KERNEL_CHECK(ctx, resize_tensor(out, ArrayRef<int64_t>(count)) == Error::Ok, InvalidArgument,
                  out);
  const int64_t row_stride = in.strides()[0];
  const int64_t step = in.strides()[1];
  ET_SWITCH_FLOAT_TYPES(in.scalar_type(), ctx, "_pdist_forward.out", CTYPE, [&]() {
    const CTYPE* const data = in.const_data_ptr<CTYPE>();
    CTYPE* to = out.mutable_data_ptr<CTYPE>();
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = i + 1; j < rows; ++j) {
        *to++ = utils::p_distance(data + i * row_stride, step, data + j * row_stride, step,
                                  in.size(1), p);
      }
    }
  });
  return out;
}

}  // namespace torch::executor::native
