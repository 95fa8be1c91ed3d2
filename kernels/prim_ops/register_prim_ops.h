// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace executorch::kernels {
/// Registers the primitive operators. They register themselves at start-up where the linker keeps
/// their object file; this is for programs that want it explicit. Calling it again is harmless.
void register_prim_ops();
}  // namespace executorch::kernels
