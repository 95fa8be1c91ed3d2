// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What <c10/util/TypeSafeSignMath.h> has, in torch::headeronly.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<torch/headeronly/util/TypeSafeSignMath.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <torch/headeronly/util/TypeSafeSignMath.h>
#else
#include <c10/util/TypeSafeSignMath.h>

namespace torch {
namespace headeronly {
using ::c10::greater_than_max;
using ::c10::is_negative;
using ::c10::less_than_lowest;
using ::c10::signs_differ;
using ::c10::signum;
}  // namespace headeronly
}  // namespace torch

#endif
