// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/repeat_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch {
namespace executor {

Error repeat_tensor(const Tensor& in, ArrayRef<int64_t> repeats, Tensor& out) {
  if (!check_repeat_args(in, repeats, out)) {
    return Error::InvalidArgument;
  }
  native::utils::TensorView from(in);
  while (from.dim < repeats.size()) {
    from.insert(0, 1);
  }
  native::utils::TensorView shape = from;
  for (size_t d = 0; d < shape.dim; ++d) {
    shape.sizes[d] *= repeats[d];
  }
  ET_CHECK_OK_OR_RETURN_ERROR(resize_tensor(out, IntArrayRef(shape.sizes.data(), shape.dim)));
  // Each dimension of the output is a number of repeats of the input's.
  native::utils::TensorView to(out);
  for (size_t d = repeats.size(); d-- > 0;) {
    to.split(d, from.sizes[d]);
    from.insert(d, repeats[d]);
  }
  native::utils::copy(from, to);
  return Error::Ok;
}

}  // namespace executor
}  // namespace torch
