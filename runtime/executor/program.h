// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/method_meta.h>
#include <executorch/runtime/executor/pte_data_map.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch_flatbuffer {
struct ExecutionPlan;
struct Program;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace testing {
class ProgramTestFriend;
}  // namespace testing

/**
 * A program file that has been opened: methods, and the data that they share. Loading copies
 * nothing; methods refer to the program, which must outlive them. After load() it does not change,
 * so several threads may use it.
 */
class Program final {
 public:
  /// How much load() checks. Either way, no file can make the library read or write where it must
  /// not.
  enum class Verification : uint8_t {
    /// The structure of the file; a method is checked when it is loaded.
    Minimal,
    /// All methods at once, and whether they agree with the program's data.
    InternalConsistency,
  };

  /// What check_header() found.
  enum HeaderStatus {
    CompatibleVersion,
    /// A program of another schema version.
    IncompatibleVersion,
    /// No program.
    NotPresent,
    /// Not enough bytes to tell.
    ShortData,
  };

  /// Bytes of a file that check_header() needs.
  static constexpr size_t kMinHeadBytes = 64;

  /**
   * Opens a program.
   * @param loader must outlive the program.
   * @returns InvalidProgram if the file is damaged, InvalidArgument if `loader` is null, or the
   * loader's error.
   */
  ET_NODISCARD static Result<Program> load(DataLoader* loader,
                                           Verification verification = Verification::Minimal);

  ET_DEPRECATED ET_NODISCARD static Result<Program> Load(
      DataLoader* loader, Verification verification = Verification::Minimal) {
    return load(loader, verification);
  }

  Program(Program&&) noexcept;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  Program& operator=(Program&&) = delete;
  ~Program();

  /**
   * The bytes of a constant.
   * @param buffer_index as in Tensor.data_buffer_idx.
   * @param nbytes bytes that must be there.
   * @returns InvalidArgument if there is no such constant or it has fewer bytes.
   */
  Result<const void*> get_constant_buffer_data(size_t buffer_index, size_t nbytes) const;

  /// The program's blobs for backends. NotFound if there are none.
  Result<const NamedDataMap*> get_named_data_map() const;

  size_t num_methods() const;

  /// The name of method `method_index`; valid as long as the program. InvalidArgument if out of
  /// range.
  Result<const char*> get_method_name(size_t method_index) const;

  /**
   * Loads a method. Everything that is passed must outlive it, except `backend_options`.
   * @param event_tracer may be null.
   * @param named_data_map data that is not in the program file; may be null.
   * @param backend_options options for the backends; may be null.
   * @param kernels searched before the global registry.
   * @returns InvalidArgument if there is no such method or a needed argument is null; for the rest
   * see runtime/core/error.h. A sentence is in last_error_message().
   */
  Result<Method> load_method(const char* method_name, MemoryManager* memory_manager,
                             EventTracer* event_tracer = nullptr,
                             const NamedDataMap* named_data_map = nullptr,
                             const LoadBackendOptionsMap* backend_options = nullptr,
                             Span<const Kernel> kernels = {}) const;

  /// What the file says about a method. InvalidArgument if there is none with this name.
  Result<MethodMeta> method_meta(const char* method_name) const;

  /// How the outputs of a method were flattened, as text.
  ET_DEPRECATED Result<const char*> get_output_flattening_encoding(
      const char* method_name = "forward") const;

  /// Whether the first `size` bytes of a file are those of a program.
  static HeaderStatus check_header(const void* data, size_t size);

  // ---- For the rest of the executor ----

  /// The bytes of an inline delegate payload. NotFound if there is no such payload.
  ET_NODISCARD Error get_backend_delegate_data(size_t index, const void** out_data,
                                               size_t* out_size) const;

  /// Loads a segment. NotFound if there is none with this index.
  ET_NODISCARD Result<FreeableBuffer> LoadSegment(
      const DataLoader::SegmentInfo& segment_info) const;

  /// Copies an initial value of `size` bytes to `buffer`.
  ET_NODISCARD Error load_mutable_subsegment_into(size_t mutable_data_segments_index,
                                                  size_t offset_index, size_t size,
                                                  void* buffer) const;

  /// Loads an initial value of `size` bytes that is not to end up in the CPU's memory.
  ET_NODISCARD Result<FreeableBuffer> load_mutable_subsegment(size_t mutable_data_segments_index,
                                                              size_t offset_index,
                                                              size_t size) const;

 private:
  friend class testing::ProgramTestFriend;

  Program(DataLoader* loader, size_t segment_base_offset, uint64_t segment_data_size,
          FreeableBuffer&& program_data, const executorch_flatbuffer::Program* internal_program,
          FreeableBuffer&& constant_segment_data, bool constants_in_segment,
          std::optional<internal::PteDataMap>&& pte_data_map)
      : program_data_(std::move(program_data)),
        loader_(loader),
        internal_program_(internal_program),
        segment_base_offset_(segment_base_offset),
        segment_data_size_(segment_data_size),
        constant_segment_data_(std::move(constant_segment_data)),
        constants_in_segment_(constants_in_segment),
        pte_data_map_(std::move(pte_data_map)) {}

  /// Where an initial value of `size` bytes begins in the file, and in which segment.
  Result<size_t> find_mutable_subsegment(size_t mutable_data_segments_index, size_t offset_index,
                                         size_t size, DataLoader::SegmentInfo* info) const;

  Result<const executorch_flatbuffer::ExecutionPlan*> find_plan(const char* method_name) const;

  /// The flatbuffer; internal_program_ points into it.
  FreeableBuffer program_data_;
  DataLoader* loader_;
  const executorch_flatbuffer::Program* internal_program_;
  /// 0 if there are no segments.
  size_t segment_base_offset_;
  /// 0 if unknown.
  uint64_t segment_data_size_;
  FreeableBuffer constant_segment_data_;
  /// Whether constants are in constant_segment_data_ or, in older files, in the flatbuffer.
  bool constants_in_segment_;
  std::optional<internal::PteDataMap> pte_data_map_;
};

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::ET_RUNTIME_NAMESPACE::Program;
}  // namespace executor
}  // namespace torch
