// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What <c10/util/complex.h> has, in torch::headeronly.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<torch/headeronly/util/complex.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <torch/headeronly/util/complex.h>
#else
#include <c10/util/complex.h>

namespace torch {
namespace headeronly {
using ::c10::complex;
}  // namespace headeronly
}  // namespace torch

#endif
