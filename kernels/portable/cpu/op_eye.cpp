// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/scalar_element.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

Tensor& eye_out(KernelRuntimeContext& ctx, int64_t n, Tensor& out) {
  return eye_m_out(ctx, n, n, out);
}

Tensor& eye_m_out(KernelRuntimeContext& ctx, int64_t n, int64_t m, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, n >= 0 && m >= 0, InvalidArgument, out,
                      "A matrix of %" PRId64 " rows and %" PRId64 " columns", n, m);
  const int64_t sizes[] = {n, m};
  utils::ScalarElement one;
  utils::ScalarElement zero;
  ET_KERNEL_CHECK(ctx,
                  resize_tensor(out, ArrayRef<int64_t>(sizes)) == Error::Ok &&
                      one.assign(Scalar(1), out.scalar_type()) &&
                      zero.assign(Scalar(0), out.scalar_type()),
                  InvalidArgument, out);
  utils::TensorView diagonal(out);
  utils::fill(diagonal, zero.data());
  diagonal.strides[0] += diagonal.strides[1];
  diagonal.sizes[0] = std::min(n, m);
  diagonal.remove(1);
  utils::fill(diagonal, one.data());
  return out;
}

}  // namespace torch::executor::native
