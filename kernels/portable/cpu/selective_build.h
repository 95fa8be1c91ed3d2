// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Which element types this build has kernels for: should_include_kernel_dtype("add.out", type) of
/// one operator, should_include_any_kernel_dtype(type) of any. See docs/selective-build.md.

// Includes selected_op_variants.h in a build with a selection of types.
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

#ifndef EXECUTORCH_SELECTIVE_BUILD_DTYPE

/// Whether kernels of any operator are compiled for tensors of this element type.
inline constexpr bool should_include_any_kernel_dtype(
    [[maybe_unused]] executorch::aten::ScalarType scalar_type) {
  return true;
}

#endif
