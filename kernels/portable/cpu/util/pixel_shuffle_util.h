// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native::utils {

/// A tensor [..., C * r * r, H, W] as [..., C, r, r, H, W].
inline TensorView split_channels(const Tensor& t, int64_t r) {
  TensorView view(t);
  const size_t c = view.dim - 3;
  return view.split(c, r * r).split(c + 1, r);
}

/// A tensor [..., C, H * r, W * r] as [..., C, r, r, H, W].
inline TensorView split_pixels(const Tensor& t, int64_t r) {
  TensorView view(t);
  const size_t c = view.dim - 3;
  view.split(c + 2, r).split(c + 1, r);  // [..., C, H, r, W, r]
  return view.transpose(c + 1, c + 2).transpose(c + 2, c + 4).transpose(c + 3, c + 4);
}

}  // namespace torch::executor::native::utils
