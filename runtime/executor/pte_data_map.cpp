// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/pte_data_map.h>

#include <cinttypes>
#include <cstring>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/schema/program_generated.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace internal {

using executorch::aten::string_view;

Result<PteDataMap> PteDataMap::create(DataLoader* loader, size_t segment_base_offset,
                                      const FlatbufferNamedData* named_data,
                                      const FlatbufferDataSegment* segments) {
  ET_CHECK_OR_RETURN_ERROR(loader != nullptr && named_data != nullptr && segments != nullptr,
                           InvalidArgument, "the program has named data, but no segments");
  return PteDataMap(loader, segment_base_offset, named_data, segments);
}

Result<const TensorLayout> PteDataMap::get_tensor_layout(string_view) const {
  ET_REPORT_ERROR("named data inside a program has no tensor layouts");
  return Error::NotImplemented;
}

Error PteDataMap::load_data_into(string_view, void*, size_t) const {
  ET_REPORT_ERROR("named data inside a program cannot be loaded into a buffer");
  return Error::NotImplemented;
}

Result<FreeableBuffer> PteDataMap::get_data(string_view key) const {
  for (const auto* named_data : *named_data_) {
    const flatbuffers::String* name = named_data->key();
    if (name == nullptr || string_view(name->data(), name->size()) != key) {
      continue;
    }
    const uint32_t index = named_data->segment_index();
    ET_CHECK_OR_RETURN_ERROR(index < segments_->size(), InvalidArgument,
                             "named data '%s' is in segment %" PRIu32 " of %" PRIu32, name->c_str(),
                             index, segments_->size());
    const auto* segment = segments_->Get(index);
    uint64_t offset = 0;
    ET_CHECK_OR_RETURN_ERROR(
        !add_overflows<uint64_t>(segment_base_offset_, segment->offset(), &offset) &&
            offset <= SIZE_MAX && segment->size() <= SIZE_MAX,
        InvalidArgument, "the segment of named data '%s' is out of range", name->c_str());
    return loader_->load(static_cast<size_t>(offset), static_cast<size_t>(segment->size()),
                         DataLoader::SegmentInfo(DataLoader::SegmentInfo::Type::Constant));
  }
  // Not logged: a merged map asks several maps in turn.
  set_last_error("the program has no named data '%.*s'", static_cast<int>(key.size()), key.data());
  return Error::NotFound;
}

Result<uint32_t> PteDataMap::get_num_keys() const {
  return named_data_->size();
}

Result<const char*> PteDataMap::get_key(uint32_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < named_data_->size(), InvalidArgument,
                           "key %" PRIu32 " of %" PRIu32, index, named_data_->size());
  const flatbuffers::String* name = named_data_->Get(index)->key();
  ET_CHECK_OR_RETURN_ERROR(name != nullptr, InvalidProgram, "named data %" PRIu32 " has no key",
                           index);
  return name->c_str();
}

}  // namespace internal
}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
