// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace executorch::kernels {

/// Registers the portable kernels and, in place of those of optimized.yaml, kernels for the
/// instruction set of the processor. It happens at start-up in what links
/// optimized_native_cpu_ops_lib; calling it again is harmless.
void register_optimized_kernels();

}  // namespace executorch::kernels
