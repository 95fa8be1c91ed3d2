// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <xnnpack.h>

namespace executorch::backends::xnnpack {

/// The library's answer in words.
const char* status_name(xnn_status status);

}  // namespace executorch::backends::xnnpack
