// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * No file can make the runtime read or write where it must not: every byte of a program that uses
 * every kind of value and instruction is damaged, and every truncation is tried, with each mode of
 * verification. What still loads is executed. Run it with sanitizers.
 */

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/executor/test/test_kernels.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <executorch/runtime/platform/platform.h>
#include <gtest/gtest.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // step() is experimental.

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using namespace executorch::runtime;
using namespace executorch::runtime::testing;

namespace {

/// Touches all that it is given.
class ReadingBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }

  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer* processed,
                               ArrayRef<CompileSpec> specs) const override {
    unsigned sum = 0;
    for (size_t i = 0; i < processed->size(); ++i) {
      sum += static_cast<const uint8_t*>(processed->data())[i];
    }
    for (const CompileSpec& spec : specs) {
      sum += static_cast<unsigned>(strlen(spec.key));
      for (size_t i = 0; i < spec.value.nbytes; ++i) {
        sum += static_cast<const uint8_t*>(spec.value.buffer)[i];
      }
    }
    if (context.get_named_data_map() != nullptr) {
      const auto data = context.get_named_data_map()->get_data("blob");
      for (size_t i = 0; data.ok() && i < data->size(); ++i) {
        sum += static_cast<const uint8_t*>(data->data())[i];
      }
    }
    checksum = sum;
    return static_cast<DelegateHandle*>(nullptr);
  }

  Error execute(BackendExecutionContext&, DelegateHandle*, Span<EValue*> args) const override {
    for (EValue* arg : args) {
      if (arg->isTensor() && arg->toTensor().nbytes() > 0) {
        memset(arg->toTensor().mutable_data_ptr(), 1, arg->toTensor().nbytes());
      }
    }
    return Error::Ok;
  }

  mutable volatile unsigned checksum = 0;
};

std::vector<uint8_t> rich_program() {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant(bytes_of<float>({1, 2}));
  const uint32_t flags = writer.add_constant({1, 0});
  const uint32_t initial = writer.add_initial_value(bytes_of<float>({5, 6}));
  ProgramWriter::TensorSpec dynamic{{2}, fb::ScalarType::FLOAT, 16};
  dynamic.dynamism = fb::TensorShapeDynamism::DYNAMIC_BOUND;
  const int x = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
  const int y = writer.add_tensor(dynamic);
  const int c = writer.add_tensor({{2}, fb::ScalarType::FLOAT, -1, 1, constant});
  const int condition = writer.add_tensor({{2}, fb::ScalarType::BOOL, -1, 1, flags});
  ProgramWriter::TensorSpec named{{2}, fb::ScalarType::FLOAT, 32, 1, initial};
  named.name = "state";
  const int state = writer.add_tensor(named);
  const int i = writer.add_int(0);
  const int limit = writer.add_int(3);
  const int done = writer.add_bool(false);
  writer.add_null();
  writer.add_double(0.5);
  const int text = writer.add_string("text");
  const int ints = writer.add_int_list({i, limit});
  writer.add_double_list({1, 2});
  writer.add_bool_list({0, 1});
  const int tensors = writer.add_tensor_list({x, y});
  const int optionals = writer.add_optional_tensor_list({x, -1, 8});
  writer.add_delegate("ReadingBackend", "inline", false);
  writer.add_delegate("ReadingBackend", "segment", true);
  writer.add_named_data("blob", {1, 2, 3});
  writer.call("test::add", "out", {x, c, y, y});
  writer.call("test::increment", "", {i, i});
  writer.call("test::less", "", {limit, i, done});
  writer.jump_false(done, 0);
  writer.jump_false(condition, 5);
  writer.call_delegate(0, {x, y});
  writer.call_delegate(1, {y, state});
  writer.end_chain();
  writer.move(x, y);
  writer.free(y);
  writer.end_method("forward", {x, text}, {y, ints, tensors, optionals}, {0, 64});
  writer.add_tensor({{1}, fb::ScalarType::FLOAT, 0});
  writer.end_method("second", {}, {0});
  return writer.finish();
}

/// Uses a program in every way, with bounded effort, and says how far it came.
enum class Outcome { NotLoaded, MethodNotLoaded, InputRefused, Failed, Finished };

Outcome use(const std::vector<uint8_t>& file, Program::Verification verification) {
  MemoryLoader loader(file);
  Result<Program> program = Program::load(&loader, verification);
  if (!program.ok()) {
    return Outcome::NotLoaded;
  }
  for (size_t i = 0; i < program->num_methods(); ++i) {
    (void)program->get_method_name(i);
  }
  (void)program->get_output_flattening_encoding();
  const Result<MethodMeta> meta = program->method_meta("forward");
  if (!meta.ok()) {
    return Outcome::MethodNotLoaded;
  }
  [[maybe_unused]] volatile size_t sum =
      meta->num_instructions() + meta->num_backends() + meta->num_attributes();
  for (size_t i = 0; i < meta->num_backends(); ++i) {
    sum = sum + strlen(*meta->get_backend_name(i));
  }
  MethodMemory memory(*meta);
  Result<Method> method =
      program->load_method("forward", memory.manager(), nullptr, nullptr, nullptr, test_kernels());
  if (!method.ok()) {
    return Outcome::MethodNotLoaded;
  }
  for (size_t i = 0; i < method->inputs_size(); ++i) {
    const Result<Tag> tag = meta->input_tag(i);
    Error error = tag.error();
    if (tag.ok() && *tag == Tag::Tensor) {
      const auto info = meta->input_tensor_meta(i);
      if (!info.ok() || info->nbytes() > 4096) {
        return Outcome::InputRefused;
      }
      std::vector<uint8_t> data(info->nbytes() + 16, 1);
      std::vector<int32_t> sizes(info->sizes().begin(), info->sizes().end());
      TensorImpl impl(info->scalar_type(), static_cast<ssize_t>(sizes.size()), sizes.data(),
                      data.data());
      error = method->set_input(EValue(Tensor(&impl)), i);
      // The input need not be planned any more; its memory must last.
      if (error == Error::Ok && !info->is_memory_planned()) {
        return Outcome::InputRefused;
      }
    } else if (tag.ok()) {
      error = method->set_input(EValue(method->get_input(i)), i);
    }
    if (error != Error::Ok) {
      return Outcome::InputRefused;
    }
  }
  Error error = Error::Ok;
  for (int steps = 0; error == Error::Ok && steps < 200; ++steps) {
    error = method->step();
  }
  for (size_t i = 0; i < method->outputs_size(); ++i) {
    const EValue& output = method->get_output(i);
    (void)output.tryToIntList();
    (void)output.tryToTensorList();
    (void)output.tryToListOptionalTensor();
  }
  (void)method->get_attribute("state");
  return error == Error::EndOfMethod ? Outcome::Finished : Outcome::Failed;
}

class CorruptProgramTest : public ::testing::TestWithParam<Program::Verification> {
 protected:
  void SetUp() override {
    static ReadingBackend backend;
    ASSERT_EQ(register_backend({"ReadingBackend", &backend}), Error::Ok);
    const pal_emit_log_message_method silent = [](et_timestamp_t, et_pal_log_level_t, const char*,
                                                  const char*, size_t, const char*, size_t) {};
    ASSERT_TRUE(register_pal(PalImpl::create(silent, __FILE__)));
    file_ = rich_program();
  }

  std::vector<uint8_t> file_;
};

TEST_P(CorruptProgramTest, IntactProgramRuns) {
  ASSERT_EQ(use(file_, GetParam()), Outcome::Finished) << last_error_message();
}

TEST_P(CorruptProgramTest, EveryDamagedByteIsSurvived) {
  int refused = 0;
  for (size_t i = 0; i < file_.size(); ++i) {
    for (const uint8_t mask : {0x01, 0x04, 0x80, 0xff}) {
      std::vector<uint8_t> damaged = file_;
      damaged[i] ^= mask;
      refused += use(damaged, GetParam()) != Outcome::Finished ? 1 : 0;
    }
  }
  // Many bytes are data or padding; but most of the flatbuffer matters.
  EXPECT_GT(refused, static_cast<int>(file_.size()));
}

TEST_P(CorruptProgramTest, EveryTruncationIsRefused) {
  for (size_t size = 0; size < file_.size(); ++size) {
    ASSERT_EQ(use({file_.begin(), file_.begin() + static_cast<ptrdiff_t>(size)}, GetParam()),
              Outcome::NotLoaded)
        << size;
  }
}

TEST_P(CorruptProgramTest, TruncationsWithoutHeaderAreSurvived) {
  // Without the magic, the whole file is the flatbuffer.
  file_[8] ^= 0xff;
  for (size_t size = 0; size < file_.size(); ++size) {
    const std::vector<uint8_t> prefix(file_.begin(), file_.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_NE(use(prefix, GetParam()), Outcome::Finished) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Verifications, CorruptProgramTest,
                         ::testing::Values(Program::Verification::Minimal,
                                           Program::Verification::InternalConsistency));

}  // namespace
