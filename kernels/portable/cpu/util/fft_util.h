// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Fourier transforms of lines of tensors, of any length, in double. Lengths with small factors
/// only take n log n steps, a large prime factor p n p.
class FourierTransform {
 public:
  /// What is done to a line: the sign of the exponent, and a factor.
  struct Direction {
    bool forward;
    double scale;
  };

  /// The dimensions are of `tensor`; wrapped to 0.. and copied, so that they may be negative. False
  /// with a sentence where one does not exist or is named twice.
  static bool normalize_dims(const Tensor& tensor, IntArrayRef dims, int64_t* normalized);

  /// The factor of torch's `normalization` (0: none, 1: 1 / sqrt(n), 2: 1 / n) for n elements.
  /// False with a sentence for another number.
  static bool parse_scale(int64_t normalization, double numel, double& scale);

  /// Transforms along dimension d; lines have `n` elements. Complex input to complex output, in
  /// place or not. Of real input, which has imaginary parts of 0, the first elements of the result
  /// that `out` has room for are kept; to real output, `in` holds the first n / 2 + 1 elements of a
  /// line whose other half mirrors them. Fails `ctx` when there is not enough scratch memory.
  static void run(KernelRuntimeContext& ctx, const TensorView& in, const TensorView& out, size_t d,
                  int64_t n, Direction direction);
};

}  // namespace torch::executor::native::utils
