// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/program.h>

#include <cinttypes>
#include <cstddef>
#include <cstring>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/executor/program_validation.h>
#include <executorch/schema/extended_header.h>
#include <executorch/schema/flatbuffer_verifier.h>
#include <executorch/schema/program_generated.h>
#include <executorch/schema/program_tables.h>

/// 0 removes the checks of Verification::InternalConsistency, which then means Minimal.
#ifndef ET_ENABLE_PROGRAM_VERIFICATION
#define ET_ENABLE_PROGRAM_VERIFICATION 1
#endif

/// 0 removes support for constants inside the flatbuffer, which only old files have.
#ifndef ET_ENABLE_DEPRECATED_CONSTANT_BUFFER
#define ET_ENABLE_DEPRECATED_CONSTANT_BUFFER 1
#endif

static_assert(FLATBUFFERS_LITTLEENDIAN,
              "sizes and constants are used in place, in the file's order");

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

namespace fb = executorch_flatbuffer;
using SegmentInfo = DataLoader::SegmentInfo;

namespace {

/// Where the parts of a file are.
struct FileLayout {
  size_t program_size;
  size_t segment_base_offset;
  uint64_t segment_data_size;
  /// From segment_base_offset to the end of the file.
  uint64_t max_segment_data_size;
};

Result<FileLayout> read_layout(DataLoader* loader) {
  ET_ASSIGN_OR_RETURN(file_size, loader->size());
  ET_CHECK_OR_RETURN_ERROR(file_size >= ExtendedHeader::kNumHeadBytes, InvalidArgument,
                           "the file has %" ET_PRIsize_t
                           " bytes; a program has at least %" ET_PRIsize_t,
                           file_size, ExtendedHeader::kNumHeadBytes);
  ET_ASSIGN_OR_RETURN(head, loader->load(0, ExtendedHeader::kNumHeadBytes,
                                         SegmentInfo(SegmentInfo::Type::Program)));
  const Result<ExtendedHeader> header = ExtendedHeader::Parse(head.data(), head.size());
  if (header.error() == Error::NotFound) {
    return FileLayout{file_size, 0, 0, 0};
  }
  if (!header.ok()) {
    return header.error();
  }
  // Older headers do not say how many bytes of segments there are.
  uint64_t end = header->program_size;
  if (header->segment_base_offset != 0 && header->segment_data_size != 0) {
    ET_CHECK_OR_RETURN_ERROR(
        !add_overflows(header->segment_base_offset, header->segment_data_size, &end),
        InvalidProgram, "the end of the segments overflows");
  }
  ET_CHECK_OR_RETURN_ERROR(end <= file_size && header->program_size <= file_size &&
                               header->segment_base_offset <= SIZE_MAX,
                           InvalidProgram,
                           "the file has %" ET_PRIsize_t " bytes, but its header promises %" PRIu64
                           ": it is truncated",
                           file_size, end > header->program_size ? end : header->program_size);
  return FileLayout{
      static_cast<size_t>(header->program_size), static_cast<size_t>(header->segment_base_offset),
      header->segment_data_size,
      header->segment_base_offset < file_size ? file_size - header->segment_base_offset : 0};
}

#if ET_ENABLE_PROGRAM_VERIFICATION
/// Whether all segments lie within the file.
Error validate_segments(const fb::Program* program, const FileLayout& layout) {
  const uint32_t count = program->segments() == nullptr ? 0 : program->segments()->size();
  for (uint32_t i = 0; i < count; ++i) {
    const fb::DataSegment* segment = program->segments()->Get(i);
    ET_CHECK_OR_RETURN_ERROR(segment->size() == 0 || (layout.segment_base_offset != 0 &&
                                                      range_fits(segment->offset(), segment->size(),
                                                                 layout.segment_data_size == 0
                                                                     ? layout.max_segment_data_size
                                                                     : layout.segment_data_size)),
                             InvalidProgram, "segment %" PRIu32 " lies outside the file", i);
  }
  return Error::Ok;
}
#endif

/// Loads a segment by its index.
Result<FreeableBuffer> load_data_segment(DataLoader* loader, const fb::Program* program,
                                         size_t segment_base_offset, uint64_t segment_data_size,
                                         const SegmentInfo& segment_info) {
  const size_t index = segment_info.segment_index;
  ET_CHECK_OR_RETURN_ERROR(segment_base_offset != 0, NotFound,
                           "segment %" ET_PRIsize_t " is needed, but the file has no segments",
                           index);
  ET_CHECK_OR_RETURN_ERROR(program->segments() != nullptr && index < program->segments()->size(),
                           NotFound, "segment %" ET_PRIsize_t " does not exist", index);
  const fb::DataSegment* segment = program->segments()->Get(static_cast<uint32_t>(index));
  uint64_t begin = 0;
  ET_CHECK_OR_RETURN_ERROR(
      (segment_data_size == 0 ||
       range_fits(segment->offset(), segment->size(), segment_data_size)) &&
          !add_overflows<uint64_t>(segment_base_offset, segment->offset(), &begin) &&
          begin <= SIZE_MAX && segment->size() <= SIZE_MAX,
      InvalidProgram, "segment %" ET_PRIsize_t " lies outside the file", index);
  return loader->load(static_cast<size_t>(begin), static_cast<size_t>(segment->size()),
                      segment_info);
}

}  // namespace

// Not in the header: they are used in many places.
Program::Program(Program&&) noexcept = default;
Program::~Program() = default;

Result<Program> Program::load(DataLoader* loader, Verification verification) {
  ET_CHECK_OR_RETURN_ERROR(loader != nullptr, InvalidArgument, "the data loader is null");
  ET_ASSIGN_OR_RETURN(layout, read_layout(loader));
  ET_ASSIGN_OR_RETURN(
      program_data, loader->load(0, layout.program_size, SegmentInfo(SegmentInfo::Type::Program)));
  const void* data = program_data.data();
  const size_t size = program_data.size();
  ET_CHECK_OR_RETURN_ERROR(
      reinterpret_cast<uintptr_t>(data) % alignof(std::max_align_t) == 0, InvalidArgument,
      "the data loader returned data that is not aligned to %" ET_PRIsize_t " bytes",
      alignof(std::max_align_t));
  ET_CHECK_OR_RETURN_ERROR(size >= 8, InvalidProgram,
                           "%" ET_PRIsize_t " bytes are too few for a program", size);
  ET_CHECK_OR_RETURN_ERROR(fb::ProgramBufferHasIdentifier(data), InvalidProgram,
                           "this is not a program of this version: expected '%s' at byte 4",
                           fb::ProgramIdentifier());
  ET_CHECK_OR_RETURN_ERROR(flatbuffer::verify(data, size, flatbuffer::program::kSchema),
                           InvalidProgram, "the program is damaged: an offset leads astray");
  const fb::Program* program = fb::GetProgram(data);
#if ET_ENABLE_PROGRAM_VERIFICATION
  if (verification == Verification::InternalConsistency) {
    ET_CHECK_OK_OR_RETURN_ERROR(validate_program(program));
    ET_CHECK_OK_OR_RETURN_ERROR(validate_segments(program, layout));
  }
#else
  (void)verification;
#endif

  std::optional<internal::PteDataMap> pte_data_map;
  if (program->named_data() != nullptr && program->named_data()->size() > 0) {
    ET_ASSIGN_OR_RETURN(
        map, internal::PteDataMap::create(loader, layout.segment_base_offset, program->named_data(),
                                          program->segments()));
    pte_data_map.emplace(std::move(map));
  }

  const fb::SubsegmentOffsets* constants = program->constant_segment();
  const bool constants_in_segment =
      constants != nullptr && constants->offsets() != nullptr && constants->offsets()->size() > 0;
  // Constant 0 is a placeholder.
  if (!constants_in_segment || constants->offsets()->size() == 1) {
    return Program(loader, layout.segment_base_offset, layout.segment_data_size,
                   std::move(program_data), program, FreeableBuffer(), constants_in_segment,
                   std::move(pte_data_map));
  }
  ET_CHECK_OR_RETURN_ERROR(
      program->constant_buffer() == nullptr || program->constant_buffer()->size() == 0,
      InvalidProgram, "the program has constants both in a segment and in its flatbuffer");
  ET_CHECK_OR_RETURN_ERROR(
      program->segments() != nullptr && constants->segment_index() < program->segments()->size(),
      InvalidProgram, "the constants are in segment %" PRIu32 ", which does not exist",
      constants->segment_index());
  ET_ASSIGN_OR_RETURN(
      constant_data,
      load_data_segment(loader, program, layout.segment_base_offset, layout.segment_data_size,
                        SegmentInfo(SegmentInfo::Type::Constant, constants->segment_index())));
  return Program(loader, layout.segment_base_offset, layout.segment_data_size,
                 std::move(program_data), program, std::move(constant_data), true,
                 std::move(pte_data_map));
}

Result<const void*> Program::get_constant_buffer_data(size_t buffer_index, size_t nbytes) const {
  if (constants_in_segment_) {
    const auto* offsets = internal_program_->constant_segment()->offsets();
    ET_CHECK_OR_RETURN_ERROR(buffer_index < offsets->size(), InvalidArgument,
                             "constant %" ET_PRIsize_t " of %" PRIu32, buffer_index,
                             offsets->size());
    const uint64_t offset = offsets->Get(static_cast<uint32_t>(buffer_index));
    const uint64_t size = constant_segment_data_.size();
    ET_CHECK_OR_RETURN_ERROR(range_fits<uint64_t>(offset, nbytes, size), InvalidArgument,
                             "constant %" ET_PRIsize_t " of %" ET_PRIsize_t " bytes at %" PRIu64
                             " ends beyond its segment of %" PRIu64 " bytes",
                             buffer_index, nbytes, offset, size);
    // With an empty segment there is no address to count from.
    return size == 0 ? constant_segment_data_.data()
                     : static_cast<const uint8_t*>(constant_segment_data_.data()) + offset;
  }
#if ET_ENABLE_DEPRECATED_CONSTANT_BUFFER
  const auto* buffers = internal_program_->constant_buffer();
  ET_CHECK_OR_RETURN_ERROR(buffers != nullptr && buffer_index < buffers->size(), InvalidArgument,
                           "constant %" ET_PRIsize_t " of %" PRIu32, buffer_index,
                           buffers == nullptr ? 0 : buffers->size());
  const auto* storage = buffers->Get(static_cast<uint32_t>(buffer_index))->storage();
  const size_t size = storage == nullptr ? 0 : storage->size();
  ET_CHECK_OR_RETURN_ERROR(nbytes <= size, InvalidArgument,
                           "constant %" ET_PRIsize_t " has %" ET_PRIsize_t
                           " bytes, but %" ET_PRIsize_t " are needed",
                           buffer_index, size, nbytes);
  return storage == nullptr ? nullptr : static_cast<const void*>(storage->data());
#else
  ET_REPORT_ERROR("constants inside the flatbuffer are not supported in this build");
  return Error::InvalidProgram;
#endif
}

Result<const NamedDataMap*> Program::get_named_data_map() const {
  if (!pte_data_map_.has_value()) {
    return Error::NotFound;  // Not reported: most programs have none.
  }
  return static_cast<const NamedDataMap*>(&*pte_data_map_);
}

size_t Program::num_methods() const {
  const auto* plans = internal_program_->execution_plan();
  return plans == nullptr ? 0 : plans->size();
}

Result<const char*> Program::get_method_name(size_t method_index) const {
  ET_CHECK_OR_RETURN_ERROR(method_index < num_methods(), InvalidArgument,
                           "method %" ET_PRIsize_t " of %" ET_PRIsize_t, method_index,
                           num_methods());
  const flatbuffers::String* name =
      internal_program_->execution_plan()->Get(static_cast<uint32_t>(method_index))->name();
  ET_CHECK_OR_RETURN_ERROR(name != nullptr, InvalidProgram, "method %" ET_PRIsize_t " has no name",
                           method_index);
  return name->c_str();
}

Result<const fb::ExecutionPlan*> Program::find_plan(const char* method_name) const {
  ET_CHECK_OR_RETURN_ERROR(method_name != nullptr, InvalidArgument, "the method's name is null");
  for (size_t i = 0; i < num_methods(); ++i) {
    const fb::ExecutionPlan* plan =
        internal_program_->execution_plan()->Get(static_cast<uint32_t>(i));
    if (plan->name() != nullptr && strcmp(plan->name()->c_str(), method_name) == 0) {
      ET_CHECK_OK_OR_RETURN_ERROR(validate_plan(plan));
      return plan;
    }
  }
  ET_REPORT_ERROR("the program has no method '%s'", method_name);
  return Error::InvalidArgument;
}

Result<Method> Program::load_method(const char* method_name, MemoryManager* memory_manager,
                                    EventTracer* event_tracer, const NamedDataMap* named_data_map,
                                    const LoadBackendOptionsMap* backend_options,
                                    Span<const Kernel> kernels) const {
  internal::event_tracer_create_event_block(event_tracer, "Default");
  internal::EventTracerProfileMethodScope scope(event_tracer, "Program::load_method");
  ET_ASSIGN_OR_RETURN(plan, find_plan(method_name));
  return Method::load(plan, this, memory_manager, event_tracer, named_data_map, backend_options,
                      kernels);
}

Result<MethodMeta> Program::method_meta(const char* method_name) const {
  ET_ASSIGN_OR_RETURN(plan, find_plan(method_name));
  return MethodMeta(plan);
}

Result<const char*> Program::get_output_flattening_encoding(const char* method_name) const {
  ET_ASSIGN_OR_RETURN(plan, find_plan(method_name));
  const fb::ContainerMetadata* container = plan->container_meta_type();
  ET_CHECK_OR_RETURN_ERROR(container != nullptr && container->encoded_out_str() != nullptr,
                           InvalidProgram, "method '%s' does not say how its outputs are nested",
                           method_name);
  return container->encoded_out_str()->c_str();
}

Program::HeaderStatus Program::check_header(const void* data, size_t size) {
  if (data == nullptr || size < kMinHeadBytes) {
    return ShortData;
  }
  const char* identifier = static_cast<const char*>(data) + 4;
  if (memcmp(identifier, fb::ProgramIdentifier(), 4) == 0) {
    return CompatibleVersion;
  }
  return memcmp(identifier, fb::ProgramIdentifier(), 2) == 0 ? IncompatibleVersion : NotPresent;
}

Error Program::get_backend_delegate_data(size_t index, const void** out_data,
                                         size_t* out_size) const {
  const auto* payloads = internal_program_->backend_delegate_data();
  ET_CHECK_OR_RETURN_ERROR(payloads != nullptr && index < payloads->size(), NotFound,
                           "inline delegate data %" ET_PRIsize_t " of %" PRIu32, index,
                           payloads == nullptr ? 0 : payloads->size());
  const auto* data = payloads->Get(static_cast<uint32_t>(index))->data();
  *out_data = data == nullptr ? nullptr : data->data();
  *out_size = data == nullptr ? 0 : data->size();
  return Error::Ok;
}

Result<FreeableBuffer> Program::LoadSegment(const SegmentInfo& segment_info) const {
  return load_data_segment(loader_, internal_program_, segment_base_offset_, segment_data_size_,
                           segment_info);
}

Result<size_t> Program::find_mutable_subsegment(size_t mutable_data_segments_index,
                                                size_t offset_index, size_t size,
                                                SegmentInfo* info) const {
  const auto* lists = internal_program_->mutable_data_segments();
  ET_CHECK_OR_RETURN_ERROR(segment_base_offset_ != 0 && internal_program_->segments() != nullptr &&
                               lists != nullptr && mutable_data_segments_index < lists->size(),
                           NotFound, "a tensor has an initial value, but the program has none");
  const fb::SubsegmentOffsets* list =
      lists->Get(static_cast<uint32_t>(mutable_data_segments_index));
  ET_CHECK_OR_RETURN_ERROR(list->offsets() != nullptr && offset_index < list->offsets()->size() &&
                               list->segment_index() < internal_program_->segments()->size(),
                           NotFound, "initial value %" ET_PRIsize_t " does not exist",
                           offset_index);
  const fb::DataSegment* segment = internal_program_->segments()->Get(list->segment_index());
  const uint64_t offset = list->offsets()->Get(static_cast<uint32_t>(offset_index));
  ET_CHECK_OR_RETURN_ERROR(range_fits<uint64_t>(offset, size, segment->size()), InvalidArgument,
                           "initial value %" ET_PRIsize_t " of %" ET_PRIsize_t " bytes at %" PRIu64
                           " ends beyond its segment of %" PRIu64 " bytes",
                           offset_index, size, offset, segment->size());
  uint64_t begin = segment_base_offset_;
  ET_CHECK_OR_RETURN_ERROR(!add_overflows(begin, segment->offset(), &begin) &&
                               !add_overflows(begin, offset, &begin) && begin <= SIZE_MAX,
                           InvalidProgram, "initial value %" ET_PRIsize_t " lies outside the file",
                           offset_index);
  *info = SegmentInfo(SegmentInfo::Type::Mutable, list->segment_index());
  return static_cast<size_t>(begin);
}

Error Program::load_mutable_subsegment_into(size_t mutable_data_segments_index, size_t offset_index,
                                            size_t size, void* buffer) const {
  SegmentInfo info;
  ET_ASSIGN_OR_RETURN(
      begin, find_mutable_subsegment(mutable_data_segments_index, offset_index, size, &info));
  return loader_->load_into(begin, size, info, buffer);
}

Result<FreeableBuffer> Program::load_mutable_subsegment(size_t mutable_data_segments_index,
                                                        size_t offset_index, size_t size) const {
  SegmentInfo info;
  ET_ASSIGN_OR_RETURN(
      begin, find_mutable_subsegment(mutable_data_segments_index, offset_index, size, &info));
  return loader_->load(begin, size, info);
}

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
