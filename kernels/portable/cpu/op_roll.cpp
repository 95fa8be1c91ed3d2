// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/segment_copy.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

/// The remainder that is not negative.
int64_t modulo(int64_t a, int64_t n) {
  const int64_t remainder = a % n;
  return remainder < 0 ? remainder + n : remainder;
}

}  // namespace

Tensor& roll_out(KernelRuntimeContext& ctx, const Tensor& in, IntArrayRef shifts, IntArrayRef dims,
                 Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(
      ctx,
      !shifts.empty() && (shifts.size() == dims.size() || (dims.empty() && shifts.size() == 1)),
      InvalidArgument, out, "%zu shifts for %zu dims", shifts.size(), dims.size());
  for (const int64_t dim : dims) {
    ET_KERNEL_CHECK(ctx, in.dim() > 0 && tensor_has_dim(in, dim), InvalidArgument, out);
  }
  const utils::TensorView from(in);
  ET_KERNEL_CHECK(ctx, utils::resize_to(from, out), InvalidArgument, out);
  const utils::TensorView to(out);
  if (in.numel() == 0) {
    return out;
  }
  if (dims.empty()) {
    const int64_t shift = modulo(shifts[0], in.numel());
    utils::Cursor<1> source({&from});
    utils::Cursor<1> target({&to});
    target.skip(shift);
    utils::copy_in_order(from, source, to, target, in.numel() - shift);
    utils::Cursor<1> start({&to});
    utils::copy_in_order(from, source, to, start, shift);
    return out;
  }
  utils::SegmentMap map;
  for (size_t d = 0; d < from.dim; ++d) {
    int64_t shift = 0;
    for (size_t i = 0; i < dims.size(); ++i) {
      if (ET_NORMALIZE_IX(dims[i], static_cast<int64_t>(from.dim)) == static_cast<int64_t>(d)) {
        shift = modulo(shift + modulo(shifts[i], from.sizes[d]), from.sizes[d]);
      }
    }
    const int64_t kept = from.sizes[d] - shift;
    map.dims[d] = {{{0, shift, kept, 1}, {kept, 0, shift, 1}}};
  }
  utils::copy_segments(from, to, map);
  return out;
}

}  // namespace torch::executor::native
