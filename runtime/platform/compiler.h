// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Compiler abstraction: attributes, branch hints and printf format helpers.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__cplusplus) && __cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L)
#error "C++17 or newer is required"
#endif
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 7
#error "GCC 7 or newer is required"
#endif
#if defined(__clang__) && __clang_major__ < 5
#error "Clang 5 or newer is required"
#endif

#define ET_NORETURN [[noreturn]]
#define ET_NODISCARD [[nodiscard]]
#define ET_UNUSED [[maybe_unused]]
#define ET_FALLTHROUGH [[fallthrough]]
#define ET_DEPRECATED [[deprecated]]
#define ET_EXPERIMENTAL [[deprecated("This API is experimental and may change without notice.")]]

#if defined(_MSC_VER) && !defined(__clang__)
#define ET_NOINLINE __declspec(noinline)
#define ET_INLINE __forceinline
#define ET_INLINE_ATTRIBUTE
#define ET_UNREACHABLE() __assume(0)
#define ET_RESTRICT __restrict
#define ET_WEAK
#define ET_PRINTFLIKE(string_index, va_index)
#define ET_FUNCTION __FUNCSIG__
#define ET_LIKELY(expr) (expr)
#define ET_UNLIKELY(expr) (expr)
#else
#define ET_NOINLINE __attribute__((noinline))
#define ET_INLINE __attribute__((always_inline)) inline
#define ET_INLINE_ATTRIBUTE __attribute__((always_inline))
#define ET_UNREACHABLE() __builtin_unreachable()
#define ET_RESTRICT __restrict__
#define ET_WEAK __attribute__((weak))
/// Lets the compiler check a printf-like function's arguments; indices count from 1 (`this` is 1).
#define ET_PRINTFLIKE(string_index, va_index) \
  __attribute__((format(printf, string_index, va_index)))
#define ET_FUNCTION __PRETTY_FUNCTION__
#define ET_LIKELY(expr) (__builtin_expect(!!(expr), 1))
#define ET_UNLIKELY(expr) (__builtin_expect(!!(expr), 0))
#endif

#define ET_LINE __LINE__
#define ET_STRINGIFY_IMPL(x) #x
#define ET_STRINGIFY(x) ET_STRINGIFY_IMPL(x)

/// The name of the current source file without its directories.
#if defined(__FILE_NAME__)
#define ET_SHORT_FILENAME __FILE_NAME__
#else
namespace executorch::runtime::internal {
constexpr const char* basename_of(const char* path) {
  const char* name = path;
  for (const char* p = path; *p != '\0'; ++p) {
    if (*p == '/' || *p == '\\') {
      name = p + 1;
    }
  }
  return name;
}
}  // namespace executorch::runtime::internal
#define ET_SHORT_FILENAME ::executorch::runtime::internal::basename_of(__FILE__)
#endif

/// Per-thread storage where threads exist; plain storage on bare metal.
#ifndef ET_THREAD_LOCAL
#if defined(__NEWLIB__) || defined(__ZEPHYR__) || \
    (defined(__arm__) && !defined(__linux__) && !defined(__APPLE__) && !defined(_WIN32))
#define ET_THREAD_LOCAL
#else
#define ET_THREAD_LOCAL thread_local
#endif
#endif

/// printf length modifiers for types whose width differs between platforms.
#if defined(_WIN32)
#define ET_PRIsize_t "Iu"
#define ET_PRIssize_t "Id"
#else
#define ET_PRIsize_t "zu"
#define ET_PRIssize_t "zd"
#endif

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define ET_HAS_EXCEPTIONS 1
#else
#define ET_HAS_EXCEPTIONS 0
#endif

#ifdef __has_builtin
#define ET_HAS_BUILTIN(x) __has_builtin(x)
#else
#define ET_HAS_BUILTIN(x) 0
#endif

/// The namespace of the classes that depend on the tensor type.
#ifndef ET_RUNTIME_NAMESPACE
#define ET_RUNTIME_NAMESPACE runtime
#endif

// POSIX's ssize_t where the C library has none.
#if defined(_MSC_VER)
using ssize_t = ptrdiff_t;
#else
#include <sys/types.h>
#endif

// Older spellings.
#define __ET_NORETURN ET_NORETURN
#define __ET_NODISCARD ET_NODISCARD
#define __ET_UNUSED ET_UNUSED
#define __ET_FALLTHROUGH ET_FALLTHROUGH
#define __ET_DEPRECATED ET_DEPRECATED
#define __ET_NOINLINE ET_NOINLINE
#define __ET_INLINE ET_INLINE
#define __ET_INLINE_ATTRIBUTE ET_INLINE_ATTRIBUTE
#define __ET_UNREACHABLE ET_UNREACHABLE
#define __ET_RESTRICT ET_RESTRICT
#define __ET_WEAK ET_WEAK
#define __ET_PRINTFLIKE ET_PRINTFLIKE
#define __ET_FUNCTION ET_FUNCTION
#define __ET_LINE ET_LINE
#define __ET_SHORT_FILENAME ET_SHORT_FILENAME
#define __ET_LIKELY ET_LIKELY
#define __ET_UNLIKELY ET_UNLIKELY
