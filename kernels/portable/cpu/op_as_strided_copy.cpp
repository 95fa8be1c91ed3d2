// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& as_strided_copy_out(KernelRuntimeContext& ctx, const Tensor& in, ArrayRef<int64_t> size,
                            ArrayRef<int64_t> stride, optional<int64_t> storage_offset,
                            Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_as_strided_copy_args(in, size, stride, storage_offset, out),
                  InvalidArgument, out);
  // The strides are those of memory, whatever the layout of the input.
  utils::TensorView view(in.const_data_ptr(), in.scalar_type());
  bool empty = false;
  for (const int64_t s : size) {
    empty = empty || s == 0;
  }
  for (size_t d = 0; d < size.size(); ++d) {
    view.insert(d, size[d], empty || size[d] == 1 ? 0 : stride[d] * view.element_size());
  }
  view.offset = empty ? 0 : storage_offset.value_or(0) * view.element_size();
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
