// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native::utils {

/// `size` coordinates of a dimension that are read from `in_start` on, in_step (1, 0 or -1) apart,
/// and written from `out_start` on.
struct Segment {
  int64_t in_start;
  int64_t out_start;
  int64_t size;
  int64_t in_step;
};

/// For each dimension that the tensors have, how an output is put together from up to three
/// segments of the input; the others are not read.
struct SegmentMap {
  std::array<std::array<Segment, 3>, ::executorch::runtime::kTensorDimensionLimit> dims;
};

/// Copies every combination of the dimensions' segments.
void copy_segments(const TensorView& in, const TensorView& out, const SegmentMap& map);

}  // namespace torch::executor::native::utils
