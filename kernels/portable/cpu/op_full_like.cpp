// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

/// The dim order of the result is that of `out`; a memory format can only ask for a contiguous one.
Tensor& full_like_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& fill_value,
                      optional<MemoryFormat> memory_format, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  memory_format.value_or(MemoryFormat::Preserve) != MemoryFormat::Contiguous ||
                      tensor_is_default_dim_order(out),
                  InvalidArgument, out);
  return utils::resize_or_fail(ctx, self.sizes(), out) ? utils::fill_elements(ctx, fill_value, out)
                                                       : out;
}

}  // namespace torch::executor::native
