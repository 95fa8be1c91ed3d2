// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>

#include <cinttypes>
#include <cstring>

#include <executorch/extension/flat_tensor/serialize/flat_tensor_generated.h>
#include <executorch/extension/flat_tensor/serialize/flat_tensor_header.h>
#include <executorch/runtime/core/checked_math.h>
#include <executorch/schema/flatbuffer_verifier.h>

namespace executorch {
namespace extension {

using runtime::DataLoader;
using runtime::Error;
using runtime::FreeableBuffer;
using runtime::range_fits;
using runtime::Result;
using runtime::Span;
using runtime::TensorLayout;

namespace {

namespace fb = runtime::flatbuffer;

// The schema, for the verifier.
enum TableIndex : uint8_t { kTensorLayout, kNamedData, kDataSegment, kFlatTensor };
constexpr fb::Field kTensorLayoutFields[] = {fb::scalar(1), fb::vector(4), fb::vector(1)};
constexpr fb::Field kNamedDataFields[] = {fb::string(), fb::scalar(4), fb::table(kTensorLayout)};
constexpr fb::Field kDataSegmentFields[] = {fb::scalar(8), fb::scalar(8)};
constexpr fb::Field kFlatTensorFields[] = {fb::scalar(4), fb::table_vector(kDataSegment),
                                           fb::table_vector(kNamedData)};
constexpr auto kTables =
    fb::make_tables(kTensorLayoutFields, kNamedDataFields, kDataSegmentFields, kFlatTensorFields);
constexpr fb::Schema kSchema = {kTables.fields, kTables.ends, nullptr, kFlatTensor, "FT01"};

constexpr uint32_t kVersion = 0;

using Type = DataLoader::SegmentInfo::Type;

// Reads the header and checks it against the size of the file.
Result<FlatTensorHeader> load_header(const DataLoader* loader) {
  ET_ASSIGN_OR_RETURN(file_size, loader->size());
  ET_CHECK_OR_RETURN_ERROR(file_size >= FlatTensorHeader::kNumHeadBytes, InvalidExternalData,
                           "not a .ptd file: it has only %zu bytes", file_size);
  ET_ASSIGN_OR_RETURN(head, loader->load(0, FlatTensorHeader::kNumHeadBytes,
                                         DataLoader::SegmentInfo(Type::External)));
  const auto parsed = FlatTensorHeader::Parse(head.data(), head.size());
  if (!parsed.ok()) {
    return Error::InvalidExternalData;
  }
  const FlatTensorHeader& header = *parsed;
  ET_CHECK_OR_RETURN_ERROR(
      range_fits<uint64_t>(header.flatbuffer_offset, header.flatbuffer_size, file_size) &&
          range_fits<uint64_t>(header.segment_base_offset, header.segment_data_size, file_size),
      InvalidExternalData,
      "the .ptd file is truncated: its flatbuffer ends at %" PRIu64 " + %" PRIu64
      " and its data at %" PRIu64 " + %" PRIu64 ", but it has %zu bytes",
      header.flatbuffer_offset, header.flatbuffer_size, header.segment_base_offset,
      header.segment_data_size, file_size);
  return header;
}

Result<TensorLayout> to_tensor_layout(const flat_tensor_flatbuffer::TensorLayout* layout) {
  const auto* sizes = layout->sizes();
  const auto* dim_order = layout->dim_order();
  ET_CHECK_OR_RETURN_ERROR(sizes != nullptr && dim_order != nullptr, InvalidExternalData,
                           "a tensor of the .ptd file has no sizes or no dim order");
  return TensorLayout::create(
      Span<const int32_t>(sizes->data(), sizes->size()),
      Span<const uint8_t>(dim_order->data(), dim_order->size()),
      static_cast<executorch::aten::ScalarType>(static_cast<int8_t>(layout->scalar_type())));
}

// Checks one entry of a verified flatbuffer whose tables are all there.
Error check_entry(const flat_tensor_flatbuffer::NamedData* entry,
                  const flat_tensor_flatbuffer::FlatTensor* root, uint64_t segment_data_size) {
  ET_CHECK_OR_RETURN_ERROR(entry->key() != nullptr, InvalidExternalData,
                           "an entry of the .ptd file has no key");
  const char* key = entry->key()->c_str();
  // Callers may look it up by what get_key() gives them.
  ET_CHECK_OR_RETURN_ERROR(std::strlen(key) == entry->key()->size(), InvalidExternalData,
                           "a key of the .ptd file has a zero byte in it: '%s...'", key);
  ET_CHECK_OR_RETURN_ERROR(entry->segment_index() < root->segments()->size(), InvalidExternalData,
                           "'%s' is in segment %" PRIu32 " of the .ptd file, which has %" PRIu32
                           " segments",
                           key, entry->segment_index(), root->segments()->size());
  const auto* segment = root->segments()->Get(entry->segment_index());
  ET_CHECK_OR_RETURN_ERROR(range_fits(segment->offset(), segment->size(), segment_data_size),
                           InvalidExternalData,
                           "'%s' is at bytes %" PRIu64 " + %" PRIu64
                           " of the .ptd file's data, which has %" PRIu64 " bytes",
                           key, segment->offset(), segment->size(), segment_data_size);
  if (entry->tensor_layout() != nullptr) {
    const auto layout = to_tensor_layout(entry->tensor_layout());
    ET_CHECK_OR_RETURN_ERROR(layout.ok(), InvalidExternalData, "'%s' in the .ptd file: %s", key,
                             runtime::last_error_message());
    ET_CHECK_OR_RETURN_ERROR(layout->nbytes() <= segment->size(), InvalidExternalData,
                             "tensor '%s' needs %zu bytes, but the .ptd file holds %" PRIu64
                             " bytes of it",
                             key, layout->nbytes(), segment->size());
  }
  return Error::Ok;
}

}  // namespace

Result<FlatTensorDataMap> FlatTensorDataMap::load(DataLoader* loader) {
  ET_CHECK_OR_RETURN_ERROR(loader != nullptr, InvalidArgument, "the data loader is null");
  ET_ASSIGN_OR_RETURN(header, load_header(loader));
  const size_t flatbuffer_end = header.flatbuffer_offset + header.flatbuffer_size;
  ET_ASSIGN_OR_RETURN(flatbuffer,
                      loader->load(0, flatbuffer_end, DataLoader::SegmentInfo(Type::External)));
  ET_CHECK_OR_RETURN_ERROR(
      reinterpret_cast<uintptr_t>(flatbuffer.data()) % alignof(std::max_align_t) == 0,
      InvalidArgument, "the loader put the .ptd file at %p, which is not aligned to %zu bytes",
      flatbuffer.data(), alignof(std::max_align_t));
  ET_CHECK_OR_RETURN_ERROR(fb::verify(flatbuffer.data(), flatbuffer_end, kSchema),
                           InvalidExternalData, "the .ptd file is damaged or not of type FT01");

  const auto* root = flat_tensor_flatbuffer::GetFlatTensor(flatbuffer.data());
  ET_CHECK_OR_RETURN_ERROR(root->version() == kVersion, InvalidExternalData,
                           "the .ptd file has version %" PRIu32 "; only %" PRIu32 " is known",
                           root->version(), kVersion);
  ET_CHECK_OR_RETURN_ERROR(root->segments() != nullptr && root->named_data() != nullptr,
                           InvalidExternalData, "the .ptd file has no list of segments or of keys");
  std::unordered_map<std::string_view, const NamedData*> entries;
  for (const NamedData* entry : *root->named_data()) {
    ET_CHECK_OK_OR_RETURN_ERROR(check_entry(entry, root, header.segment_data_size));
    const bool is_new = entries.emplace(entry->key()->string_view(), entry).second;
    ET_CHECK_OR_RETURN_ERROR(is_new, InvalidExternalData, "'%s' is twice in the .ptd file",
                             entry->key()->c_str());
  }
  return FlatTensorDataMap(loader, std::move(flatbuffer), root, header.segment_base_offset,
                           std::move(entries));
}

Result<const flat_tensor_flatbuffer::NamedData*> FlatTensorDataMap::find(
    aten::string_view key) const {
  const auto entry = entries_.find(std::string_view(key.data(), key.size()));
  ET_CHECK_OR_RETURN_ERROR(entry != entries_.end(), NotFound, "'%.*s' is not in the .ptd file",
                           static_cast<int>(key.size()), key.data());
  return entry->second;
}

Result<const TensorLayout> FlatTensorDataMap::get_tensor_layout(aten::string_view key) const {
  ET_ASSIGN_OR_RETURN(entry, find(key));
  ET_CHECK_OR_RETURN_ERROR(entry->tensor_layout() != nullptr, InvalidArgument,
                           "'%s' in the .ptd file is not a tensor", entry->key()->c_str());
  ET_ASSIGN_OR_RETURN(layout, to_tensor_layout(entry->tensor_layout()));
  return Result<const TensorLayout>(layout);
}

Result<FreeableBuffer> FlatTensorDataMap::get_data(aten::string_view key) const {
  ET_ASSIGN_OR_RETURN(entry, find(key));
  const auto* segment = root_->segments()->Get(entry->segment_index());
  return loader_->load(segment_base_ + segment->offset(), segment->size(),
                       DataLoader::SegmentInfo(Type::Constant, entry->segment_index()));
}

Error FlatTensorDataMap::load_data_into(aten::string_view key, void* buffer, size_t size) const {
  const auto layout = get_tensor_layout(key);
  ET_CHECK_OK_OR_RETURN_ERROR(layout.error());
  ET_CHECK_OR_RETURN_ERROR(size == layout->nbytes(), InvalidArgument,
                           "'%.*s' has %zu bytes, but the buffer for it has %zu",
                           static_cast<int>(key.size()), key.data(), layout->nbytes(), size);
  ET_ASSIGN_OR_RETURN(data, get_data(key));
  if (size > 0) {
    std::memcpy(buffer, data.data(), size);
  }
  return Error::Ok;
}

Result<uint32_t> FlatTensorDataMap::get_num_keys() const {
  return root_->named_data()->size();
}

Result<const char*> FlatTensorDataMap::get_key(uint32_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < root_->named_data()->size(), InvalidArgument,
                           "key %" PRIu32 " of %" PRIu32, index, root_->named_data()->size());
  return root_->named_data()->Get(index)->key()->c_str();
}

}  // namespace extension
}  // namespace executorch
