// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace extension {

/// Several data maps seen as one. Every key is in exactly one of them.
class MergedDataMap final : public runtime::NamedDataMap {
 public:
  /**
   * InvalidArgument if there is no map, a map is null, all maps are empty, or a key is in two maps.
   * @param named_data_maps must outlive the result and not change.
   */
  static runtime::Result<MergedDataMap> load(
      runtime::Span<const runtime::NamedDataMap*> named_data_maps);

  MergedDataMap(MergedDataMap&&) noexcept = default;
  ~MergedDataMap() override = default;

  ET_NODISCARD runtime::Result<const runtime::TensorLayout> get_tensor_layout(
      aten::string_view key) const override;
  ET_NODISCARD runtime::Result<runtime::FreeableBuffer> get_data(
      aten::string_view key) const override;
  ET_NODISCARD runtime::Error load_data_into(aten::string_view key, void* buffer,
                                             size_t size) const override;
  ET_NODISCARD runtime::Result<uint32_t> get_num_keys() const override;
  /// In the order of the maps.
  ET_NODISCARD runtime::Result<const char*> get_key(uint32_t index) const override;

 private:
  using OwnerByKey = std::unordered_map<std::string, const runtime::NamedDataMap*>;

  MergedDataMap(OwnerByKey owners, std::vector<const char*> keys)
      : owners_(std::move(owners)), keys_(std::move(keys)) {}

  runtime::Result<const runtime::NamedDataMap*> find(aten::string_view key) const;

  OwnerByKey owners_;
  std::vector<const char*> keys_;
};

// Where ExecuTorch has it.
namespace merged_data_map {
using ::executorch::extension::MergedDataMap;
}  // namespace merged_data_map

}  // namespace extension
}  // namespace executorch
