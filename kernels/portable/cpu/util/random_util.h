// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/block_util.h>
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
  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  uint64_t state_;
  // Normal numbers come in pairs.
  double spare_ = 0;
  bool has_spare_ = false;
};

/// Sets the elements of `out` to uniformly distributed integers in [low, high).
Tensor& fill_with_integers(KernelRuntimeContext& ctx, int64_t low, int64_t high, Tensor& out);

/// Sets all elements of `out` to what `number` returns: doubles.
template <typename F>
void fill_randomly(const Tensor& out, const F& number) {
  double values[kBlockSize];
  for (int64_t i = 0; i < out.numel(); i += kBlockSize) {
    const int64_t n = std::min<int64_t>(kBlockSize, out.numel() - i);
    for (int64_t j = 0; j < n; ++j) {
      values[j] = number();
    }
    store_block<double>(values, n, out.mutable_data_ptr(), out.scalar_type(), i, 1);
  }
}

}  // namespace torch::executor::native::utils
