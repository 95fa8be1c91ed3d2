// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * For tests: writes small programs, loads them, and supplies all the memory that they need.
 */
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/schema/program_generated.h>

namespace executorch::runtime::testing {

namespace fb = ::executorch_flatbuffer;
template <typename T>
using Offset = flatbuffers::Offset<T>;

/// Loads from memory. Each segment is copied to the heap, so that a sanitizer sees accesses beyond
/// its end.
class MemoryLoader final : public DataLoader {
 public:
  explicit MemoryLoader(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}

  Result<FreeableBuffer> load(size_t offset, size_t size, const SegmentInfo&) const override {
    ET_CHECK_OR_RETURN_ERROR(range_fits(offset, size, bytes_.size()), InvalidArgument,
                             "range outside the file");
    if (loads_left-- == 0) {
      return Error::AccessFailed;
    }
    if (size == 0) {
      return FreeableBuffer(nullptr, 0, nullptr);
    }
    void* copy = ::operator new(size, std::align_val_t(16));
    memcpy(copy, bytes_.data() + offset, size);
    ++live_buffers;
    return FreeableBuffer(
        copy, size,
        [](void* context, void* data, size_t) {
          ::operator delete(data, std::align_val_t(16));
          --*static_cast<std::atomic<int>*>(context);
        },
        &live_buffers);
  }

  Error load_into(size_t offset, size_t size, const SegmentInfo&, void* buffer) const override {
    ET_CHECK_OR_RETURN_ERROR(range_fits(offset, size, bytes_.size()), InvalidArgument,
                             "range outside the file");
    if (loads_left-- == 0) {
      return Error::AccessFailed;
    }
    memcpy(buffer, bytes_.data() + offset, size);
    return Error::Ok;
  }

  Result<size_t> size() const override { return bytes_.size(); }

  /// Buffers that have not been freed.
  mutable std::atomic<int> live_buffers{0};
  /// The load after so many fails.
  mutable std::atomic<int64_t> loads_left{-1};

 private:
  std::vector<uint8_t> bytes_;
};

/// Writes one program. Values, operators and instructions get the next free index as they are
/// added.
class ProgramWriter {
 public:
  // ---- Values of the current method ----

  int add_value(fb::KernelTypes kind, Offset<void> value) {
    values.push_back(fb::CreateEValue(fbb, kind, value));
    return static_cast<int>(values.size()) - 1;
  }
  int add_null() { return add_value(fb::KernelTypes::Null, fb::CreateNull(fbb).Union()); }
  int add_int(int64_t value) {
    return add_value(fb::KernelTypes::Int, fb::CreateInt(fbb, value).Union());
  }
  int add_bool(bool value) {
    return add_value(fb::KernelTypes::Bool, fb::CreateBool(fbb, value).Union());
  }
  int add_double(double value) {
    return add_value(fb::KernelTypes::Double, fb::CreateDouble(fbb, value).Union());
  }
  int add_string(const char* text) {
    return add_value(fb::KernelTypes::String,
                     fb::CreateString(fbb, fbb.CreateString(text)).Union());
  }
  int add_int_list(const std::vector<int64_t>& items) {
    return add_value(fb::KernelTypes::IntList,
                     fb::CreateIntList(fbb, fbb.CreateVector(items)).Union());
  }
  int add_double_list(const std::vector<double>& items) {
    return add_value(fb::KernelTypes::DoubleList,
                     fb::CreateDoubleList(fbb, fbb.CreateVector(items)).Union());
  }
  int add_bool_list(const std::vector<uint8_t>& items) {
    return add_value(fb::KernelTypes::BoolList,
                     fb::CreateBoolList(fbb, fbb.CreateVector(items)).Union());
  }
  int add_tensor_list(const std::vector<int32_t>& items) {
    return add_value(fb::KernelTypes::TensorList,
                     fb::CreateTensorList(fbb, fbb.CreateVector(items)).Union());
  }
  int add_optional_tensor_list(const std::vector<int32_t>& items) {
    return add_value(fb::KernelTypes::OptionalTensorList,
                     fb::CreateOptionalTensorList(fbb, fbb.CreateVector(items)).Union());
  }

  /// Everything about a tensor; a plain float tensor by default.
  struct TensorSpec {
    std::vector<int32_t> sizes;
    fb::ScalarType scalar_type = fb::ScalarType::FLOAT;
    /// Byte in arena 1; none if negative.
    int64_t offset = -1;
    uint32_t memory_id = 1;
    uint32_t data_buffer_idx = 0;
    fb::TensorShapeDynamism dynamism = fb::TensorShapeDynamism::STATIC;
    /// 0, 1, 2, ... if empty.
    std::vector<uint8_t> dim_order = {};
    const char* name = nullptr;
    bool external = false;
    int32_t storage_offset = 0;
    fb::DeviceType device_type = fb::DeviceType::CPU;
  };

  int add_tensor(const TensorSpec& spec) {
    std::vector<uint8_t> dim_order = spec.dim_order;
    if (dim_order.empty()) {
      for (size_t i = 0; i < spec.sizes.size(); ++i) {
        dim_order.push_back(static_cast<uint8_t>(i));
      }
    }
    Offset<fb::AllocationDetails> allocation;
    if (spec.offset >= 0) {
      allocation =
          fb::CreateAllocationDetails(fbb, spec.memory_id, static_cast<uint32_t>(spec.offset),
                                      static_cast<uint32_t>(spec.offset >> 32));
    }
    Offset<fb::ExtraTensorInfo> extra;
    if (spec.name != nullptr || spec.external || spec.device_type != fb::DeviceType::CPU) {
      const auto name = spec.name == nullptr ? 0 : fbb.CreateString(spec.name);
      extra = fb::CreateExtraTensorInfo(
          fbb, 0, name,
          spec.external ? fb::TensorDataLocation::EXTERNAL : fb::TensorDataLocation::SEGMENT,
          spec.device_type);
    }
    return add_value(
        fb::KernelTypes::Tensor,
        fb::CreateTensor(fbb, spec.scalar_type, spec.storage_offset, fbb.CreateVector(spec.sizes),
                         fbb.CreateVector(dim_order), false, spec.data_buffer_idx, allocation, 0,
                         spec.dynamism, extra)
            .Union());
  }

  // ---- Instructions of the current chain ----

  void call(const char* name, const char* overload, const std::vector<int32_t>& args) {
    operators.push_back(
        fb::CreateOperator(fbb, fbb.CreateString(name), fbb.CreateString(overload)));
    call_index(static_cast<int32_t>(operators.size()) - 1, args);
  }
  void call_index(int32_t op_index, const std::vector<int32_t>& args) {
    add_instruction(fb::InstructionArguments::KernelCall,
                    fb::CreateKernelCall(fbb, op_index, fbb.CreateVector(args)).Union());
  }
  void call_delegate(int32_t index, const std::vector<int32_t>& args) {
    add_instruction(fb::InstructionArguments::DelegateCall,
                    fb::CreateDelegateCall(fbb, index, fbb.CreateVector(args)).Union());
  }
  void move(int32_t from, int32_t to) {
    add_instruction(fb::InstructionArguments::MoveCall, fb::CreateMoveCall(fbb, from, to).Union());
  }
  void jump_false(int32_t condition, int32_t destination) {
    add_instruction(fb::InstructionArguments::JumpFalseCall,
                    fb::CreateJumpFalseCall(fbb, condition, destination).Union());
  }
  void free(int32_t value) {
    add_instruction(fb::InstructionArguments::FreeCall, fb::CreateFreeCall(fbb, value).Union());
  }
  void add_instruction(fb::InstructionArguments kind, Offset<void> args) {
    instructions.push_back(fb::CreateInstruction(fbb, kind, args));
  }
  void end_chain() {
    chains.push_back(fb::CreateChain(fbb, 0, 0, fbb.CreateVector(instructions)));
    instructions.clear();
  }

  // ---- Delegates and data ----

  /// A delegate whose payload is in the flatbuffer or, if `in_segment`, in a segment of its own.
  void add_delegate(const char* backend, const std::string& payload, bool in_segment) {
    uint32_t index = 0;
    if (in_segment) {
      index = add_segment(std::vector<uint8_t>(payload.begin(), payload.end()));
    } else {
      fbb.ForceVectorAlignment(payload.size(), 1, 16);
      inline_payloads.push_back(fb::CreateBackendDelegateInlineData(
          fbb, fbb.CreateVector(reinterpret_cast<const uint8_t*>(payload.data()), payload.size())));
      index = static_cast<uint32_t>(inline_payloads.size()) - 1;
    }
    const uint8_t spec_value[] = {1, 2, 3};
    const std::vector<Offset<fb::CompileSpec>> specs = {fb::CreateCompileSpec(
        fbb, fbb.CreateString("spec"), fbb.CreateVector(spec_value, sizeof(spec_value)))};
    delegates.push_back(fb::CreateBackendDelegate(
        fbb, fbb.CreateString(backend),
        fb::CreateBackendDelegateDataReference(
            fbb, in_segment ? fb::DataLocation::SEGMENT : fb::DataLocation::INLINE, index),
        fbb.CreateVector(specs)));
  }

  /// Returns the data_buffer_idx.
  uint32_t add_constant(const std::vector<uint8_t>& bytes) {
    return add_item(bytes, 16, &constant_data, &constant_offsets);
  }
  uint32_t add_initial_value(const std::vector<uint8_t>& bytes) {
    return add_item(bytes, 1, &mutable_data, &mutable_offsets);
  }

  uint32_t add_segment(const std::vector<uint8_t>& bytes) {
    segments.push_back(bytes);
    // 0 is for the constants, 1 for the initial values.
    return static_cast<uint32_t>(segments.size()) + 1;
  }
  void add_named_data(const char* key, const std::vector<uint8_t>& bytes) {
    named_data.push_back(fb::CreateNamedData(fbb, fbb.CreateString(key), add_segment(bytes)));
  }

  /// Ends a method.
  void end_method(const char* name, const std::vector<int32_t>& inputs,
                  const std::vector<int32_t>& outputs,
                  const std::vector<int64_t>& arenas = {0, 256}) {
    if (!instructions.empty() || chains.empty()) {
      end_chain();
    }
    const auto container =
        fb::CreateContainerMetadata(fbb, fbb.CreateString("in"), fbb.CreateString("out"));
    plans.push_back(fb::CreateExecutionPlan(
        fbb, fbb.CreateString(name), container, fbb.CreateVector(values), fbb.CreateVector(inputs),
        fbb.CreateVector(outputs), fbb.CreateVector(chains), fbb.CreateVector(operators),
        fbb.CreateVector(delegates), fbb.CreateVector(arenas)));
    values.clear();
    chains.clear();
    operators.clear();
    delegates.clear();
  }

  /// The file.
  std::vector<uint8_t> finish() {
    std::vector<std::vector<uint8_t>> blobs = {constant_data, mutable_data};
    blobs.insert(blobs.end(), segments.begin(), segments.end());
    std::vector<Offset<fb::DataSegment>> table;
    std::vector<uint8_t> data;
    for (const auto& blob : blobs) {
      data.resize((data.size() + 15) / 16 * 16);
      table.push_back(fb::CreateDataSegment(fbb, data.size(), blob.size()));
      data.insert(data.end(), blob.begin(), blob.end());
    }
    const std::vector<Offset<fb::SubsegmentOffsets>> mutable_segments = {
        fb::CreateSubsegmentOffsets(fbb, 1, fbb.CreateVector(mutable_offsets))};
    const auto constants = fb::CreateSubsegmentOffsets(fbb, 0, fbb.CreateVector(constant_offsets));
    fb::FinishProgramBuffer(
        fbb,
        fb::CreateProgram(fbb, 0, fbb.CreateVector(plans), 0, fbb.CreateVector(inline_payloads),
                          fbb.CreateVector(table), constants, fbb.CreateVector(mutable_segments),
                          fbb.CreateVector(named_data)));
    return insert_header({fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize()}, data);
  }

  /// Puts the extended header into a flatbuffer, and the segments behind it.
  static std::vector<uint8_t> insert_header(std::vector<uint8_t> program,
                                            const std::vector<uint8_t>& data) {
    const uint32_t root = flatbuffers::ReadScalar<uint32_t>(program.data()) + 32;
    flatbuffers::WriteScalar(program.data(), root);
    const uint64_t program_size = program.size() + 32;
    const uint64_t base = (program_size + 63) / 64 * 64;
    uint8_t header[32] = {'e', 'h', '0', '0', 32};
    flatbuffers::WriteScalar<uint64_t>(header + 8, program_size);
    flatbuffers::WriteScalar<uint64_t>(header + 16, data.empty() ? 0 : base);
    flatbuffers::WriteScalar<uint64_t>(header + 24, data.size());
    program.insert(program.begin() + 8, header, header + sizeof(header));
    if (!data.empty()) {
      program.resize(base);
      program.insert(program.end(), data.begin(), data.end());
    }
    return program;
  }

  flatbuffers::FlatBufferBuilder fbb;
  std::vector<Offset<fb::EValue>> values;
  std::vector<Offset<fb::Operator>> operators;
  std::vector<Offset<fb::Instruction>> instructions;
  std::vector<Offset<fb::Chain>> chains;
  std::vector<Offset<fb::BackendDelegate>> delegates;
  std::vector<Offset<fb::ExecutionPlan>> plans;
  std::vector<Offset<fb::BackendDelegateInlineData>> inline_payloads;
  std::vector<Offset<fb::NamedData>> named_data;
  std::vector<uint8_t> constant_data;
  std::vector<uint64_t> constant_offsets = {0};
  std::vector<uint8_t> mutable_data;
  std::vector<uint64_t> mutable_offsets = {0};
  std::vector<std::vector<uint8_t>> segments;

 private:
  static uint32_t add_item(const std::vector<uint8_t>& bytes, size_t alignment,
                           std::vector<uint8_t>* data, std::vector<uint64_t>* offsets) {
    data->resize((data->size() + alignment - 1) / alignment * alignment);
    offsets->push_back(data->size());
    data->insert(data->end(), bytes.begin(), bytes.end());
    return static_cast<uint32_t>(offsets->size()) - 1;
  }
};

template <typename T>
std::vector<uint8_t> bytes_of(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) {
    memcpy(bytes.data(), values.data(), bytes.size());
  }
  return bytes;
}

/// All the memory of one method, each arena in its own block of the heap.
class MethodMemory {
 public:
  explicit MethodMemory(const MethodMeta& meta, size_t method_bytes = 64 * 1024)
      : method_pool_(new (std::align_val_t(16)) uint8_t[method_bytes]),
        method_allocator_(static_cast<uint32_t>(method_bytes), method_pool_.get()) {
    for (size_t i = 0; i < meta.num_memory_planned_buffers(); ++i) {
      // A damaged program may ask for anything.
      const int64_t asked = *meta.memory_planned_buffer_size(i);
      const size_t size = static_cast<size_t>(std::min<int64_t>(asked, 1 << 20));
      arenas_.emplace_back(new (std::align_val_t(16)) uint8_t[size]());
      spans_.emplace_back(arenas_.back().get(), size);
    }
    planned_.emplace(Span<Span<uint8_t>>(spans_.data(), spans_.size()));
    manager_.emplace(&method_allocator_, &*planned_);
  }

  MemoryManager* manager() { return &*manager_; }
  MemoryAllocator& method_allocator() { return method_allocator_; }

 private:
  struct Free {
    void operator()(uint8_t* p) const { ::operator delete[](p, std::align_val_t(16)); }
  };
  using Block = std::unique_ptr<uint8_t[], Free>;

  Block method_pool_;
  MemoryAllocator method_allocator_;
  std::vector<Block> arenas_;
  std::vector<Span<uint8_t>> spans_;
  std::optional<HierarchicalAllocator> planned_;
  std::optional<MemoryManager> manager_;
};

/// Accepts every payload; takes a little memory, as backends do.
class StandInBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }
  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer*,
                               ArrayRef<CompileSpec>) const override {
    return ET_ALLOCATE_OR_RETURN_ERROR(context.get_runtime_allocator(), 24);
  }
  Error execute(BackendExecutionContext&, DelegateHandle*, Span<EValue*>) const override {
    return Error::Ok;
  }
};

/// Once for the whole process.
inline void register_stand_in_backend() {
  static StandInBackend backend;
  static const Error error = register_backend({"XnnpackBackend", &backend});
  ET_CHECK(error == Error::Ok);
}

/// Kernels that do nothing, for all operators of a program.
class StandInKernels {
 public:
  explicit StandInKernels(const fb::Program* program) {
    for (const auto* plan : *program->execution_plan()) {
      for (const auto* op : *plan->operators()) {
        const bool has_overload = op->overload() != nullptr && op->overload()->size() > 0;
        names_.push_back(op->name()->str() + (has_overload ? "." + op->overload()->str() : ""));
      }
    }
    for (const std::string& name : names_) {
      kernels_.push_back(Kernel(name.c_str(), [](KernelRuntimeContext&, Span<EValue*>) {}));
    }
  }

  Span<const Kernel> span() const { return {kernels_.data(), kernels_.size()}; }

 private:
  std::vector<std::string> names_;
  std::vector<Kernel> kernels_;
};

}  // namespace executorch::runtime::testing
