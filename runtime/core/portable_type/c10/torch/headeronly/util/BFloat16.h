// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What <c10/util/BFloat16.h> has, in torch::headeronly.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<torch/headeronly/util/BFloat16.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <torch/headeronly/util/BFloat16.h>
#else
#include <c10/util/BFloat16.h>

namespace torch {
namespace headeronly {
using ::c10::BFloat16;
}  // namespace headeronly
}  // namespace torch

#endif
