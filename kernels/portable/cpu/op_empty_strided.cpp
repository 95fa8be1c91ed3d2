// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

/// Gives `out` its shape; the elements are what its memory holds, which is laid out as planned.
Tensor& empty_strided_out(KernelRuntimeContext& ctx, IntArrayRef size, IntArrayRef stride,
                          Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, size.size() == stride.size(), InvalidArgument, out,
                      "empty_strided: %zu sizes and %zu strides", size.size(), stride.size());
  utils::resize_or_fail(ctx, size, out);
  return out;
}

}  // namespace torch::executor::native
