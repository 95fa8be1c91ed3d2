// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Facts about the process.
 */
#pragma once

#include <executorch/runtime/platform/compiler.h>

#if defined(__linux__) || defined(__APPLE__)
#include <dlfcn.h>
#endif

/// Returned where the platform cannot tell.
#define DYNAMIC_LIBRARY_NOT_SUPPORTED "NOT_SUPPORTED"
#define DYNAMIC_LIBRARY_NOT_FOUND "NOT_FOUND"

/// The path of the shared library (or executable) that contains `addr`.
ET_UNUSED static inline const char* et_pal_get_shared_library_name(ET_UNUSED const void* addr) {
#if defined(__linux__) || defined(__APPLE__)
  Dl_info info;
  if (dladdr(addr, &info) != 0 && info.dli_fname != nullptr) {
    return info.dli_fname;
  }
  return DYNAMIC_LIBRARY_NOT_FOUND;
#else
  return DYNAMIC_LIBRARY_NOT_SUPPORTED;
#endif
}
