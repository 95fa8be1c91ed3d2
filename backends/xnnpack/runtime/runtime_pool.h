// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <pthreadpool.h>
#include <xnnpack.h>

namespace executorch::backends::xnnpack {

/// Makes `runtime` use another pool than the one that it was created with. It must be reshaped
/// after that.
void set_runtime_pool(xnn_runtime_t runtime, pthreadpool_t pool);

}  // namespace executorch::backends::xnnpack
