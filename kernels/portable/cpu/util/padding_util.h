// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// `pad` holds the amounts before and after the last dimension, then the one before it, and so on;
/// negative amounts cut off.
bool check_constant_pad_args(const Tensor& in, IntArrayRef pad, const Scalar& value, Tensor& out);

/// For pads of the last `padding_nd` dimensions of an input that has one or two more.
bool check_padding_args(int64_t padding_nd, const Tensor& in, IntArrayRef padding, Tensor& out,
                        bool reflection = false);

/// Gives `out` the shape of the padded input.
inline Error resize_constant_pad_output(const Tensor& in, IntArrayRef pad, Tensor& out) {
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  std::copy(in.sizes().begin(), in.sizes().end(), sizes);
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    sizes[static_cast<size_t>(in.dim()) - 1 - i] +=
        static_cast<SizesType>(pad[2 * i] + pad[2 * i + 1]);
  }
  return resize_tensor(out, ArrayRef<SizesType>(sizes, static_cast<size_t>(in.dim())));
}

/// Shape and rank of the result of a pad of the last `padding_nd` dimensions.
inline void get_padding_out_target_size(int64_t padding_nd, const Tensor& in, IntArrayRef padding,
                                        SizesType* out_sizes, size_t* out_ndim) {
  *out_ndim = static_cast<size_t>(in.dim());
  std::copy(in.sizes().begin(), in.sizes().end(), out_sizes);
  for (size_t i = 0; i < static_cast<size_t>(padding_nd); ++i) {
    out_sizes[*out_ndim - 1 - i] += static_cast<SizesType>(padding[2 * i] + padding[2 * i + 1]);
  }
}

// Which of `size` positions stands at position j of a line that was padded by `pad` before it.
inline int64_t replication_ix(int64_t j, int64_t size, int64_t pad) {
  return std::max<int64_t>(0, std::min(size - 1, j - pad));
}
inline int64_t reflection_ix(int64_t j, int64_t size, int64_t pad) {
  const int64_t from = std::abs(j - pad);
  return from < size ? from : 2 * (size - 1) - from;
}

// Pads of the last 1, 2 or 3 dimensions with padding_ix(j, size, pad), one of the above. The
// elements are CTYPE, in the default dim order; `out` has the shape of the result.

namespace internal {
template <typename CTYPE, typename PaddingIx>
void pad_last(size_t nd, const PaddingIx& padding_ix, const Tensor& in, Tensor& out,
              IntArrayRef padding) {
  const CTYPE* const from = in.const_data_ptr<CTYPE>();
  CTYPE* to = out.mutable_data_ptr<CTYPE>();
  const auto rank = static_cast<size_t>(in.dim());
  // Sizes of the three last dimensions; those that are not padded count as outer ones.
  int64_t in_size[3] = {1, 1, 1};
  int64_t out_size[3] = {1, 1, 1};
  int64_t pad[3] = {};
  int64_t outer = 1;
  for (size_t i = 0; i < rank; ++i) {
    const size_t d = rank - 1 - i;
    if (i < nd) {
      in_size[2 - i] = in.sizes()[d];
      out_size[2 - i] = out.sizes()[d];
      pad[2 - i] = padding[2 * i];
    } else {
      outer *= in.sizes()[d];
    }
  }
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t z = 0; z < out_size[0]; ++z) {
      const int64_t plane = o * in_size[0] + (nd > 2 ? padding_ix(z, in_size[0], pad[0]) : 0);
      for (int64_t y = 0; y < out_size[1]; ++y) {
        const int64_t row = plane * in_size[1] + (nd > 1 ? padding_ix(y, in_size[1], pad[1]) : 0);
        for (int64_t x = 0; x < out_size[2]; ++x) {
          *to++ = from[row * in_size[2] + padding_ix(x, in_size[2], pad[2])];
        }
      }
    }
  }
}
}  // namespace internal

template <typename CTYPE, typename PaddingIx>
void pad1d(const PaddingIx& padding_ix, const Tensor& in, Tensor& out, IntArrayRef padding) {
  internal::pad_last<CTYPE>(1, padding_ix, in, out, padding);
}
template <typename CTYPE, typename PaddingIx>
void pad2d(const PaddingIx& padding_ix, const Tensor& in, Tensor& out, IntArrayRef padding) {
  internal::pad_last<CTYPE>(2, padding_ix, in, out, padding);
}
template <typename CTYPE, typename PaddingIx>
void pad3d(const PaddingIx& padding_ix, const Tensor& in, Tensor& out, IntArrayRef padding) {
  internal::pad_last<CTYPE>(3, padding_ix, in, out, padding);
}

namespace native::utils {

/// What stands beyond the border: its mirror image, without the border itself; or the border again.
enum class Padding { Reflection, Replication };

/// The body of the pads of 1, 2 and 3 dimensions.
Tensor& pad(KernelRuntimeContext& ctx, int64_t padding_nd, Padding kind, const Tensor& in,
            IntArrayRef padding, Tensor& out);

}  // namespace native::utils

}  // namespace executor
}  // namespace torch
