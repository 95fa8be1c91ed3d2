// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

/// Gives `out` its shape; the elements are what its memory holds.
Tensor& empty_out(KernelRuntimeContext& ctx, IntArrayRef size, optional<MemoryFormat> memory_format,
                  Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  memory_format.value_or(MemoryFormat::Preserve) != MemoryFormat::Contiguous ||
                      tensor_is_default_dim_order(out),
                  InvalidArgument, out);
  utils::resize_or_fail(ctx, size, out);
  return out;
}

}  // namespace torch::executor::native
