// SPDX-License-Identifier: BSD-3-Clause

#pragma once

namespace executorch {
namespace runtime {

/// Initialises the runtime. Call it once, before anything else of the library is used.
void runtime_init();

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::runtime_init;
}  // namespace executor
}  // namespace torch
