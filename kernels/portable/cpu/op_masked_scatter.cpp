// SPDX-License-Identifier: BSD-3-Clause
#include <cstring>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& masked_scatter_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& mask,
                           const Tensor& src, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, src, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_is_bool_type(mask), InvalidArgument, out);
  utils::TensorView self(in);
  utils::TensorView selected(mask);
  ET_KERNEL_CHECK(ctx, utils::broadcast_together(self, selected), InvalidArgument, out);
  utils::copy_to(ctx, self, out);
  if (ctx.failure_state() != Error::Ok) {
    return out;
  }
  const utils::TensorView to(out);
  const utils::TensorView from(src);
  bool enough = true;
  utils::dispatch_element_size(to.element_size(), [&](auto size) {
    utils::Cursor<1> source({&from});
    // Most sources are read in the order in which they lie.
    const bool in_order = from.is_contiguous();
    const uint8_t* next = from.data();
    int64_t left = src.numel();
    utils::Cursor<2> cursor({&selected, &to});
    while (cursor.left() > 0 && enough) {
      const int64_t n = cursor.run();
      const int64_t mask_step = cursor.step(0);
      const int64_t element_step = cursor.step(1);
      const uint8_t* is_selected = selected.data() + cursor.at(0);
      uint8_t* target = to.data() + cursor.at(1);
      for (int64_t i = 0; i < n && enough; ++i) {
        if (is_selected[i * mask_step] != 0) {
          enough = left-- > 0;
          if (enough) {
            std::memmove(target + i * element_step, next, decltype(size)::value);
            if (in_order) {
              next += decltype(size)::value;
            } else {
              source.advance();
              next = from.data() + source.at(0);
            }
          }
        }
      }
      cursor.advance(n);
    }
  });
  ET_KERNEL_CHECK_MSG(ctx, enough, InvalidArgument, out,
                      "the mask selects more than the %zd elements of source", src.numel());
  return out;
}

}  // namespace torch::executor::native
