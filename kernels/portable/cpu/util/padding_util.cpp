// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/padding_util.h>

#include <algorithm>
#include <cinttypes>

#include <executorch/kernels/portable/cpu/util/segment_copy.h>

namespace torch {
namespace executor {

namespace {

/// Whether the two amounts leave dimension d a size from `least` on that a tensor can have.
bool check_amounts(const Tensor& in, size_t d, int64_t before, int64_t after, int64_t least) {
  constexpr int64_t kLimit = INT32_MAX;
  const int64_t size = in.sizes()[d];
  ET_LOG_MSG_AND_RETURN_IF_FALSE(before >= -kLimit && before <= kLimit && after >= -kLimit &&
                                     after <= kLimit && size + before + after >= least,
                                 "dimension %zu of size %" PRId64 " cannot be padded by %" PRId64
                                 " and %" PRId64,
                                 d, size, before, after);
  return true;
}

}  // namespace

bool check_constant_pad_args(const Tensor& in, IntArrayRef pad, const Scalar& value, Tensor& out) {
  (void)value;
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  const auto rank = static_cast<size_t>(in.dim());
  ET_LOG_MSG_AND_RETURN_IF_FALSE(pad.size() % 2 == 0 && pad.size() / 2 <= rank,
                                 "%zu pads for an input of rank %zu", pad.size(), rank);
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    ET_LOG_AND_RETURN_IF_FALSE(check_amounts(in, rank - 1 - i, pad[2 * i], pad[2 * i + 1], 0));
  }
  return true;
}

bool check_padding_args(int64_t padding_nd, const Tensor& in, IntArrayRef padding, Tensor& out,
                        bool reflection) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(static_cast<int64_t>(padding.size()) == 2 * padding_nd,
                                 "expected %" PRId64 " pads, got %zu", 2 * padding_nd,
                                 padding.size());
  ET_LOG_MSG_AND_RETURN_IF_FALSE(in.dim() == padding_nd + 1 || in.dim() == padding_nd + 2,
                                 "expected an input of rank %" PRId64 " or one more, got %zd",
                                 padding_nd + 1, in.dim());
  for (size_t i = 0; i < padding.size() / 2; ++i) {
    const size_t d = static_cast<size_t>(in.dim()) - 1 - i;
    const int64_t before = padding[2 * i];
    const int64_t after = padding[2 * i + 1];
    ET_LOG_AND_RETURN_IF_FALSE(check_amounts(in, d, before, after, 1));
    // What is left after cutting is where the padding comes from.
    const int64_t size = in.sizes()[d];
    const int64_t left = size + std::min<int64_t>(before, 0) + std::min<int64_t>(after, 0);
    ET_LOG_MSG_AND_RETURN_IF_FALSE(left > 0 && (!reflection || std::max(before, after) < size),
                                   "dimension %zu of size %" PRId64
                                   " is too small for pads of %" PRId64 " and %" PRId64,
                                   d, size, before, after);
  }
  return true;
}

namespace native::utils {

Tensor& pad(KernelRuntimeContext& ctx, int64_t padding_nd, Padding kind, const Tensor& in,
            IntArrayRef padding, Tensor& out) {
  const bool reflects = kind == Padding::Reflection;
  ET_KERNEL_CHECK(ctx, check_padding_args(padding_nd, in, padding, out, reflects), InvalidArgument,
                  out);
  const TensorView from(in);
  TensorView shape = from;
  SegmentMap map;
  for (size_t i = 0; i < from.dim; ++i) {
    const size_t d = from.dim - 1 - i;
    const int64_t before = 2 * i < padding.size() ? padding[2 * i] : 0;
    const int64_t after = 2 * i < padding.size() ? padding[2 * i + 1] : 0;
    const int64_t size = from.sizes[d];
    const int64_t left = std::max<int64_t>(before, 0);
    const int64_t right = std::max<int64_t>(after, 0);
    const int64_t first = std::max<int64_t>(-before, 0);
    const int64_t kept = size - first - std::max<int64_t>(-after, 0);
    const int64_t step = reflects ? -1 : 0;
    map.dims[d] = {{{first, left, kept, 1},
                    {reflects ? left : first, 0, left, step},
                    {reflects ? size - 2 : first + kept - 1, left + kept, right, step}}};
    shape.sizes[d] = size + before + after;
  }
  ET_KERNEL_CHECK(ctx, resize_to(shape, out), InvalidArgument, out);
  copy_segments(from, TensorView(out), map);
  return out;
}

}  // namespace native::utils

}  // namespace executor
}  // namespace torch
