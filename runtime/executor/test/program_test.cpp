// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/program.h>

#include <sys/mman.h>

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
  // What is wrong but harmless, or unsupported, only concerns the method.
  spec.dim_order = {0, 0};
  EXPECT_ERRORS(errors_of_tensor(spec), Ok, Internal);
  spec.dim_order = {1, 0};
  EXPECT_ERRORS(errors_of_tensor(spec), Ok, Ok);
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
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, -1, 1, 9}), Ok, InvalidArgument);
  EXPECT_ERRORS(errors_of_tensor({{2}, fb::ScalarType::FLOAT, 0, 1, 9}), Ok, NotFound);
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
                Ok, InvalidArgument);
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
