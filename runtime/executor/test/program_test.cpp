// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/program.h>

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <string>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <gtest/gtest.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using namespace executorch::runtime;
using namespace executorch::runtime::testing;
using Verification = Program::Verification;

namespace {

std::vector<uint8_t> file_with_data() {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant({1, 2, 3, 4, 5, 6, 7, 8});
  writer.add_tensor({{2}, fb::ScalarType::FLOAT, -1, 1, constant});
  writer.add_named_data("a", {7});
  writer.add_named_data("b", {8, 9});
  writer.end_method("forward", {}, {0});
  writer.add_int(1);
  writer.end_method("get_one", {}, {0});
  return writer.finish();
}

#define EXPECT_SENTENCE(text) \
  EXPECT_NE(std::string(last_error_message()).find(text), std::string::npos) << last_error_message()

TEST(ProgramTest, ListsMethods) {
  MemoryLoader loader(file_with_data());
  Result<Program> program = Program::load(&loader, Verification::InternalConsistency);
  ASSERT_TRUE(program.ok()) << last_error_message();
  ASSERT_EQ(program->num_methods(), 2u);
  EXPECT_STREQ(*program->get_method_name(0), "forward");
  EXPECT_STREQ(*program->get_method_name(1), "get_one");
  EXPECT_EQ(program->get_method_name(2).error(), Error::InvalidArgument);
  EXPECT_STREQ(*program->get_output_flattening_encoding("get_one"), "out");
  EXPECT_EQ(program->method_meta("backward").error(), Error::InvalidArgument);
  EXPECT_SENTENCE("no method 'backward'");
  EXPECT_EQ(program->method_meta(nullptr).error(), Error::InvalidArgument);
}

TEST(ProgramTest, GivesConstants) {
  MemoryLoader loader(file_with_data());
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  const Result<const void*> data = program->get_constant_buffer_data(1, 8);
  ASSERT_TRUE(data.ok());
  EXPECT_EQ(static_cast<const uint8_t*>(*data)[7], 8);
  EXPECT_EQ(program->get_constant_buffer_data(1, 9).error(), Error::InvalidArgument);
  EXPECT_EQ(program->get_constant_buffer_data(2, 0).error(), Error::InvalidArgument);
}

TEST(ProgramTest, GivesNamedData) {
  MemoryLoader loader(file_with_data());
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  const Result<const NamedDataMap*> map = program->get_named_data_map();
  ASSERT_TRUE(map.ok());
  EXPECT_EQ(*(*map)->get_num_keys(), 2u);
  EXPECT_STREQ(*(*map)->get_key(1), "b");
  EXPECT_EQ((*map)->get_key(2).error(), Error::InvalidArgument);
  const Result<FreeableBuffer> data = (*map)->get_data("b");
  ASSERT_TRUE(data.ok());
  ASSERT_EQ(data->size(), 2u);
  EXPECT_EQ(static_cast<const uint8_t*>(data->data())[1], 9);
  EXPECT_EQ((*map)->get_data("c").error(), Error::NotFound);
  EXPECT_EQ((*map)->get_tensor_layout("b").error(), Error::NotImplemented);
  char buffer[2];
  EXPECT_EQ((*map)->load_data_into("b", buffer, 2), Error::NotImplemented);

  ProgramWriter empty;
  empty.end_method("forward", {}, {});
  MemoryLoader empty_loader(empty.finish());
  EXPECT_EQ(Program::load(&empty_loader)->get_named_data_map().error(), Error::NotFound);
}

TEST(ProgramTest, MovedProgramStillWorks) {
  MemoryLoader loader(file_with_data());
  Result<Program> loaded = Program::load(&loader);
  ASSERT_TRUE(loaded.ok());
  Program program(std::move(*loaded));
  EXPECT_EQ(program.num_methods(), 2u);
  EXPECT_TRUE(program.get_constant_buffer_data(1, 8).ok());
  EXPECT_TRUE((*program.get_named_data_map())->get_data("a").ok());
}

/// Gives the flatbuffer, and for every segment memory that must not be touched.
class UntouchableLoader final : public DataLoader {
 public:
  explicit UntouchableLoader(std::vector<uint8_t> bytes)
      : loader_(std::move(bytes)),
        memory_(mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~UntouchableLoader() override { munmap(memory_, kBytes); }

  Result<FreeableBuffer> load(size_t offset, size_t size, const SegmentInfo& info) const override {
    if (info.segment_type == SegmentInfo::Type::Program) {
      return loader_.load(offset, size, info);
    }
    return size > kBytes ? Result<FreeableBuffer>(Error::InvalidArgument)
                         : Result<FreeableBuffer>(FreeableBuffer(memory_, size, nullptr));
  }
  Result<size_t> size() const override { return loader_.size(); }

  static constexpr size_t kBytes = 32 << 20;

 private:
  MemoryLoader loader_;
  void* memory_;
};

// So the time to load a program does not depend on the size of its constants.
TEST(ProgramTest, LoadingDoesNotTouchTheConstants) {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant(std::vector<uint8_t>(20 << 20));
  const int c = writer.add_tensor({{5, 1 << 20}, fb::ScalarType::FLOAT, -1, 1, constant});
  writer.end_method("forward", {}, {c});
  UntouchableLoader loader(writer.finish());
  for (const Verification verification :
       {Verification::Minimal, Verification::InternalConsistency}) {
    const Result<Program> program = Program::load(&loader, verification);
    ASSERT_TRUE(program.ok()) << last_error_message();
    MethodMemory memory(*program->method_meta("forward"));
    EXPECT_TRUE(program->load_method("forward", memory.manager()).ok()) << last_error_message();
  }
}

#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// With full verification, 20 MB of constants and 1,000 calls; the loader copies nothing.
TEST(ProgramTest, LoadsWithinAMillisecond) {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant(std::vector<uint8_t>(20 << 20));
  const int c = writer.add_tensor({{5, 1 << 20}, fb::ScalarType::FLOAT, -1, 1, constant});
  int tensors[3];
  for (int i = 0; i < 3; ++i) {
    tensors[i] = writer.add_tensor({{16}, fb::ScalarType::FLOAT, 64 * i});
  }
  writer.call("aten::add", "out", {tensors[0], tensors[0], c, tensors[1], tensors[1]});
  for (int i = 1; i < 1000; ++i) {
    const int out = tensors[(i + 1) % 3];
    writer.call_index(0, {tensors[i % 3], tensors[i % 3], c, out, out});
  }
  writer.end_method("forward", {tensors[0]}, {tensors[1]});
  const std::vector<uint8_t> file = writer.finish();
  executorch::extension::BufferDataLoader loader(file.data(), file.size());
  auto best = std::chrono::nanoseconds::max();
  for (int i = 0; i < 50; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const Result<Program> program = Program::load(&loader, Verification::InternalConsistency);
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - start);
    ASSERT_TRUE(program.ok()) << last_error_message();
  }
  RecordProperty("nanoseconds", std::to_string(best.count()));
  EXPECT_LT(best, std::chrono::milliseconds(1));
}
#endif

TEST(ProgramTest, ChecksHeaders) {
  std::vector<uint8_t> file = file_with_data();
  EXPECT_EQ(Program::check_header(file.data(), file.size()), Program::CompatibleVersion);
  EXPECT_EQ(Program::check_header(file.data(), 63), Program::ShortData);
  EXPECT_EQ(Program::check_header(nullptr, 100), Program::ShortData);
  file[7] = '3';
  EXPECT_EQ(Program::check_header(file.data(), file.size()), Program::IncompatibleVersion);
  MemoryLoader newer(file);
  EXPECT_EQ(Program::load(&newer).error(), Error::InvalidProgram);
  EXPECT_SENTENCE("expected 'ET12'");
  file[4] = 'P';
  EXPECT_EQ(Program::check_header(file.data(), file.size()), Program::NotPresent);
}

TEST(ProgramTest, RefusesWhatIsNoProgram) {
  EXPECT_EQ(Program::load(nullptr).error(), Error::InvalidArgument);
  MemoryLoader empty({});
  EXPECT_EQ(Program::load(&empty).error(), Error::InvalidArgument);
  EXPECT_SENTENCE("0 bytes");
  MemoryLoader zeros(std::vector<uint8_t>(1000));
  EXPECT_EQ(Program::load(&zeros).error(), Error::InvalidProgram);
}

TEST(ProgramTest, RefusesTruncatedFiles) {
  std::vector<uint8_t> file = file_with_data();
  file.pop_back();
  MemoryLoader loader(file);
  EXPECT_EQ(Program::load(&loader).error(), Error::InvalidProgram);
  EXPECT_SENTENCE("truncated");
  // More than promised is harmless.
  file.resize(file.size() + 100);
  MemoryLoader longer(file);
  EXPECT_EQ(Program::load(&longer).error(), Error::Ok);
}

TEST(ProgramTest, OldHeaderWithoutDataSize) {
  std::vector<uint8_t> file = file_with_data();
  file[12] = 24;
  flatbuffers::WriteScalar<uint64_t>(file.data() + 32, 0xbaadf00d);  // Not part of the header.
  MemoryLoader loader(file);
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok()) << last_error_message();
  EXPECT_TRUE(program->get_constant_buffer_data(1, 8).ok());
}

TEST(ProgramTest, RefusesMisalignedLoaders) {
  /// Returns every buffer at an odd address.
  class OddLoader final : public DataLoader {
   public:
    explicit OddLoader(std::vector<uint8_t> file) : bytes_(std::move(file)) {
      bytes_.insert(bytes_.begin(), 0);
    }
    Result<FreeableBuffer> load(size_t offset, size_t size, const SegmentInfo&) const override {
      return FreeableBuffer(bytes_.data() + 1 + offset, size, nullptr);
    }
    Result<size_t> size() const override { return bytes_.size() - 1; }

   private:
    std::vector<uint8_t> bytes_;
  };
  OddLoader loader(file_with_data());
  EXPECT_EQ(Program::load(&loader).error(), Error::InvalidArgument);
  EXPECT_SENTENCE("aligned");
}

TEST(ProgramTest, ConstantsMustNotBeInTwoPlaces) {
  ProgramWriter writer;
  writer.end_method("forward", {}, {});
  flatbuffers::FlatBufferBuilder& fbb = writer.fbb;
  const std::vector<uint64_t> offsets = {0, 0};
  const auto constants = fb::CreateSubsegmentOffsets(fbb, 0, fbb.CreateVector(offsets));
  const std::vector<Offset<fb::Buffer>> buffers = {fb::CreateBuffer(fbb)};
  const std::vector<Offset<fb::DataSegment>> segments = {fb::CreateDataSegment(fbb, 0, 4)};
  fb::FinishProgramBuffer(
      fbb, fb::CreateProgram(fbb, 0, fbb.CreateVector(writer.plans), fbb.CreateVector(buffers), 0,
                             fbb.CreateVector(segments), constants));
  MemoryLoader loader(ProgramWriter::insert_header(
      {fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize()}, {1, 2, 3, 4}));
  EXPECT_EQ(Program::load(&loader).error(), Error::InvalidProgram);
  EXPECT_SENTENCE("both");
}

TEST(ProgramTest, EmptyConstantSegment) {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant({});
  writer.add_tensor({{0, 3}, fb::ScalarType::FLOAT, -1, 1, constant});
  writer.add_segment({1, 2, 3});
  writer.end_method("forward", {}, {0});
  MemoryLoader loader(writer.finish());
  Result<Program> program = Program::load(&loader, Verification::InternalConsistency);
  ASSERT_TRUE(program.ok()) << last_error_message();
  MethodMemory memory(*program->method_meta("forward"));
  EXPECT_TRUE(program->load_method("forward", memory.manager()).ok()) << last_error_message();
}

// ---- What a method that lies about itself gives ----

/// The error of loading a program with one method, and of loading that method.
struct Errors {
  Error consistency;
  Error minimal;
  Error method;
};

template <typename Write>
Errors errors_of(Write write) {
  ProgramWriter writer;
  write(writer);
  MemoryLoader loader(writer.finish());
  Errors errors = {Program::load(&loader, Verification::InternalConsistency).error(), Error::Ok,
                   Error::Ok};
  Result<Program> program = Program::load(&loader, Verification::Minimal);
  errors.minimal = program.error();
  if (program.ok()) {
    alignas(16) static uint8_t pool[16384];
    alignas(16) static uint8_t arena[256];
    MemoryAllocator allocator(sizeof(pool), pool);
    Span<uint8_t> arenas[] = {{arena, sizeof(arena)}};
    HierarchicalAllocator planned({arenas, 1});
    MemoryManager manager(&allocator, &planned);
    errors.method = program->load_method("forward", &manager).error();
  }
  return errors;
}

#define EXPECT_ERRORS(_errors, _consistency, _method)   \
  do {                                                  \
    const Errors errors = (_errors);                    \
    EXPECT_EQ(errors.minimal, Error::Ok);               \
    EXPECT_EQ(errors.consistency, Error::_consistency); \
    EXPECT_EQ(errors.method, Error::_method);           \
  } while (0)

using Spec = ProgramWriter::TensorSpec;

Errors errors_of_tensor(const Spec& spec) {
  return errors_of([&](ProgramWriter& writer) {
    writer.add_tensor(spec);
    writer.end_method("forward", {}, {0});
  });
}

TEST(ProgramValidationTest, Tensors) {
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, 0}), Ok, Ok);
  EXPECT_ERRORS(errors_of_tensor({{-1}, fb::ScalarType::FLOAT, 0}), InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of_tensor({{1}, static_cast<fb::ScalarType>(30), 0}), InvalidProgram,
                InvalidProgram);
  EXPECT_ERRORS(errors_of_tensor({{1}, static_cast<fb::ScalarType>(-1), 0}), InvalidProgram,
                InvalidProgram);
  EXPECT_ERRORS(errors_of_tensor({std::vector<int32_t>(17, 1), fb::ScalarType::FLOAT, 0}),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of_tensor({std::vector<int32_t>(4, INT32_MAX), fb::ScalarType::FLOAT, 0}),
                InvalidProgram, InvalidProgram);
  Spec spec{{2, 2}, fb::ScalarType::FLOAT, 0};
  spec.dim_order = {0};
  EXPECT_ERRORS(errors_of_tensor(spec), InvalidProgram, InvalidProgram);
  spec.dim_order = {0, 0};
  EXPECT_ERRORS(errors_of_tensor(spec), InvalidProgram, Internal);
  spec.dim_order = {1, 0};
  EXPECT_ERRORS(errors_of_tensor(spec), Ok, Ok);
  // What is well-formed but unsupported only concerns the method.
  spec.storage_offset = 1;
  EXPECT_ERRORS(errors_of_tensor(spec), Ok, NotSupported);
  spec.storage_offset = 0;
  spec.dynamism = fb::TensorShapeDynamism::DYNAMIC_UNBOUND;
  EXPECT_ERRORS(errors_of_tensor(spec), Ok, NotSupported);
}

TEST(ProgramValidationTest, Memory) {
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, 252}), InvalidProgram,
                MemoryAllocationFailed);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, -8}), Ok, Ok);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, INT64_MAX}), InvalidProgram,
                MemoryAllocationFailed);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, 0, 0}), InvalidProgram,
                InvalidArgument);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, 0, 2}), InvalidProgram,
                InvalidArgument);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, 2}), Ok, InvalidProgram);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, -1, 1, 9}), InvalidProgram,
                InvalidArgument);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, 0, 1, 9}), InvalidProgram, NotFound);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  const uint32_t constant = writer.add_constant({1, 2});
                  writer.add_tensor({{2}, fb::ScalarType::BOOL, -1, 1, constant});
                  writer.end_method("forward", {}, {0});
                }),
                Ok, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  const uint32_t initial = writer.add_initial_value({1, 2, 3});
                  writer.add_tensor({{1}, fb::ScalarType::FLOAT, 0, 1, initial});
                  writer.end_method("forward", {}, {0});
                }),
                InvalidProgram, InvalidArgument);
}

TEST(ProgramValidationTest, Values) {
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_value(fb::KernelTypes::NONE, 0);
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_value(fb::KernelTypes::Int, 0);
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_value(fb::KernelTypes::Null, 0);  // Needs no table.
                  writer.end_method("forward", {}, {});
                }),
                Ok, Ok);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_value(static_cast<fb::KernelTypes>(77),
                                   fb::CreateNull(writer.fbb).Union());
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_value(fb::KernelTypes::String, fb::CreateString(writer.fbb).Union());
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_bool_list({2});
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
}

TEST(ProgramValidationTest, Lists) {
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_int_list({1});
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_int_list({-1});
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_double(1);
                  writer.add_int_list({0});
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidType);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_int(1);
                  writer.add_tensor_list({0});
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidType);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.add_optional_tensor_list({-2});
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
}

TEST(ProgramValidationTest, Methods) {
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) { writer.end_method("forward", {0}, {}); }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) { writer.end_method("forward", {}, {-1}); }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.end_method("forward", {}, {}, {0, -1});
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.plans.push_back(
                      fb::CreateExecutionPlan(writer.fbb, writer.fbb.CreateString("forward")));
                }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.plans.push_back(fb::CreateExecutionPlan(writer.fbb));
                }),
                InvalidProgram, InvalidArgument);
}

Errors errors_of_instruction(fb::InstructionArguments kind,
                             Offset<void> (*make)(flatbuffers::FlatBufferBuilder&)) {
  return errors_of([&](ProgramWriter& writer) {
    writer.add_int(0);
    writer.add_instruction(kind, make(writer.fbb));
    writer.end_method("forward", {}, {});
  });
}

TEST(ProgramValidationTest, Instructions) {
  using Kind = fb::InstructionArguments;
  using Builder = flatbuffers::FlatBufferBuilder;
  EXPECT_ERRORS(errors_of_instruction(Kind::KernelCall, [](Builder&) { return Offset<void>(); }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(
      errors_of_instruction(Kind::KernelCall,
                            [](Builder& fbb) {
                              const std::vector<int32_t> args;
                              return fb::CreateKernelCall(fbb, 0, fbb.CreateVector(args)).Union();
                            }),
      InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(
      errors_of_instruction(Kind::DelegateCall,
                            [](Builder& fbb) {
                              const std::vector<int32_t> args;
                              return fb::CreateDelegateCall(fbb, 0, fbb.CreateVector(args)).Union();
                            }),
      InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(
      errors_of_instruction(Kind::MoveCall,
                            [](Builder& fbb) { return fb::CreateMoveCall(fbb, 0, 1).Union(); }),
      InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of_instruction(
                    Kind::JumpFalseCall,
                    [](Builder& fbb) { return fb::CreateJumpFalseCall(fbb, -1, 0).Union(); }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(
      errors_of_instruction(Kind::FreeCall,
                            [](Builder& fbb) { return fb::CreateFreeCall(fbb, 1).Union(); }),
      InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of_instruction(static_cast<Kind>(6),
                                      [](Builder& fbb) { return fb::CreateNull(fbb).Union(); }),
                InvalidProgram, InvalidProgram);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.call("op", "", {0});
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
}

TEST(ProgramValidationTest, JumpsStayInTheirChain) {
  for (const int32_t target : {-1, 0, 1, 2, 3}) {
    const Errors errors = errors_of([target](ProgramWriter& writer) {
      const int condition = writer.add_bool(true);
      writer.jump_false(condition, target);
      writer.move(condition, condition);
      writer.end_method("forward", {}, {});
    });
    EXPECT_EQ(errors.consistency, target >= 0 && target <= 2 ? Error::Ok : Error::InvalidProgram);
    EXPECT_EQ(errors.method, Error::Ok);
  }
}

TEST(ProgramValidationTest, ResultsDoNotLieAcrossArguments) {
  // x occupies bytes 16 to 32.
  const auto with_result_at = [](int64_t offset, uint32_t arena, bool in_list) {
    return errors_of([=](ProgramWriter& writer) {
             const int x = writer.add_tensor({{4}, fb::ScalarType::FLOAT, 16});
             const int out = writer.add_tensor({{4}, fb::ScalarType::FLOAT, offset, arena});
             const int outs = writer.add_tensor_list({out});
             writer.call("op", "", {x, out, in_list ? outs : out});
             writer.end_method("forward", {}, {}, {0, 256, 256});
           })
        .consistency;
  };
  for (const bool in_list : {false, true}) {
    EXPECT_EQ(with_result_at(0, 1, in_list), Error::Ok);
    EXPECT_EQ(with_result_at(4, 1, in_list), Error::InvalidProgram);
    EXPECT_EQ(with_result_at(16, 1, in_list), Error::Ok) << "in place";
    EXPECT_EQ(with_result_at(28, 1, in_list), Error::InvalidProgram);
    EXPECT_EQ(with_result_at(28, 2, in_list), Error::Ok);
    EXPECT_EQ(with_result_at(32, 1, in_list), Error::Ok);
  }
}

/// InternalConsistency's verdict on a method, whose values lie in arena 1.
template <typename Write>
Error consistency_of(Write write, const std::vector<int32_t>& inputs = {},
                     const std::vector<int32_t>& outputs = {}) {
  return errors_of([&](ProgramWriter& writer) {
           write(writer);
           writer.end_method("forward", inputs, outputs);
         })
      .consistency;
}

Spec at(int64_t offset) {
  return {{4}, fb::ScalarType::FLOAT, offset};
}

TEST(MemoryOverlapTest, LiveTensorsMustNotBeOverwritten) {
  // a is computed at 0, b at `offset`; then both are read.
  for (const int64_t offset : {0, 4, 12, 16}) {
    const Error error = consistency_of(
        [offset](ProgramWriter& writer) {
          const int x = writer.add_tensor(at(64));
          const int a = writer.add_tensor(at(0));
          const int b = writer.add_tensor(at(offset));
          const int sum = writer.add_tensor(at(96));
          writer.call("op", "a", {x, a, a});
          writer.call("op", "b", {x, b, b});
          writer.call("op", "sum", {a, b, sum, sum});
        },
        {0}, {3});
    EXPECT_EQ(error, offset < 16 ? Error::InvalidProgram : Error::Ok) << offset;
  }
}

TEST(MemoryOverlapTest, NamesTheValues) {
  ProgramWriter writer;
  const int x = writer.add_tensor(at(0));
  const int y = writer.add_tensor(at(8));
  writer.call("my::op", "out", {y, y});
  writer.call("my::reader", "out", {x, writer.add_tensor(at(64))});
  writer.end_method("forward", {x}, {});
  MemoryLoader loader(writer.finish());
  EXPECT_FALSE(Program::load(&loader, Verification::InternalConsistency).ok());
  EXPECT_STREQ(
      last_error_message(),
      "method 'forward': instruction 1 reads value 0, whose memory value 1 has overwritten");
}

TEST(MemoryOverlapTest, DeadTensorsMayBe) {
  EXPECT_EQ(consistency_of(
                [](ProgramWriter& writer) {
                  const int a = writer.add_tensor(at(0));
                  const int b = writer.add_tensor(at(16));
                  const int c = writer.add_tensor(at(0));
                  const int d = writer.add_tensor({{8}, fb::ScalarType::FLOAT, 32});
                  writer.call("op", "1", {a, b, b});
                  writer.call("op", "2", {b, c, c});
                  writer.call("op", "3", {c, d, d});
                  const int e = writer.add_tensor({{8}, fb::ScalarType::FLOAT, 0});
                  writer.call("op", "4", {d, e, e});
                },
                {0}, {4}),
            Error::Ok);
}

TEST(MemoryOverlapTest, InputsConstantsAndOutputsAreLive) {
  // Two inputs in one place.
  EXPECT_EQ(consistency_of(
                [](ProgramWriter& writer) {
                  const int x = writer.add_tensor(at(0));
                  const int y = writer.add_tensor(at(4));
                  writer.call("op", "", {x, y, writer.add_tensor(at(64))});
                },
                {0, 1}),
            Error::InvalidProgram);
  // A mutable buffer under a result.
  EXPECT_EQ(consistency_of([](ProgramWriter& writer) {
              const uint32_t initial = writer.add_initial_value(std::vector<uint8_t>(16));
              const int state = writer.add_tensor({{4}, fb::ScalarType::FLOAT, 0, 1, initial});
              const int out = writer.add_tensor(at(0));
              writer.call("op", "", {out, out});
              writer.call("op", "read", {state, writer.add_tensor(at(64))});
            }),
            Error::InvalidProgram);
  // An output under a later result.
  const auto with_outputs = [](const std::vector<int32_t>& outputs) {
    return consistency_of(
        [](ProgramWriter& writer) {
          const int x = writer.add_tensor(at(64));
          const int a = writer.add_tensor(at(0));
          const int b = writer.add_tensor(at(8));
          writer.call("op", "a", {x, a, a});
          writer.call("op", "b", {x, b, b});
        },
        {0}, outputs);
  };
  EXPECT_EQ(with_outputs({1, 2}), Error::InvalidProgram);
  EXPECT_EQ(with_outputs({2}), Error::Ok);
}

TEST(MemoryOverlapTest, SeveralResultsAreDistinct) {
  const auto with_second_at = [](int64_t offset) {
    return consistency_of(
        [offset](ProgramWriter& writer) {
          const int x = writer.add_tensor(at(64));
          const int a = writer.add_tensor(at(0));
          const int b = writer.add_tensor(at(offset));
          writer.call("op", "", {x, a, b, writer.add_tensor_list({a, b})});
        },
        {0});
  };
  EXPECT_EQ(with_second_at(0), Error::InvalidProgram);
  EXPECT_EQ(with_second_at(8), Error::InvalidProgram);
  EXPECT_EQ(with_second_at(16), Error::Ok);
}

TEST(MemoryOverlapTest, ViewsMovesAndInPlaceOperatorsShareMemory) {
  const auto with_reader_after = [](bool overwrites) {
    return consistency_of(
        [overwrites](ProgramWriter& writer) {
          const int x = writer.add_tensor(at(0));
          const int view = writer.add_tensor(at(0));
          const int moved = writer.add_tensor(at(128));
          const int size = writer.add_int(4);
          writer.call("executorch_prim::et_view", "default",
                      {x, writer.add_int_list({size}), view});
          writer.move(view, moved);
          writer.call("aten::relu_", "", {x, x});
          const int other = writer.add_tensor(at(overwrites ? 8 : 16));
          writer.call("op", "other", {other, other});
          // `moved` lies where x does, whatever the file says of its own place.
          writer.call("op", "read", {moved, writer.add_tensor(at(64))});
          writer.call("op", "read", {view, writer.add_tensor(at(64))});
        },
        {0});
  };
  EXPECT_EQ(with_reader_after(false), Error::Ok);
  EXPECT_EQ(with_reader_after(true), Error::InvalidProgram);
}

TEST(MemoryOverlapTest, ViewsWithoutAnInstruction) {
  const auto with_reader_after = [](bool overwrites) {
    return consistency_of(
        [overwrites](ProgramWriter& writer) {
          const int x = writer.add_tensor(at(0));
          const int view = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 0});
          const int half = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 8});
          const int out = writer.add_tensor(at(64));
          writer.call("op", "", {view, out, out});
          writer.call("op", "", {half, out, out});
          const int other = writer.add_tensor(at(overwrites ? 12 : 16));
          writer.call("op", "", {x, other, other});
          writer.call("op", "", {half, out, out});
        },
        {0});
  };
  EXPECT_EQ(with_reader_after(false), Error::Ok);
  EXPECT_EQ(with_reader_after(true), Error::InvalidProgram);
}

TEST(MemoryOverlapTest, BranchesMayUseTheSameMemory) {
  // if condition: out = op(x) else: out = op(x), each in the same place; then out is read.
  EXPECT_EQ(consistency_of(
                [](ProgramWriter& writer) {
                  const int x = writer.add_tensor(at(64));
                  const int condition = writer.add_bool(true);
                  const int never = writer.add_bool(false);
                  const int a = writer.add_tensor(at(0));
                  const int b = writer.add_tensor(at(8));
                  const int out = writer.add_tensor(at(128));
                  writer.jump_false(condition, 4);
                  writer.call("op", "a", {x, a, a});
                  writer.move(a, out);
                  writer.jump_false(never, 6);
                  writer.call("op", "b", {x, b, b});
                  writer.move(b, out);
                  writer.call("op", "read", {out, writer.add_tensor(at(32))});
                },
                {0}),
            Error::Ok);
}

TEST(MemoryOverlapTest, LoopsAreFollowedBackwards) {
  // do { y = op(x); z = op(y) at `offset` } while (...): x, at 0, is read again.
  const auto with_z_at = [](int64_t offset) {
    return consistency_of(
        [offset](ProgramWriter& writer) {
          const int x = writer.add_tensor(at(0));
          const int y = writer.add_tensor(at(32));
          const int z = writer.add_tensor(at(offset));
          const int condition = writer.add_bool(true);
          writer.call("op", "y", {x, y, y});
          writer.call("op", "z", {y, z, z});
          writer.jump_false(condition, 0);
        },
        {0});
  };
  EXPECT_EQ(with_z_at(0), Error::InvalidProgram);
  EXPECT_EQ(with_z_at(48), Error::Ok);
}

TEST(ProgramValidationTest, CallsPassAsManyValuesAsTheKernelTakes) {
  const auto with_args = [](const char* name, const char* overload, std::vector<int32_t> args) {
    return consistency_of([&](ProgramWriter& writer) {
      for (int i = 0; i < 4; ++i) {
        writer.add_int(i + 1);
      }
      writer.call(name, overload, args);
    });
  };
  EXPECT_EQ(with_args("executorch_prim::add", "Scalar", {0, 1, 2}), Error::Ok);
  EXPECT_EQ(with_args("executorch_prim::add", "Scalar", {0, 1}), Error::InvalidProgram);
  EXPECT_EQ(with_args("executorch_prim::add", "Scalar", {0, 1, 2, 3}), Error::InvalidProgram);
  EXPECT_EQ(with_args("executorch_prim::sym_ite", "Scalar", {0, 1, 2}), Error::InvalidProgram);
  EXPECT_EQ(with_args("aten::sym_size", "int", {0}), Error::InvalidProgram);
  EXPECT_EQ(with_args("no::such_operator", "", {0}), Error::Ok);
  // What is not registered is compared with its other calls.
  const auto called_twice = [](std::vector<int32_t> args) {
    return consistency_of([&](ProgramWriter& writer) {
      writer.add_int(1);
      writer.call("no::such_operator", "", {0, 0});
      writer.call_index(0, args);
    });
  };
  EXPECT_EQ(called_twice({0, 0}), Error::Ok);
  EXPECT_EQ(called_twice({0}), Error::InvalidProgram);
  EXPECT_EQ(called_twice({0, 0, 0}), Error::InvalidProgram);
}

TEST(ProgramValidationTest, SegmentsLieWithinTheFile) {
  ProgramWriter writer;
  writer.add_named_data("key", std::vector<uint8_t>(100));
  writer.end_method("forward", {}, {});
  std::vector<uint8_t> file = writer.finish();
  auto* segments = fb::GetMutableProgram(file.data())->mutable_segments();
  auto* last = segments->GetMutableObject(segments->size() - 1);
  const auto load = [&file](Verification verification) {
    MemoryLoader loader(file);
    return Program::load(&loader, verification).error();
  };
  EXPECT_EQ(load(Verification::InternalConsistency), Error::Ok);
  ASSERT_TRUE(last->mutate_size(101));
  EXPECT_EQ(load(Verification::InternalConsistency), Error::InvalidProgram);
  EXPECT_EQ(load(Verification::Minimal), Error::Ok);
  ASSERT_TRUE(last->mutate_size(UINT64_MAX));
  EXPECT_EQ(load(Verification::InternalConsistency), Error::InvalidProgram);
}

TEST(ProgramValidationTest, DelegateDataMustExist) {
  const auto with_data = [](fb::DataLocation location, uint32_t index) {
    return errors_of([=](ProgramWriter& writer) {
      writer.delegates.push_back(fb::CreateBackendDelegate(
          writer.fbb, writer.fbb.CreateString("NoBackend"),
          fb::CreateBackendDelegateDataReference(writer.fbb, location, index)));
      writer.end_method("forward", {}, {});
    });
  };
  EXPECT_ERRORS(with_data(fb::DataLocation::SEGMENT, 9), InvalidProgram, NotFound);
  EXPECT_ERRORS(with_data(fb::DataLocation::INLINE, 9), InvalidProgram, NotFound);
  EXPECT_ERRORS(errors_of([](ProgramWriter& writer) {
                  writer.delegates.push_back(
                      fb::CreateBackendDelegate(writer.fbb, writer.fbb.CreateString("NoBackend")));
                  writer.end_method("forward", {}, {});
                }),
                InvalidProgram, InvalidProgram);
}

}  // namespace
