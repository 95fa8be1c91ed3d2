// SPDX-License-Identifier: BSD-3-Clause
#include "expression_backend.h"

namespace {

example::ExpressionBackend backend;

// An object file of its own: whoever links it has the backend.
[[maybe_unused]] const executorch::runtime::Error registered =
    executorch::runtime::register_backend({"ExpressionBackend", &backend});

}  // namespace
