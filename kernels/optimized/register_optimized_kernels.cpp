// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/optimized/register_optimized_kernels.h>

#include <executorch/kernels/portable/RegisterKernels.h>

#ifdef ET_HAS_BASELINE
#include <executorch/kernels/optimized_baseline/RegisterKernels.h>
#endif
#ifdef ET_HAS_X86_64_V3
#include <cpuid.h>

#include <executorch/kernels/optimized_x86_64_v3/RegisterKernels.h>
#endif

namespace executorch::kernels {

namespace {

#ifdef ET_HAS_X86_64_V3
/// The instructions that optimized_kernels.cmake asks the compiler for.
bool has_x86_64_v3() {
  // These ask the operating system, too, whether it keeps the registers.
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
      !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("popcnt")) {
    return false;
  }
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned kBits = bit_F16C | bit_MOVBE;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kBits) != kBits) {
    return false;
  }
  return __get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_LZCNT) != 0;
}
#endif

[[maybe_unused]] const bool registered = (register_optimized_kernels(), true);

}  // namespace

// What is registered last is used first.
void register_optimized_kernels() {
  register_portable_kernels();
#ifdef ET_HAS_BASELINE
  register_optimized_baseline_kernels();
#endif
#ifdef ET_HAS_X86_64_V3
  if (has_x86_64_v3()) {
    register_optimized_x86_64_v3_kernels();
  }
#endif
}

}  // namespace executorch::kernels
