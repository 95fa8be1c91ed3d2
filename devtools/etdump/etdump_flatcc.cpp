// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/devtools/etdump/etdump_flatcc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <executorch/devtools/etdump/delegate_id.h>
#include <executorch/devtools/etdump/etdump_generated.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/platform/platform.h>

namespace executorch {
namespace etdump {

namespace {

namespace fb = ::etdump;

using executorch::aten::Tensor;
using flatbuffers::Offset;
using flatbuffers::String;
using runtime::AllocatorID;
using runtime::ArrayRef;
using runtime::ChainID;
using runtime::DebugHandle;
using runtime::DelegateDebugIdType;
using runtime::DelegateDebugIntId;
using runtime::Error;
using runtime::EValue;
using runtime::EventTracerEntry;
using runtime::LoggedEValueType;
using runtime::Result;
using runtime::Span;

/// EventTracerEntry::event_id of an event without a name, and of one that is dropped.
constexpr int64_t kNoName = -1;
constexpr int64_t kDropped = -2;
/// More than any event takes besides its strings, metadata and shapes, and than the builder uses
/// for its own bookkeeping.
constexpr size_t kEventBytes = 512;
/// More than the end of a block, and of the dump, takes.
constexpr size_t kBlockBytes = 128;
/// flatbuffers cannot address more.
constexpr size_t kMaxDumpBytes = (size_t{1} << 31) - (size_t{1} << 20);

/// Hands out the caller's buffer, once.
class RegionAllocator final : public flatbuffers::Allocator {
 public:
  explicit RegionAllocator(Span<uint8_t> region) : region_(region) {}

  uint8_t* allocate(size_t size) override {
    ET_CHECK_MSG(size <= region_.size(), "ETDump: %zu bytes asked of a region of %zu", size,
                 region_.size());
    return region_.data();
  }
  void deallocate(uint8_t*, size_t) override {}

 private:
  Span<uint8_t> region_;
};

size_t string_bytes(const char* text) {
  return text == nullptr ? 0 : std::strlen(text) + 8;
}

}  // namespace

/**
 * The dump under construction. Everything is written as it comes; what remains to be remembered is
 * where the finished blocks and the events of the open block are.
 */
class ETDumpGen::Builder {
 public:
  explicit Builder(Span<uint8_t> buffer)
      : is_static_(buffer.data() != nullptr && buffer.size() > 0),
        buffer_(align(buffer)),
        // A position for each 64 bytes: an event takes more.
        num_static_positions_(buffer_.size() / 16 / sizeof(uint32_t)),
        region_({buffer_.data() + positions_bytes(), buffer_.size() - positions_bytes()}),
        allocator_(region_),
        fbb_(is_static_ ? region_.size() : 1024, is_static_ ? &allocator_ : nullptr) {}

  bool is_static() const { return is_static_; }
  size_t num_blocks() const { return num_blocks_; }

  void reset() {
    fbb_.Clear();
    positions_.clear();
    num_positions_ = 0;
    num_blocks_ = 0;
    is_open_ = false;
    is_full_ = false;
    ++generation_;
    std::fill(std::begin(names_), std::end(names_), 0);
  }

  /// Whether something of `bytes`, beside an event's fixed part, can be added. Logs when it first
  /// cannot.
  bool has_room(size_t bytes) {
    const size_t used =
        fbb_.GetSize() + kEventBytes + kBlockBytes * (num_blocks_ + 1) + 4 * num_positions_;
    const size_t capacity = is_static_ ? region_.size() : kMaxDumpBytes;
    const bool fits = used < capacity && bytes < capacity - used &&
                      (!is_static_ || num_positions_ < num_static_positions_);
    if (!fits && !is_full_) {
      is_full_ = true;
      ET_LOG(Error, "ETDump: the buffer of %zu bytes is full; what follows is dropped", capacity);
    }
    return fits;
  }

  void open_block(const char* name, int bundled_input_index) {
    close_block();
    if (!has_room(string_bytes(name))) {
      return;
    }
    block_name_ = string(name);
    bundled_input_index_ = bundled_input_index;
    first_position_ = num_positions_;
    num_allocators_ = 0;
    is_open_ = true;
    ++num_blocks_;
  }

  bool is_open() const { return is_open_; }

  /// The whole dump, in the builder's memory.
  Span<uint8_t> finish() {
    close_block();
    fbb_.FinishSizePrefixed(
        fb::CreateETDump(fbb_, 0, vector<fb::RunData>(0, num_positions_, false)), "ED00");
    return {fbb_.GetBufferPointer(), fbb_.GetSize()};
  }
  Span<uint8_t> finished() { return {fbb_.GetBufferPointer(), fbb_.GetSize()}; }

  /// A name for EventTracerEntry::event_id.
  int64_t name_id(const char* name) {
    if (name == nullptr) {
      return kNoName;
    }
    if (!has_room(string_bytes(name))) {
      return kDropped;
    }
    return static_cast<int64_t>(generation_ & 0x7fffffff) << 32 | string(name).o;
  }
  bool is_current(int64_t name_id) const {
    return name_id == kNoName || (name_id >= 0 && (generation_ & 0x7fffffff) == name_id >> 32);
  }
  static Offset<String> name_of(int64_t name_id) {
    return name_id == kNoName ? 0 : Offset<String>(static_cast<uint32_t>(name_id));
  }

  /// The position of an equal string that is already there, where it was among the recent ones.
  Offset<String> string(const char* text) {
    if (text == nullptr) {
      return 0;
    }
    const size_t length = std::strlen(text);
    uint32_t hash = 2166136261u;  // FNV-1a
    for (size_t i = 0; i < length; ++i) {
      hash = (hash ^ static_cast<uint8_t>(text[i])) * 16777619u;
    }
    uint32_t& known = names_[hash % kNumNames];
    if (known != 0) {
      const auto* candidate = reinterpret_cast<const String*>(fbb_.GetCurrentBufferPointer() +
                                                              (fbb_.GetSize() - known));
      if (candidate->size() == length && std::memcmp(candidate->data(), text, length) == 0) {
        return known;
      }
    }
    known = fbb_.CreateString(text, length).o;
    return known;
  }

  void add_event(Offset<fb::Event> event) { push(event.o, false); }

  AllocatorID add_allocator(const char* name) {
    push(fb::CreateAllocator(fbb_, string(name)).o, true);
    return ++num_allocators_;
  }

  flatbuffers::FlatBufferBuilder& fbb() { return fbb_; }

 private:
  static constexpr size_t kNumNames = 64;
  /// Marks an allocator among the positions of a block.
  static constexpr uint32_t kAllocatorBit = 0x80000000u;

  static Span<uint8_t> align(Span<uint8_t> buffer) {
    constexpr size_t kAlignment = 16;
    const size_t skip =
        (kAlignment - reinterpret_cast<uintptr_t>(buffer.data()) % kAlignment) % kAlignment;
    if (buffer.size() < skip + kAlignment) {
      return {buffer.data(), static_cast<size_t>(0)};
    }
    return {buffer.data() + skip, (buffer.size() - skip) / kAlignment * kAlignment};
  }

  /// Rounded so that the region behind it is aligned.
  size_t positions_bytes() const {
    return std::min((num_static_positions_ * sizeof(uint32_t) + 15) / 16 * 16, buffer_.size());
  }

  uint32_t& position(size_t i) {
    return is_static_ ? reinterpret_cast<uint32_t*>(buffer_.data())[i] : positions_[i];
  }

  void push(uint32_t offset, bool is_allocator) {
    if (!is_static_) {
      positions_.resize(num_positions_ + 1);
    }
    position(num_positions_++) = offset | (is_allocator ? kAllocatorBit : 0);
  }

  /// The vector of those positions in [first, last) that are or are not allocators.
  template <typename T>
  Offset<flatbuffers::Vector<Offset<T>>> vector(size_t first, size_t last, bool allocators) {
    const auto wanted = [&](size_t i) {
      return ((position(i) & kAllocatorBit) != 0) == allocators;
    };
    size_t count = 0;
    for (size_t i = first; i < last; ++i) {
      count += wanted(i) ? 1 : 0;
    }
    fbb_.StartVector(count, sizeof(uint32_t), sizeof(uint32_t));
    for (size_t i = last; i-- > first;) {
      if (wanted(i)) {
        fbb_.PushElement(Offset<T>(position(i) & ~kAllocatorBit));
      }
    }
    return fbb_.EndVector(count);
  }

  /// Replaces the positions of the open block by that of the block.
  void close_block() {
    if (!is_open_) {
      return;
    }
    const auto allocators = vector<fb::Allocator>(first_position_, num_positions_, true);
    const auto events = vector<fb::Event>(first_position_, num_positions_, false);
    const auto block =
        fb::CreateRunData(fbb_, block_name_, bundled_input_index_, allocators, events);
    num_positions_ = first_position_;
    push(block.o, false);
    is_open_ = false;
  }

  bool is_static_;
  Span<uint8_t> buffer_;
  size_t num_static_positions_;
  Span<uint8_t> region_;
  RegionAllocator allocator_;
  flatbuffers::FlatBufferBuilder fbb_;

  /// Finished blocks, and behind them from first_position_ what is in the open one. With a buffer
  /// of the caller's they are at its start.
  std::vector<uint32_t> positions_;
  size_t num_positions_ = 0;
  size_t num_blocks_ = 0;

  bool is_open_ = false;
  Offset<String> block_name_;
  int bundled_input_index_ = runtime::kUnsetBundledInputIndex;
  size_t first_position_ = 0;
  AllocatorID num_allocators_ = 0;

  bool is_full_ = false;
  /// Tells names of an earlier dump from those of this one.
  uint32_t generation_ = 0;
  uint32_t names_[kNumNames] = {};
};

namespace {

/// A value on its way into the dump; tensors have been written to the sink.
class ValueWriter {
 public:
  ValueWriter(flatbuffers::FlatBufferBuilder& fbb, DataSinkBase* sink) : fbb_(fbb), sink_(sink) {}

  /// 0 for a kind of value that is not logged.
  Result<Offset<fb::Value>> write(const EValue& value, bool is_output) {
    // Tables cannot be nested: the inner ones come first.
    Offset<fb::Tensor> tensor;
    Offset<fb::TensorList> tensor_list;
    Offset<fb::Int> int_value;
    Offset<fb::Double> double_value;
    Offset<fb::Bool> bool_value;
    fb::ValueType type;
    if (value.isTensor()) {
      type = fb::ValueType::Tensor;
      const auto written = write(value.toTensor());
      ET_CHECK_OK_OR_RETURN_ERROR(written.error());
      tensor = *written;
    } else if (value.isTensorList()) {
      type = fb::ValueType::TensorList;
      const auto written = write(value.toTensorList());
      ET_CHECK_OK_OR_RETURN_ERROR(written.error());
      tensor_list = *written;
    } else if (value.isInt()) {
      type = fb::ValueType::Int;
      int_value = fb::CreateInt(fbb_, value.toInt());
    } else if (value.isDouble()) {
      type = fb::ValueType::Double;
      double_value = fb::CreateDouble(fbb_, value.toDouble());
    } else if (value.isBool()) {
      type = fb::ValueType::Bool;
      bool_value = fb::CreateBool(fbb_, value.toBool());
    } else {
      return Offset<fb::Value>(0);
    }
    const auto output = is_output ? fb::CreateBool(fbb_, true) : Offset<fb::Bool>(0);
    return fb::CreateValue(fbb_, type, tensor, tensor_list, int_value, 0, double_value, bool_value,
                           output);
  }

  Result<Offset<fb::TensorList>> write(ArrayRef<Tensor> tensors) {
    std::vector<Offset<fb::Tensor>> offsets(tensors.size());
    for (size_t i = 0; i < tensors.size(); ++i) {
      const auto written = write(tensors[i]);
      ET_CHECK_OK_OR_RETURN_ERROR(written.error());
      offsets[i] = *written;
    }
    return fb::CreateTensorList(fbb_, fbb_.CreateVector(offsets));
  }

  Result<Offset<fb::Tensor>> write(const Tensor& tensor) {
    int64_t offset = -1;
    if (tensor.nbytes() > 0) {
      ET_CHECK_OR_RETURN_ERROR(tensor.const_data_ptr() != nullptr, InvalidArgument,
                               "ETDump: a tensor of %zu bytes has no data", tensor.nbytes());
      ET_CHECK_OR_RETURN_ERROR(
          sink_ != nullptr, InvalidState,
          "ETDump: logging tensors needs set_data_sink() or set_debug_buffer() first");
      const Result<size_t> written = sink_->write(tensor.const_data_ptr(), tensor.nbytes());
      ET_CHECK_OK_OR_RETURN_ERROR(written.error());
      offset = static_cast<int64_t>(*written);
    }
    const auto sizes = write(tensor.dim(), tensor.sizes());
    const auto strides = write(tensor.dim(), tensor.strides());
    return fb::CreateTensor(fbb_,
                            static_cast<executorch_flatbuffer::ScalarType>(tensor.scalar_type()),
                            sizes, strides, offset);
  }

 private:
  template <typename T>
  Offset<flatbuffers::Vector<int64_t>> write(ssize_t count, ArrayRef<T> numbers) {
    fbb_.StartVector(count, sizeof(int64_t), sizeof(int64_t));
    for (ssize_t i = count; i-- > 0;) {
      fbb_.PushElement(static_cast<int64_t>(numbers[i]));
    }
    return Offset<flatbuffers::Vector<int64_t>>(fbb_.EndVector(count));
  }

  flatbuffers::FlatBufferBuilder& fbb_;
  DataSinkBase* sink_;
};

constexpr size_t kTensorBytes = 2 * runtime::kTensorDimensionLimit * sizeof(int64_t) + 128;

size_t value_bytes(const EValue& value) {
  return value.isTensorList() ? (1 + value.toTensorList().size()) * kTensorBytes : kTensorBytes;
}

}  // namespace

ETDumpGen::ETDumpGen(Span<uint8_t> buffer)
    : builder_(std::make_unique<Builder>(buffer)),
      debug_buffer_(std::move(*BufferDataSink::create(nullptr, 0))) {}

ETDumpGen::~ETDumpGen() = default;

void ETDumpGen::reset() {
  builder_->reset();
  done_ = false;
}

void ETDumpGen::create_event_block(const char* name) {
  if (done_) {
    reset();
  }
  builder_->open_block(name == nullptr ? "" : name, bundled_input_index_);
}

/// Whether there is a block for an event. Opens one before the first event, but not once the dump
/// has been handed out: what ends afterwards is nobody's.
bool ETDumpGen::ready_for_event() {
  if (!done_ && !builder_->is_open()) {
    create_event_block("Default");
  }
  return !done_ && builder_->is_open();
}

EventTracerEntry ETDumpGen::start_profiling(const char* name, ChainID chain_id,
                                            DebugHandle debug_handle) {
  EventTracerEntry entry;
  entry.event_id = ready_for_event() ? builder_->name_id(name) : kDropped;
  entry.delegate_event_id_type = DelegateDebugIdType::kNone;
  const bool is_explicit = chain_id != runtime::kUnsetChainId;
  entry.chain_id = is_explicit ? chain_id : chain_id_;
  entry.debug_handle = is_explicit ? debug_handle : debug_handle_;
  entry.start_time = runtime::pal_current_ticks();
  return entry;
}

void ETDumpGen::end_profiling(EventTracerEntry entry) {
  const et_timestamp_t end_time = runtime::pal_current_ticks();
  if (!builder_->is_current(entry.event_id) || !ready_for_event() || !builder_->has_room(0)) {
    return;
  }
  auto& fbb = builder_->fbb();
  builder_->add_event(fb::CreateEvent(
      fbb,
      fb::CreateProfileEvent(fbb, Builder::name_of(entry.event_id), entry.chain_id,
                             static_cast<int32_t>(entry.debug_handle),
                             runtime::kUnsetDelegateDebugIntId, 0, 0, entry.start_time, end_time)));
}

EventTracerEntry ETDumpGen::delegate_entry(const char* name, DelegateDebugIntId index,
                                           et_timestamp_t start_time) {
  EventTracerEntry entry;
  entry.chain_id = chain_id_;
  entry.debug_handle = debug_handle_;
  entry.start_time = start_time;
  entry.delegate_event_id_type =
      name == nullptr ? DelegateDebugIdType::kInt : DelegateDebugIdType::kStr;
  if (internal::check_delegate_id(name, index) != Error::Ok || !ready_for_event()) {
    entry.event_id = kDropped;
  } else {
    entry.event_id = name == nullptr ? index : builder_->name_id(name);
  }
  return entry;
}

EventTracerEntry ETDumpGen::start_profiling_delegate(const char* name,
                                                     DelegateDebugIntId delegate_debug_index) {
  return delegate_entry(name, delegate_debug_index, runtime::pal_current_ticks());
}

void ETDumpGen::add_delegate_event(const EventTracerEntry& entry, et_timestamp_t end_time,
                                   const void* metadata, size_t metadata_len) {
  const bool is_string = entry.delegate_event_id_type == DelegateDebugIdType::kStr;
  if (entry.event_id == kDropped || (is_string && !builder_->is_current(entry.event_id)) ||
      !ready_for_event() || !builder_->has_room(metadata == nullptr ? 0 : metadata_len)) {
    return;
  }
  auto& fbb = builder_->fbb();
  Offset<flatbuffers::Vector<uint8_t>> data;
  if (metadata != nullptr && metadata_len > 0) {
    data = fbb.CreateVector(static_cast<const uint8_t*>(metadata), metadata_len);
  }
  builder_->add_event(fb::CreateEvent(
      fbb, fb::CreateProfileEvent(fbb, 0, entry.chain_id, static_cast<int32_t>(entry.debug_handle),
                                  is_string ? runtime::kUnsetDelegateDebugIntId
                                            : static_cast<DelegateDebugIntId>(entry.event_id),
                                  is_string ? Builder::name_of(entry.event_id) : Offset<String>(0),
                                  data, entry.start_time, end_time)));
}

void ETDumpGen::end_profiling_delegate(EventTracerEntry entry, const void* metadata,
                                       size_t metadata_len) {
  add_delegate_event(entry, runtime::pal_current_ticks(), metadata, metadata_len);
}

void ETDumpGen::log_profiling_delegate(const char* name, DelegateDebugIntId delegate_debug_index,
                                       et_timestamp_t start_time, et_timestamp_t end_time,
                                       const void* metadata, size_t metadata_len) {
  add_delegate_event(delegate_entry(name, delegate_debug_index, start_time), end_time, metadata,
                     metadata_len);
}

AllocatorID ETDumpGen::track_allocator(const char* name) {
  if (!ready_for_event() || !builder_->has_room(string_bytes(name))) {
    return 0;
  }
  return builder_->add_allocator(name);
}

void ETDumpGen::track_allocation(AllocatorID id, size_t size) {
  if (ready_for_event() && builder_->has_room(0)) {
    auto& fbb = builder_->fbb();
    builder_->add_event(
        fb::CreateEvent(fbb, 0, fb::CreateAllocationEvent(fbb, static_cast<int32_t>(id), size)));
  }
}

Result<bool> ETDumpGen::log_evalue(const EValue& evalue, LoggedEValueType evalue_type) {
  if (!ready_for_event() || !builder_->has_room(value_bytes(evalue))) {
    return false;
  }
  auto& fbb = builder_->fbb();
  const Result<Offset<fb::Value>> value =
      ValueWriter(fbb, data_sink_).write(evalue, evalue_type == LoggedEValueType::kProgramOutput);
  ET_CHECK_OK_OR_RETURN_ERROR(value.error());
  if (value->IsNull()) {
    return false;
  }
  builder_->add_event(
      fb::CreateEvent(fbb, 0, 0,
                      fb::CreateDebugEvent(fbb, static_cast<uint64_t>(chain_id_),
                                           static_cast<int32_t>(debug_handle_), *value)));
  return true;
}

Result<bool> ETDumpGen::log_delegate_value(const char* name, DelegateDebugIntId index,
                                           const EValue& output) {
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_delegate_id(name, index));
  if (filter_ != nullptr) {
    const Result<bool> chosen = filter_->filter(const_cast<char*>(name), index);
    ET_CHECK_OK_OR_RETURN_ERROR(chosen.error());
    if (!*chosen) {
      return false;
    }
  }
  if (!ready_for_event() || !builder_->has_room(value_bytes(output) + string_bytes(name))) {
    return false;
  }
  auto& fbb = builder_->fbb();
  const Result<Offset<fb::Value>> value = ValueWriter(fbb, data_sink_).write(output, false);
  ET_CHECK_OK_OR_RETURN_ERROR(value.error());
  builder_->add_event(fb::CreateEvent(fbb, 0, 0,
                                      fb::CreateDebugEvent(fbb, static_cast<uint64_t>(chain_id_),
                                                           static_cast<int32_t>(debug_handle_),
                                                           *value, index, builder_->string(name))));
  return true;
}

Result<bool> ETDumpGen::log_intermediate_output_delegate(const char* name,
                                                         DelegateDebugIntId delegate_debug_index,
                                                         const Tensor& output) {
  return log_delegate_value(name, delegate_debug_index, EValue(output));
}

Result<bool> ETDumpGen::log_intermediate_output_delegate(const char* name,
                                                         DelegateDebugIntId delegate_debug_index,
                                                         const ArrayRef<Tensor> output) {
  // A list of tensors is an EValue only by way of pointers to values.
  std::vector<EValue> values(output.begin(), output.end());
  std::vector<EValue*> pointers(values.size());
  std::transform(values.begin(), values.end(), pointers.begin(), [](EValue& v) { return &v; });
  std::vector<Tensor> unwrapped(output.begin(), output.end());
  runtime::BoxedEvalueList<Tensor> list(pointers.data(), unwrapped.data(),
                                        static_cast<int>(pointers.size()));
  return log_delegate_value(name, delegate_debug_index, EValue(&list));
}

Result<bool> ETDumpGen::log_intermediate_output_delegate(const char* name,
                                                         DelegateDebugIntId delegate_debug_index,
                                                         const int& output) {
  return log_delegate_value(name, delegate_debug_index, EValue(static_cast<int64_t>(output)));
}

Result<bool> ETDumpGen::log_intermediate_output_delegate(const char* name,
                                                         DelegateDebugIntId delegate_debug_index,
                                                         const bool& output) {
  return log_delegate_value(name, delegate_debug_index, EValue(output));
}

Result<bool> ETDumpGen::log_intermediate_output_delegate(const char* name,
                                                         DelegateDebugIntId delegate_debug_index,
                                                         const double& output) {
  return log_delegate_value(name, delegate_debug_index, EValue(output));
}

void ETDumpGen::set_delegation_intermediate_output_filter(runtime::EventTracerFilterBase* filter) {
  filter_ = filter;
}

Result<bool> ETDumpGen::set_debug_buffer(Span<uint8_t> buffer) {
  Result<BufferDataSink> sink = BufferDataSink::create(buffer);
  ET_CHECK_OK_OR_RETURN_ERROR(sink.error());
  debug_buffer_ = std::move(*sink);
  data_sink_ = &debug_buffer_;
  return true;
}

void ETDumpGen::set_data_sink(DataSinkBase* data_sink) {
  data_sink_ = data_sink;
}

ETDumpResult ETDumpGen::get_etdump_data() {
  if (builder_->num_blocks() == 0) {
    return {nullptr, 0};
  }
  const Span<uint8_t> dump = done_ ? builder_->finished() : builder_->finish();
  done_ = true;
  if (builder_->is_static()) {
    return {dump.data(), dump.size()};
  }
  void* copy = std::malloc(dump.size());
  if (copy == nullptr) {
    return {nullptr, 0};
  }
  std::memcpy(copy, dump.data(), dump.size());
  return {copy, dump.size()};
}

size_t ETDumpGen::get_num_blocks() {
  return builder_->num_blocks();
}

bool ETDumpGen::is_static_etdump() {
  return builder_->is_static();
}

}  // namespace etdump
}  // namespace executorch
