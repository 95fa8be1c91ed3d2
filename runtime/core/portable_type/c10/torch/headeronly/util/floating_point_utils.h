// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What <c10/util/floating_point_utils.h> has, in torch::headeronly.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<torch/headeronly/util/floating_point_utils.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <torch/headeronly/util/floating_point_utils.h>
#else
#include <c10/util/floating_point_utils.h>

namespace torch {
namespace headeronly {
namespace detail {
using ::c10::detail::fp32_from_bits;
using ::c10::detail::fp32_to_bits;
}  // namespace detail
}  // namespace headeronly
}  // namespace torch

#endif
