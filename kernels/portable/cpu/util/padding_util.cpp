// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/padding_util.h>

#include <algorithm>
#include <cinttypes>
#include <cstring>

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

namespace {

/// Pads the last one to three dimensions of contiguous elements of N bytes, row by row.
template <size_t N>
void pad_rows(size_t padding_nd, Padding kind, const TensorView& in, IntArrayRef padding,
              const TensorView& out) {
  const auto place = kind == Padding::Reflection ? reflection_ix : replication_ix;
  // Sizes of the last three dimensions; what is not padded counts as an outer one.
  int64_t in_size[3] = {1, 1, 1};
  int64_t out_size[3] = {1, 1, 1};
  int64_t before[3] = {};
  int64_t outer = 1;
  for (size_t i = 0; i < in.dim; ++i) {
    const size_t d = in.dim - 1 - i;
    if (i < padding_nd) {
      in_size[2 - i] = in.sizes[d];
      out_size[2 - i] = out.sizes[d];
      before[2 - i] = padding[2 * i];
    } else {
      outer *= in.sizes[d];
    }
  }
  const int64_t width = out_size[2];
  const int64_t left = std::max<int64_t>(before[2], 0);
  const int64_t right = width - std::max<int64_t>(padding[1], 0);
  uint8_t* to = out.data();
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t z = 0; z < out_size[0]; ++z) {
      const int64_t plane = o * in_size[0] + place(z, in_size[0], before[0]);
      for (int64_t y = 0; y < out_size[1]; ++y, to += width * static_cast<int64_t>(N)) {
        const int64_t row = plane * in_size[1] + place(y, in_size[1], before[1]);
        const uint8_t* const from = in.data() + row * in_size[2] * static_cast<int64_t>(N);
        const auto move = [&](int64_t begin, int64_t end) {
          for (int64_t x = begin; x < end; ++x) {
            std::memcpy(to + x * static_cast<int64_t>(N),
                        from + place(x, in_size[2], before[2]) * static_cast<int64_t>(N), N);
          }
        };
        move(0, left);
        // The output may be the input: its elements are wrong then, but nothing else is.
        std::memmove(to + left * static_cast<int64_t>(N),
                     from + (left - before[2]) * static_cast<int64_t>(N),
                     static_cast<size_t>(right - left) * N);
        move(right, width);
      }
    }
  }
}

}  // namespace

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
  const TensorView to(out);
  if (out.numel() == 0) {
    return out;
  }
  if (from.is_contiguous() && to.is_contiguous()) {
    dispatch_element_size(from.element_size(), [&](auto size) {
      pad_rows<decltype(size)::value>(static_cast<size_t>(padding_nd), kind, from, padding, to);
    });
    return out;
  }
  copy_segments(from, to, map);
  return out;
}

}  // namespace native::utils

}  // namespace executor
}  // namespace torch
