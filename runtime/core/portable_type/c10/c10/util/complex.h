// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The c10 name of runtime/core/portable_type/complex.h.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/complex.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/complex.h>
#else
#include <executorch/runtime/core/portable_type/complex.h>

namespace c10 {

template <typename T>
using complex = ::executorch::runtime::etensor::complex<T>;

}  // namespace c10

#endif
