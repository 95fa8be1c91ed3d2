// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch_flatbuffer {
struct Operator;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace internal {

/// Bytes of an operator's full name, with the terminating NUL.
constexpr size_t kOperatorNameSize = 100;

/// The name under which kernels are registered: with the overload, if there is one. Internal if it
/// is too long.
ET_NODISCARD Error get_operator_name(const executorch_flatbuffer::Operator* op,
                                     char (&name)[kOperatorNameSize]);

/// Whether the operator writes to its first argument: by PyTorch's convention, if its name ends
/// with an underscore and is not one like __and__.
bool is_in_place(const char* name);

/// Whether the operator gives its result the memory of its first argument, and writes nothing.
bool is_view(const char* name);

}  // namespace internal
}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
