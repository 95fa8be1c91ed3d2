// SPDX-License-Identifier: BSD-3-Clause
#include <cstring>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

/// Writes (or, with `accumulate`, adds) the elements of `source` to those of `self`, counted in
/// logical order.
Tensor& put_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& index,
                const Tensor& source, bool accumulate, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(self, source, out) &&
                      tensor_is_type(index, ScalarType::Long) &&
                      (!accumulate || utils::can_add(self.scalar_type())),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, index.numel() == source.numel(), InvalidArgument, out,
                      "There are %zd indices and %zd elements of source", index.numel(),
                      source.numel());
  utils::copy_to(ctx, self, out);
  if (ctx.failure_state() != Error::Ok) {
    return out;
  }
  const utils::TensorView result(out);
  const utils::TensorView positions(index);
  const utils::TensorView values(source);
  const int64_t numel = out.numel();
  utils::Cursor<1> from({&values});
  for (utils::Cursor<1> cursor({&positions}); cursor.left() > 0; cursor.advance(), from.advance()) {
    int64_t position = *reinterpret_cast<const int64_t*>(positions.data() + cursor.at(0));
    position += position < 0 ? numel : 0;
    ET_KERNEL_CHECK(ctx, utils::index_in_range(position, numel), InvalidArgument, out);
    int64_t to = 0;
    for (size_t d = result.dim; d-- > 0;) {
      to += position % result.sizes[d] * result.strides[d];
      position /= result.sizes[d];
    }
    if (accumulate) {
      utils::add_run(result.dtype, 1, values.data() + from.at(0), 0, result.data() + to, 0);
    } else {
      std::memcpy(result.data() + to, values.data() + from.at(0),
                  static_cast<size_t>(result.element_size()));
    }
  }
  return out;
}

}  // namespace torch::executor::native
