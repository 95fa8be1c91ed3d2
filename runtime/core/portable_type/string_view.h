// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace executorch::runtime::etensor {

using std::string_view;

}  // namespace executorch::runtime::etensor
