// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <executorch/runtime/platform/compiler.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

/// What a backend is given when its options are set or read. Empty for now.
class BackendOptionContext final {};

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
