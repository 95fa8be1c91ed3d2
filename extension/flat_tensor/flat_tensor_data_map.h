// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/named_data_map.h>

namespace flat_tensor_flatbuffer {
struct FlatTensor;
struct NamedData;
}  // namespace flat_tensor_flatbuffer

namespace executorch {
namespace extension {

/**
 * The named tensors and blobs of a data file (.ptd). Reads a blob when it is asked for it; keeps
 * only the index in memory.
 */
class FlatTensorDataMap final : public runtime::NamedDataMap {
 public:
  /**
   * Reads and checks the index. InvalidExternalData if the file is damaged or no .ptd file.
   * @param loader must outlive the map.
   */
  static runtime::Result<FlatTensorDataMap> load(runtime::DataLoader* loader);

  FlatTensorDataMap(FlatTensorDataMap&&) noexcept = default;
  ~FlatTensorDataMap() override = default;

  /// NotFound if there is no such key; InvalidArgument if it is not a tensor.
  ET_NODISCARD runtime::Result<const runtime::TensorLayout> get_tensor_layout(
      aten::string_view key) const override;

  /// The whole blob, with the lifetime and alignment that the loader gives. NotFound if there is no
  /// such key.
  ET_NODISCARD runtime::Result<runtime::FreeableBuffer> get_data(
      aten::string_view key) const override;

  /// Copies a tensor. InvalidArgument if it is not a tensor or if `size` is not its size in bytes.
  ET_NODISCARD runtime::Error load_data_into(aten::string_view key, void* buffer,
                                             size_t size) const override;

  ET_NODISCARD runtime::Result<uint32_t> get_num_keys() const override;
  ET_NODISCARD runtime::Result<const char*> get_key(uint32_t index) const override;

 private:
  using NamedData = flat_tensor_flatbuffer::NamedData;

  FlatTensorDataMap(runtime::DataLoader* loader, runtime::FreeableBuffer flatbuffer,
                    const flat_tensor_flatbuffer::FlatTensor* root, size_t segment_base,
                    std::unordered_map<std::string_view, const NamedData*> entries)
      : loader_(loader),
        flatbuffer_(std::move(flatbuffer)),
        root_(root),
        segment_base_(segment_base),
        entries_(std::move(entries)) {}

  runtime::Result<const NamedData*> find(aten::string_view key) const;

  runtime::DataLoader* loader_;
  runtime::FreeableBuffer flatbuffer_;
  // These two refer to flatbuffer_; all of it has been checked.
  const flat_tensor_flatbuffer::FlatTensor* root_;
  size_t segment_base_;
  std::unordered_map<std::string_view, const NamedData*> entries_;
};

}  // namespace extension
}  // namespace executorch
