// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <type_traits>

namespace executorch::extension::kernel_util_internal {

/// A list of types, as a type.
template <typename... Types>
struct typelist final {};

/// Number of types in a list.
template <typename List>
struct size;
template <typename... Types>
struct size<typelist<Types...>> final : std::integral_constant<size_t, sizeof...(Types)> {};

}  // namespace executorch::extension::kernel_util_internal
