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
  for (utils::Cursor<1> cursor({&selected}); cursor.left() > 0; cursor.advance(cursor.run())) {
    const uint8_t* is_selected = selected.data() + cursor.at(0);
    for (int64_t i = 0; i < cursor.run(); ++i) {
      count += is_selected[i * cursor.step(0)] != 0;
    }
  }
  ET_KERNEL_CHECK(ctx, resize_tensor(out, IntArrayRef(count)) == Error::Ok, InvalidArgument, out);
  const utils::TensorView to(out);
  const int64_t step = to.element_size();
  utils::dispatch_element_size(step, [&](auto size) {
    uint8_t* target = to.data();
    utils::Cursor<2> cursor({&selected, &from});
    // The mask may overlap the output and change meanwhile.
    while (cursor.left() > 0 && count > 0) {
      const int64_t n = cursor.run();
      const int64_t mask_step = cursor.step(0);
      const int64_t element_step = cursor.step(1);
      const uint8_t* is_selected = selected.data() + cursor.at(0);
      const uint8_t* source = from.data() + cursor.at(1);
      for (int64_t i = 0; i < n && count > 0; ++i) {
        if (is_selected[i * mask_step] != 0) {
          std::memcpy(target, source + i * element_step, decltype(size)::value);
          target += step;
          --count;
        }
      }
      cursor.advance(n);
    }
  });
  return out;
}

}  // namespace torch::executor::native
