// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace executorch::extension::kernel_util_internal {

/// A list of types, as a type.
template <typename... Types>
struct typelist final {};

}  // namespace executorch::extension::kernel_util_internal
