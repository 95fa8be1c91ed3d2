// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/random_util.h>

#include <cmath>

#include <executorch/runtime/platform/compiler.h>
#include <executorch/runtime/platform/platform.h>

namespace torch::executor::native::utils {

namespace {
// Distinguishes generators that are made within one tick of the clock.
ET_THREAD_LOCAL uint64_t generator_count = 0;
}  // namespace

RandomGenerator::RandomGenerator()
    : state_(static_cast<uint64_t>(::executorch::runtime::pal_current_ticks())) {
  state_ = next() + ++generator_count;
}

uint64_t RandomGenerator::next() {
  state_ += 0x9E3779B97F4A7C15u;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

double RandomGenerator::normal() {
  constexpr double kTwoPi = 6.283185307179586;
  // 1 - uniform() is never 0.
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(kTwoPi * uniform());
}

}  // namespace torch::executor::native::utils
