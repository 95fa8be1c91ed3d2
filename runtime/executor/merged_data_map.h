// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cinttypes>
#include <cstdint>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/named_data_map.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace internal {

/// Two data maps seen as one. A key that is in both is taken from the first. Owns neither.
class MergedDataMap final : public NamedDataMap {
 public:
  /// InvalidArgument if a map is null.
  static Result<MergedDataMap> load(const NamedDataMap* first, const NamedDataMap* second) {
    ET_CHECK_OR_RETURN_ERROR(first != nullptr && second != nullptr, InvalidArgument,
                             "a data map to merge is null");
    return MergedDataMap(first, second);
  }

  ET_NODISCARD Result<const TensorLayout> get_tensor_layout(
      executorch::aten::string_view key) const override {
    auto layout = first_->get_tensor_layout(key);
    if (layout.error() != Error::NotFound) {
      return layout;
    }
    return second_->get_tensor_layout(key);
  }

  ET_NODISCARD Result<FreeableBuffer> get_data(executorch::aten::string_view key) const override {
    auto data = first_->get_data(key);
    if (data.error() != Error::NotFound) {
      return data;
    }
    return second_->get_data(key);
  }

  ET_NODISCARD Error load_data_into(executorch::aten::string_view key, void* buffer,
                                    size_t size) const override {
    const Error error = first_->load_data_into(key, buffer, size);
    return error != Error::NotFound ? error : second_->load_data_into(key, buffer, size);
  }

  ET_NODISCARD Result<uint32_t> get_num_keys() const override {
    ET_ASSIGN_OR_RETURN(first, first_->get_num_keys());
    ET_ASSIGN_OR_RETURN(second, second_->get_num_keys());
    uint32_t sum = 0;
    ET_CHECK_OR_RETURN_ERROR(!add_overflows(first, second, &sum), InvalidExternalData,
                             "too many keys: %" PRIu32 " and %" PRIu32, first, second);
    return sum;
  }

  ET_NODISCARD Result<const char*> get_key(uint32_t index) const override {
    ET_ASSIGN_OR_RETURN(first, first_->get_num_keys());
    return index < first ? first_->get_key(index) : second_->get_key(index - first);
  }

 private:
  MergedDataMap(const NamedDataMap* first, const NamedDataMap* second)
      : first_(first), second_(second) {}

  const NamedDataMap* first_;
  const NamedDataMap* second_;
};

}  // namespace internal
}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
