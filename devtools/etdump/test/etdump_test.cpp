// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/devtools/etdump/etdump_flatcc.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <executorch/devtools/etdump/data_sinks/file_data_sink.h>
#include <executorch/devtools/etdump/etdump_filter.h>
#include <executorch/devtools/etdump/etdump_generated.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_factory.h>
#include <executorch/runtime/platform/runtime.h>
#include <gtest/gtest.h>

namespace fb = ::etdump;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using namespace executorch::etdump;
using namespace executorch::runtime;
using executorch::runtime::testing::TensorFactory;

namespace {

/// Recording on the heap, and into a buffer of the caller's.
class ETDumpTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    runtime_init();
    if (GetParam()) {
      buffer_.resize(1 << 16);
      // One byte further: the buffer need not be aligned.
      tracer_ = std::make_unique<ETDumpGen>(Span<uint8_t>(buffer_.data() + 1, buffer_.size() - 1));
    } else {
      tracer_ = std::make_unique<ETDumpGen>();
    }
  }

  /// Ends the dump and verifies it.
  const fb::ETDump* dump() {
    const ETDumpResult result = tracer_->get_etdump_data();
    if (result.buf == nullptr) {
      return nullptr;
    }
    const auto* data = static_cast<const uint8_t*>(result.buf);
    bytes_.assign(data, data + result.size);
    if (!tracer_->is_static_etdump()) {
      std::free(result.buf);
    }
    flatbuffers::Verifier verifier(bytes_.data(), bytes_.size());
    EXPECT_TRUE(fb::VerifySizePrefixedETDumpBuffer(verifier));
    return fb::GetSizePrefixedETDump(bytes_.data());
  }

  std::vector<uint8_t> buffer_;
  std::unique_ptr<ETDumpGen> tracer_;
  std::vector<uint8_t> bytes_;
};

TEST_P(ETDumpTest, IsEmptyWithoutBlocks) {
  EXPECT_EQ(tracer_->is_static_etdump(), GetParam());
  EXPECT_EQ(tracer_->get_num_blocks(), 0u);
  const ETDumpResult result = tracer_->get_etdump_data();
  EXPECT_EQ(result.buf, nullptr);
  EXPECT_EQ(result.size, 0u);
}

TEST_P(ETDumpTest, RecordsBlocksAndNestedEvents) {
  tracer_->create_event_block("Default");
  const EventTracerEntry load = tracer_->start_profiling("Program::load_method");
  tracer_->end_profiling(load);
  tracer_->set_bundled_input_index(3);
  tracer_->create_event_block("Execute");
  const EventTracerEntry outer = tracer_->start_profiling("Method::execute");
  tracer_->set_chain_debug_handle(0, 7);
  const EventTracerEntry inner = tracer_->start_profiling("OPERATOR_CALL");
  tracer_->end_profiling(inner);
  const EventTracerEntry placed = tracer_->start_profiling("OPERATOR_CALL", 1, 9);
  tracer_->end_profiling(placed);
  tracer_->set_chain_debug_handle(kUnsetChainId, kUnsetDebugHandle);
  tracer_->end_profiling(outer);
  EXPECT_EQ(tracer_->get_num_blocks(), 2u);

  const fb::ETDump* file = dump();
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->version(), 0u);
  ASSERT_EQ(file->run_data()->size(), 2u);
  const fb::RunData* first = file->run_data()->Get(0);
  EXPECT_EQ(first->name()->str(), "Default");
  EXPECT_EQ(first->bundled_input_index(), -1);
  ASSERT_EQ(first->events()->size(), 1u);
  EXPECT_EQ(first->events()->Get(0)->profile_event()->name()->str(), "Program::load_method");
  EXPECT_EQ(first->events()->Get(0)->profile_event()->chain_index(), -1);
  EXPECT_EQ(first->events()->Get(0)->profile_event()->instruction_id(), 0);

  const fb::RunData* second = file->run_data()->Get(1);
  EXPECT_EQ(second->name()->str(), "Execute");
  EXPECT_EQ(second->bundled_input_index(), 3);
  ASSERT_EQ(second->events()->size(), 3u);
  const auto* op = second->events()->Get(0)->profile_event();
  EXPECT_EQ(op->name()->str(), "OPERATOR_CALL");
  EXPECT_EQ(op->chain_index(), 0);
  EXPECT_EQ(op->instruction_id(), 7);
  EXPECT_EQ(op->delegate_debug_id_int(), -1);
  EXPECT_EQ(op->delegate_debug_id_str(), nullptr);
  EXPECT_LE(op->start_time(), op->end_time());
  EXPECT_EQ(second->events()->Get(1)->profile_event()->chain_index(), 1);
  EXPECT_EQ(second->events()->Get(1)->profile_event()->instruction_id(), 9);
  const auto* whole = second->events()->Get(2)->profile_event();
  EXPECT_EQ(whole->name()->str(), "Method::execute");
  EXPECT_LE(whole->start_time(), op->start_time());
  EXPECT_GE(whole->end_time(), op->end_time());
  // Equal names are stored once.
  EXPECT_EQ(op->name(), second->events()->Get(1)->profile_event()->name());
}

TEST_P(ETDumpTest, OpensABlockByItself) {
  tracer_->end_profiling(tracer_->start_profiling("x"));
  const fb::ETDump* file = dump();
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(file->run_data()->size(), 1u);
  EXPECT_EQ(file->run_data()->Get(0)->name()->str(), "Default");
}

TEST_P(ETDumpTest, RecordsEventsOfBackends) {
  tracer_->create_event_block("Execute");
  const std::string metadata = "metadata";
  const EventTracerEntry named =
      tracer_->start_profiling_delegate("conv", kUnsetDelegateDebugIntId);
  tracer_->end_profiling_delegate(named, metadata.data(), metadata.size());
  tracer_->log_profiling_delegate(nullptr, 276, 10, 20);
  tracer_->log_profiling_delegate("both", 1, 10, 20);                          // dropped
  tracer_->log_profiling_delegate(nullptr, kUnsetDelegateDebugIntId, 10, 20);  // dropped

  const fb::ETDump* file = dump();
  ASSERT_NE(file, nullptr);
  const auto* events = file->run_data()->Get(0)->events();
  ASSERT_EQ(events->size(), 2u);
  const auto* first = events->Get(0)->profile_event();
  EXPECT_EQ(first->name(), nullptr);
  EXPECT_EQ(first->delegate_debug_id_str()->str(), "conv");
  EXPECT_EQ(first->delegate_debug_id_int(), -1);
  EXPECT_EQ(std::string(first->delegate_debug_metadata()->begin(),
                        first->delegate_debug_metadata()->end()),
            metadata);
  const auto* second = events->Get(1)->profile_event();
  EXPECT_EQ(second->delegate_debug_id_int(), 276);
  EXPECT_EQ(second->delegate_debug_id_str(), nullptr);
  EXPECT_EQ(second->start_time(), 10u);
  EXPECT_EQ(second->end_time(), 20u);
}

TEST_P(ETDumpTest, RecordsAllocations) {
  tracer_->create_event_block("Default");
  const AllocatorID a = tracer_->track_allocator("a");
  const AllocatorID b = tracer_->track_allocator("b");
  EXPECT_EQ(a, 1u);
  EXPECT_EQ(b, 2u);
  tracer_->track_allocation(b, 64);

  const fb::ETDump* file = dump();
  ASSERT_NE(file, nullptr);
  const fb::RunData* run = file->run_data()->Get(0);
  ASSERT_EQ(run->allocators()->size(), 2u);
  EXPECT_EQ(run->allocators()->Get(0)->name()->str(), "a");
  EXPECT_EQ(run->allocators()->Get(1)->name()->str(), "b");
  ASSERT_EQ(run->events()->size(), 1u);
  EXPECT_EQ(run->events()->Get(0)->allocation_event()->allocator_id(), 2);
  EXPECT_EQ(run->events()->Get(0)->allocation_event()->allocation_size(), 64u);
}

TEST_P(ETDumpTest, LogsValues) {
  TensorFactory<ScalarType::Float> floats;
  TensorFactory<ScalarType::BFloat16> halves;
  Tensor x = floats.make({2, 3}, {1, 2, 3, 4, 5, 6});
  Tensor y = halves.make({2}, {1, 2});
  Tensor empty = floats.make({0}, {});

  tracer_->create_event_block("Execute");
  EXPECT_EQ(tracer_->log_evalue(EValue(x), LoggedEValueType::kIntermediateOutput).error(),
            Error::InvalidState);
  std::vector<uint8_t> data(1024);
  ASSERT_TRUE(tracer_->set_debug_buffer({data.data(), data.size()}).ok());

  tracer_->set_chain_debug_handle(0, 5);
  ASSERT_TRUE(tracer_->log_evalue(EValue(x), LoggedEValueType::kIntermediateOutput).get());
  ASSERT_TRUE(tracer_->log_evalue(EValue(y), LoggedEValueType::kProgramOutput).get());
  ASSERT_TRUE(tracer_->log_evalue(EValue(empty), LoggedEValueType::kIntermediateOutput).get());
  ASSERT_TRUE(
      tracer_->log_evalue(EValue(int64_t{-4}), LoggedEValueType::kIntermediateOutput).get());
  ASSERT_TRUE(tracer_->log_evalue(EValue(2.5), LoggedEValueType::kIntermediateOutput).get());
  ASSERT_TRUE(tracer_->log_evalue(EValue(true), LoggedEValueType::kIntermediateOutput).get());
  EXPECT_FALSE(tracer_->log_evalue(EValue(), LoggedEValueType::kIntermediateOutput).get());
  ASSERT_TRUE(tracer_->log_intermediate_output_delegate("d", kUnsetDelegateDebugIntId, x).get());
  const std::vector<Tensor> list = {x, y};
  ASSERT_TRUE(
      tracer_
          ->log_intermediate_output_delegate(nullptr, 4, ArrayRef<Tensor>(list.data(), list.size()))
          .get());
  EXPECT_EQ(tracer_->log_intermediate_output_delegate("d", 4, x).error(), Error::InvalidArgument);

  const fb::ETDump* file = dump();
  ASSERT_NE(file, nullptr);
  const auto* events = file->run_data()->Get(0)->events();
  ASSERT_EQ(events->size(), 8u);
  const auto* first = events->Get(0)->debug_event();
  EXPECT_EQ(first->instruction_id(), 5);
  EXPECT_EQ(first->debug_entry()->val(), fb::ValueType::Tensor);
  EXPECT_EQ(first->debug_entry()->output(), nullptr);
  const auto* tensor = first->debug_entry()->tensor();
  EXPECT_EQ(tensor->scalar_type(), executorch_flatbuffer::ScalarType::FLOAT);
  EXPECT_EQ(std::vector<int64_t>(tensor->sizes()->begin(), tensor->sizes()->end()),
            (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::vector<int64_t>(tensor->strides()->begin(), tensor->strides()->end()),
            (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(data.data() + tensor->offset()) % 64, 0u);
  EXPECT_EQ(std::memcmp(data.data() + tensor->offset(), x.const_data_ptr(), x.nbytes()), 0);
  const auto* output = events->Get(1)->debug_event()->debug_entry();
  EXPECT_TRUE(output->output()->bool_val());
  EXPECT_EQ(output->tensor()->scalar_type(), executorch_flatbuffer::ScalarType::BFLOAT16);
  EXPECT_EQ(events->Get(2)->debug_event()->debug_entry()->tensor()->offset(), -1);
  EXPECT_EQ(events->Get(3)->debug_event()->debug_entry()->int_value()->int_val(), -4);
  EXPECT_EQ(events->Get(4)->debug_event()->debug_entry()->double_value()->double_val(), 2.5);
  EXPECT_TRUE(events->Get(5)->debug_event()->debug_entry()->bool_value()->bool_val());
  EXPECT_EQ(events->Get(6)->debug_event()->delegate_debug_id_str()->str(), "d");
  const auto* last = events->Get(7)->debug_event();
  EXPECT_EQ(last->delegate_debug_id_int(), 4);
  EXPECT_EQ(last->debug_entry()->tensor_list()->tensors()->size(), 2u);
}

TEST_P(ETDumpTest, AsksTheFilter) {
  ETDumpFilter filter;
  ASSERT_TRUE(filter.add_regex("conv.*").ok());
  ASSERT_TRUE(filter.set_debug_handle_range(10, 20).ok());
  tracer_->set_delegation_intermediate_output_filter(&filter);
  tracer_->create_event_block("Execute");
  const int value = 1;
  const auto log = [&](const char* name, DelegateDebugIntId id) {
    return tracer_->log_intermediate_output_delegate(name, id, value).get();
  };
  EXPECT_TRUE(log("conv2d", kUnsetDelegateDebugIntId));
  EXPECT_FALSE(log("my conv2d", kUnsetDelegateDebugIntId));
  EXPECT_TRUE(log(nullptr, 10));
  EXPECT_FALSE(log(nullptr, 20));
  EXPECT_EQ(dump()->run_data()->Get(0)->events()->size(), 2u);
}

TEST_P(ETDumpTest, BeginsAnewAfterADump) {
  tracer_->create_event_block("first");
  const EventTracerEntry late = tracer_->start_profiling("late");
  const EventTracerEntry old = tracer_->start_profiling("old");
  ASSERT_NE(dump(), nullptr);
  const std::vector<uint8_t> bytes = bytes_;
  tracer_->end_profiling(late);  // Too late: the dump is finished.
  ASSERT_NE(dump(), nullptr);
  EXPECT_EQ(bytes_, bytes);

  tracer_->create_event_block("second");
  tracer_->end_profiling(old);  // Its name is gone.
  EXPECT_EQ(tracer_->get_num_blocks(), 1u);
  const fb::ETDump* file = dump();
  ASSERT_EQ(file->run_data()->size(), 1u);
  EXPECT_EQ(file->run_data()->Get(0)->name()->str(), "second");
  EXPECT_EQ(file->run_data()->Get(0)->events()->size(), 0u);

  tracer_->reset();
  EXPECT_EQ(tracer_->get_num_blocks(), 0u);
  EXPECT_EQ(dump(), nullptr);
}

TEST_P(ETDumpTest, GrowsOrDropsWhatDoesNotFit) {
  tracer_->create_event_block("many");
  constexpr uint32_t kEvents = 20000;
  for (uint32_t i = 0; i < kEvents; ++i) {
    tracer_->end_profiling(tracer_->start_profiling("event", 0, i));
  }
  const fb::ETDump* file = dump();
  ASSERT_NE(file, nullptr);
  const auto* events = file->run_data()->Get(0)->events();
  if (GetParam()) {
    EXPECT_GT(events->size(), 200u);
    EXPECT_LT(events->size(), kEvents);
  } else {
    EXPECT_EQ(events->size(), kEvents);
  }
  for (uint32_t i = 0; i < events->size(); ++i) {
    ASSERT_EQ(events->Get(i)->profile_event()->instruction_id(), static_cast<int32_t>(i));
  }
}

INSTANTIATE_TEST_SUITE_P(Memory, ETDumpTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Static" : "Heap"; });

TEST(StaticETDumpTest, AnyBufferSizeIsSafe) {
  for (size_t size = 0; size < 4096; size += 7) {
    std::vector<uint8_t> buffer(size + 1);
    ETDumpGen tracer({buffer.data(), size});
    for (int block = 0; block < 4; ++block) {
      tracer.create_event_block("a block with a name");
      tracer.track_allocator("an allocator");
      for (int i = 0; i < 4; ++i) {
        tracer.end_profiling(tracer.start_profiling("an event with a name"));
      }
    }
    const ETDumpResult result = tracer.get_etdump_data();
    if (!tracer.is_static_etdump()) {
      std::free(result.buf);
    } else if (result.buf != nullptr) {
      flatbuffers::Verifier verifier(static_cast<const uint8_t*>(result.buf), result.size);
      EXPECT_TRUE(fb::VerifySizePrefixedETDumpBuffer(verifier)) << size;
    }
  }
}

TEST(DataSinkTest, BufferIsFilledToTheLastByte) {
  alignas(64) uint8_t buffer[200];
  Result<BufferDataSink> sink = BufferDataSink::create(buffer, sizeof(buffer));
  ASSERT_TRUE(sink.ok());
  const uint8_t bytes[80] = {1};
  EXPECT_EQ(sink->write(bytes, 1).get(), 0u);
  EXPECT_EQ(sink->write(bytes, 64).get(), 64u);
  EXPECT_EQ(sink->write(bytes, 73).error(), Error::OutOfResources);
  EXPECT_EQ(sink->write(bytes, 72).get(), 128u);
  EXPECT_EQ(sink->get_used_bytes(), 200u);
  EXPECT_EQ(BufferDataSink::create(buffer, sizeof(buffer), 3).error(), Error::InvalidArgument);
}

TEST(DataSinkTest, FileHoldsWhatWasWritten) {
  const std::string path = ::testing::TempDir() + "file_data_sink_test.bin";
  {
    Result<FileDataSink> sink = FileDataSink::create(path.c_str());
    ASSERT_TRUE(sink.ok());
    EXPECT_EQ(sink->write("abc", 3).get(), 0u);
    EXPECT_EQ(sink->write("de", 2).get(), 3u);
    EXPECT_EQ(sink->get_used_bytes(), 5u);
    sink->close();
    EXPECT_EQ(sink->write("f", 1).error(), Error::AccessFailed);
  }
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "abcde");
  EXPECT_EQ(FileDataSink::create("/nonexistent/folder/file").error(), Error::AccessFailed);
}

TEST(ETDumpFilterTest, RefusesBadPatternsAndRanges) {
  ETDumpFilter filter;
  EXPECT_EQ(filter.add_regex("(").error(), Error::InvalidArgument);
  EXPECT_EQ(filter.get_n_regex(), 0u);
  EXPECT_EQ(filter.set_debug_handle_range(5, 5).error(), Error::InvalidArgument);
  char name[] = "x";
  EXPECT_FALSE(filter.filter(name, kUnsetDelegateDebugIntId).get());
  EXPECT_FALSE(filter.filter(nullptr, 0).get());
  EXPECT_EQ(filter.filter(name, 1).error(), Error::InvalidArgument);
  EXPECT_EQ(filter.filter(nullptr, kUnsetDelegateDebugIntId).error(), Error::InvalidArgument);
}

}  // namespace
