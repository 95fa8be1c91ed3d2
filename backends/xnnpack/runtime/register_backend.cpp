// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/XNNPACKBackend.h>

namespace executorch::backends::xnnpack {
namespace {

runtime::Error register_once() {
  static XnnpackBackend backend;
  return runtime::register_backend({xnnpack_backend_key, &backend});
}

const runtime::Error registered = register_once();

}  // namespace
}  // namespace executorch::backends::xnnpack
