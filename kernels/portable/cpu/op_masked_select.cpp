// SPDX-License-Identifier: BSD-3-Clause
#include <cstring>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& masked_select_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& mask,
                          Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_is_bool_type(mask), InvalidArgument, out);
  utils::TensorView from(in);
  utils::TensorView selected(mask);
  ET_KERNEL_CHECK(ctx, utils::broadcast_together(from, selected), InvalidArgument, out);
  int64_t count = 0;
  for (utils::Cursor<1> cursor({&selected}); cursor.left() > 0; cursor.advance()) {
    count += selected.data()[cursor.at(0)] != 0;
  }
  ET_KERNEL_CHECK(ctx, resize_tensor(out, IntArrayRef(count)) == Error::Ok, InvalidArgument, out);
  const utils::TensorView to(out);
  const int64_t step = to.element_size();
  utils::dispatch_element_size(step, [&](auto size) {
    uint8_t* target = to.data();
    utils::Cursor<2> cursor({&selected, &from});
    // The mask may overlap the output and change meanwhile.
    for (; cursor.left() > 0 && count > 0; cursor.advance()) {
      if (selected.data()[cursor.at(0)] != 0) {
        std::memcpy(target, from.data() + cursor.at(1), decltype(size)::value);
        target += step;
        --count;
      }
    }
  });
  return out;
}

}  // namespace torch::executor::native
