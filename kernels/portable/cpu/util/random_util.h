// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Pseudo-random numbers (SplitMix64), enough for dropout and for noise, not for cryptography.
/// Every generator starts from another seed, taken from the clock of the platform.
class RandomGenerator {
 public:
  RandomGenerator();

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Uniform in [low, high), low < high.
  int64_t integer(int64_t low, int64_t high);
  /// Normal with mean 0 and standard deviation 1.
  double normal();

 private:
  uint64_t next();

  uint64_t state_;
};

/// Sets the elements of `out` to uniformly distributed integers in [low, high).
Tensor& fill_with_integers(KernelRuntimeContext& ctx, int64_t low, int64_t high, Tensor& out);

}  // namespace torch::executor::native::utils
