// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/named_data_map.h>

namespace flatbuffers {
template <typename T>
struct Offset;
template <typename T, typename SizeT>
class Vector;
}  // namespace flatbuffers

namespace executorch_flatbuffer {
struct NamedData;
struct DataSegment;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace internal {

using FlatbufferNamedData =
    flatbuffers::Vector<flatbuffers::Offset<executorch_flatbuffer::NamedData>, uint32_t>;
using FlatbufferDataSegment =
    flatbuffers::Vector<flatbuffers::Offset<executorch_flatbuffer::DataSegment>, uint32_t>;

/// The named data inside a program file: blobs for backends, without tensor layouts.
class PteDataMap final : public NamedDataMap {
 public:
  /**
   * @param loader,named_data,segments must outlive the map.
   * @param segment_base_offset where segments begin in the file.
   * @returns InvalidArgument if something is null.
   */
  static Result<PteDataMap> create(DataLoader* loader, size_t segment_base_offset,
                                   const FlatbufferNamedData* named_data,
                                   const FlatbufferDataSegment* segments);

  PteDataMap(PteDataMap&&) noexcept = default;
  PteDataMap(const PteDataMap&) = delete;
  PteDataMap& operator=(const PteDataMap&) = delete;
  PteDataMap& operator=(PteDataMap&&) = delete;
  ~PteDataMap() override = default;

  /// NotImplemented: the blobs have no layouts.
  ET_NODISCARD Result<const TensorLayout> get_tensor_layout(
      executorch::aten::string_view key) const override;
  ET_NODISCARD Result<FreeableBuffer> get_data(executorch::aten::string_view key) const override;
  /// NotImplemented.
  ET_NODISCARD Error load_data_into(executorch::aten::string_view key, void* buffer,
                                    size_t size) const override;
  ET_NODISCARD Result<uint32_t> get_num_keys() const override;
  ET_NODISCARD Result<const char*> get_key(uint32_t index) const override;

 private:
  PteDataMap(DataLoader* loader, size_t segment_base_offset, const FlatbufferNamedData* named_data,
             const FlatbufferDataSegment* segments)
      : loader_(loader),
        segment_base_offset_(segment_base_offset),
        named_data_(named_data),
        segments_(segments) {}

  DataLoader* loader_;
  size_t segment_base_offset_;
  const FlatbufferNamedData* named_data_;
  const FlatbufferDataSegment* segments_;
};

}  // namespace internal
}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
