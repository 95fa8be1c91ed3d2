// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/tensor_layout.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

/// Blobs of bytes, some of them tensors, found by name. Keys are unique.
class NamedDataMap {
 public:
  virtual ~NamedDataMap() = default;

  /// Shape, dimension order and type of the tensor `key`. NotFound if there is none.
  ET_NODISCARD virtual Result<const TensorLayout> get_tensor_layout(
      executorch::aten::string_view key) const = 0;

  /// The bytes of `key`. NotFound if there is none.
  ET_NODISCARD virtual Result<FreeableBuffer> get_data(executorch::aten::string_view key) const = 0;

  /// Copies the bytes of `key` to `buffer`, which holds `size` bytes.
  ET_NODISCARD virtual Error load_data_into(executorch::aten::string_view key, void* buffer,
                                            size_t size) const = 0;

  /// Number of keys.
  ET_NODISCARD virtual Result<uint32_t> get_num_keys() const = 0;

  /// The key at `index`; valid as long as the map. InvalidArgument if out of range.
  ET_NODISCARD virtual Result<const char*> get_key(uint32_t index) const = 0;
};

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::ET_RUNTIME_NAMESPACE::NamedDataMap;
}  // namespace executor
}  // namespace torch
