// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Those of <c10/macros/Export.h>.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<torch/headeronly/macros/Export.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <torch/headeronly/macros/Export.h>
#else
#include <c10/macros/Export.h>

#endif
