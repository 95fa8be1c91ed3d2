// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/segment_copy.h>

namespace torch::executor::native::utils {

void copy_segments(const TensorView& in, const TensorView& out, const SegmentMap& map) {
  if (out.numel() == 0) {
    return;
  }
  // One digit per dimension says which of its segments the current combination uses.
  std::array<uint8_t, ::executorch::runtime::kTensorDimensionLimit> digits{};
  size_t d = 0;
  do {
    TensorView from = in;
    TensorView to = out;
    for (d = 0; d < out.dim; ++d) {
      const Segment& segment = map.dims[d][digits[d]];
      from.slice(d, segment.in_start, segment.size, segment.in_step);
      to.slice(d, segment.out_start, segment.size);
    }
    copy(from, to);
    for (d = 0; d < out.dim; ++d) {
      // Segments without elements are skipped: there may be 3 ^ 16 combinations of them.
      do {
        ++digits[d];
      } while (digits[d] < map.dims[d].size() && map.dims[d][digits[d]].size == 0);
      if (digits[d] < map.dims[d].size()) {
        break;
      }
      digits[d] = 0;
    }
  } while (d < out.dim);
}

}  // namespace torch::executor::native::utils
