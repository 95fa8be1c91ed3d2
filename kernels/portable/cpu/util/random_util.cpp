// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/random_util.h>

#include <cinttypes>
#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>
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

int64_t RandomGenerator::integer(int64_t low, int64_t high) {
  const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  // Numbers beyond the last multiple of the span would make some results more likely.
  const uint64_t rest = (UINT64_MAX % span + 1) % span;
  uint64_t number = next();
  while (number > UINT64_MAX - rest) {
    number = next();
  }
  return static_cast<int64_t>(static_cast<uint64_t>(low) + number % span);
}

double RandomGenerator::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  constexpr double kTwoPi = 6.283185307179586;
  // 1 - uniform() is never 0.
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  const double angle = kTwoPi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

Tensor& fill_with_integers(KernelRuntimeContext& ctx, int64_t low, int64_t high, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_realhbbf16_type(out), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, low < high, InvalidArgument, out,
                      "There are no integers from %" PRId64 " to below %" PRId64, low, high);
  RandomGenerator generator;
  for (ssize_t i = 0; i < out.numel(); ++i) {
    store_element<int64_t>(generator.integer(low, high), out.mutable_data_ptr(), out.scalar_type(),
                           i);
  }
  return out;
}

}  // namespace torch::executor::native::utils
