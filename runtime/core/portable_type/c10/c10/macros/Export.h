// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Visibility of symbols. Nothing is hidden, so they expand to little.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/macros/Export.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/macros/Export.h>
#else

#if defined(_WIN32)
#define C10_EXPORT
#define C10_IMPORT
#define C10_HIDDEN
#else
#define C10_EXPORT __attribute__((visibility("default")))
#define C10_IMPORT C10_EXPORT
#define C10_HIDDEN __attribute__((visibility("hidden")))
#endif
#define C10_API C10_EXPORT
#define C10_API_ENUM
#define TORCH_API C10_EXPORT

#endif
