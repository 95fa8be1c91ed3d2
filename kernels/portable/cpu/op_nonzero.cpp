// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/nonzero_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& nonzero_out(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_nonzero_args(in, out), InvalidArgument, out);
  int64_t count = 0;
  const utils::TensorView view(in);
  ET_KERNEL_CHECK(ctx, utils::for_each_nonzero(view, [&](const int64_t*) { ++count; }),
                  InvalidArgument, out);
  const int64_t sizes[] = {count, in.dim()};
  ET_KERNEL_CHECK(ctx, resize_tensor(out, IntArrayRef(sizes)) == Error::Ok, InvalidArgument, out);
  const utils::TensorView result(out);
  int64_t row = 0;
  utils::for_each_nonzero(view, [&](const int64_t* coordinate) {
    // The input may overlap the output and change meanwhile.
    for (size_t d = 0; row < count && d < view.dim; ++d) {
      *reinterpret_cast<int64_t*>(result.data() + row * result.strides[0] +
                                  static_cast<int64_t>(d) * result.strides[1]) = coordinate[d];
    }
    ++row;
  });
  return out;
}

}  // namespace torch::executor::native
