// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/named_data_map/merged_data_map.h>

#include <cinttypes>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::FreeableBuffer;
using runtime::NamedDataMap;
using runtime::Result;
using runtime::Span;
using runtime::TensorLayout;

Result<MergedDataMap> MergedDataMap::load(Span<const NamedDataMap*> named_data_maps) {
  OwnerByKey owners;
  std::vector<const char*> keys;
  for (const NamedDataMap* map : named_data_maps) {
    ET_CHECK_OR_RETURN_ERROR(map != nullptr, InvalidArgument, "a data map to merge is null");
    ET_ASSIGN_OR_RETURN(num_keys, map->get_num_keys());
    for (uint32_t i = 0; i < num_keys; ++i) {
      ET_ASSIGN_OR_RETURN(key, map->get_key(i));
      const bool is_new = owners.emplace(key, map).second;
      ET_CHECK_OR_RETURN_ERROR(is_new, InvalidArgument, "'%s' is in two data maps", key);
      keys.push_back(key);
    }
  }
  ET_CHECK_OR_RETURN_ERROR(!keys.empty(), InvalidArgument, "there is no data in %zu data maps",
                           named_data_maps.size());
  return MergedDataMap(std::move(owners), std::move(keys));
}

Result<const NamedDataMap*> MergedDataMap::find(aten::string_view key) const {
  const auto owner = owners_.find(std::string(key.data(), key.size()));
  ET_CHECK_OR_RETURN_ERROR(owner != owners_.end(), NotFound, "'%.*s' is in no data map",
                           static_cast<int>(key.size()), key.data());
  return owner->second;
}

Result<const TensorLayout> MergedDataMap::get_tensor_layout(aten::string_view key) const {
  ET_ASSIGN_OR_RETURN(map, find(key));
  return map->get_tensor_layout(key);
}

Result<FreeableBuffer> MergedDataMap::get_data(aten::string_view key) const {
  ET_ASSIGN_OR_RETURN(map, find(key));
  return map->get_data(key);
}

Error MergedDataMap::load_data_into(aten::string_view key, void* buffer, size_t size) const {
  ET_ASSIGN_OR_RETURN(map, find(key));
  return map->load_data_into(key, buffer, size);
}

Result<uint32_t> MergedDataMap::get_num_keys() const {
  return static_cast<uint32_t>(keys_.size());
}

Result<const char*> MergedDataMap::get_key(uint32_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < keys_.size(), InvalidArgument, "key %" PRIu32 " of %zu", index,
                           keys_.size());
  return keys_[index];
}

}  // namespace extension
}  // namespace executorch
