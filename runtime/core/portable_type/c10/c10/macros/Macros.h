// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The c10 names of the compiler abstraction in runtime/platform/compiler.h.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/macros/Macros.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/macros/Macros.h>
#else
#include <c10/macros/Export.h>
#include <executorch/runtime/platform/compiler.h>

#define C10_LIKELY(expr) ET_LIKELY(expr)
#define C10_UNLIKELY(expr) ET_UNLIKELY(expr)
#define C10_NODISCARD ET_NODISCARD
#define C10_UNUSED ET_UNUSED
#define C10_NOINLINE ET_NOINLINE
#define C10_ALWAYS_INLINE ET_INLINE
#define C10_ALWAYS_INLINE_ATTRIBUTE ET_INLINE_ATTRIBUTE
#define C10_RESTRICT ET_RESTRICT
#define C10_FALLTHROUGH ET_FALLTHROUGH

#define C10_STRINGIZE_IMPL(x) #x
#define C10_STRINGIZE(x) C10_STRINGIZE_IMPL(x)
#define C10_CONCATENATE_IMPL(s1, s2) s1##s2
#define C10_CONCATENATE(s1, s2) C10_CONCATENATE_IMPL(s1, s2)
#define C10_MACRO_EXPAND(args) args
#define C10_UID __COUNTER__
#define C10_ANONYMOUS_VARIABLE(str) C10_CONCATENATE(str, C10_UID)

#if defined(__CUDACC__) || defined(__HIPCC__)
#define C10_HOST_DEVICE __host__ __device__
#define C10_DEVICE __device__
#define C10_HOST __host__
#else
#define C10_HOST_DEVICE
#define C10_DEVICE
#define C10_HOST
#endif

#if defined(__clang__)
#define _C10_PRAGMA_(text) _Pragma(#text)
#define C10_CLANG_DIAGNOSTIC_PUSH() _C10_PRAGMA_(clang diagnostic push)
#define C10_CLANG_DIAGNOSTIC_POP() _C10_PRAGMA_(clang diagnostic pop)
#define C10_CLANG_DIAGNOSTIC_IGNORE(flag) _C10_PRAGMA_(clang diagnostic ignored flag)
#define C10_CLANG_HAS_WARNING(flag) __has_warning(flag)
#else
#define C10_CLANG_DIAGNOSTIC_PUSH()
#define C10_CLANG_DIAGNOSTIC_POP()
#define C10_CLANG_DIAGNOSTIC_IGNORE(flag)
#define C10_CLANG_HAS_WARNING(flag) 0
#endif

#endif
