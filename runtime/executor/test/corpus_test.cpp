// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Loads every program of the interoperability corpus, with stand-ins for its kernels and backends,
 * and runs those for which trivial kernels suffice. (That all of them give the right values is
 * tested with the real kernels, in test/.)
 */

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <executorch/runtime/executor/test/test_program.h>
#include <executorch/schema/extended_header.h>
#include <gtest/gtest.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // step() is experimental.

using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using namespace executorch::runtime;
using namespace executorch::runtime::testing;
using Verification = Program::Verification;

namespace {

const std::filesystem::path kCorpus = std::filesystem::path(ET_TEST_DATA_DIR) / "corpus";

std::vector<uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<uint8_t> program_of(const std::string& name) {
  return read_file(kCorpus / name / "program.pte");
}

/// External data of any key: as large as asked for, all zero.
class ZeroDataMap final : public NamedDataMap {
 public:
  explicit ZeroDataMap(const fb::Program* program) : program_(program), zeros_(1 << 20) {}

  Result<const TensorLayout> get_tensor_layout(std::string_view key) const override {
    for (const auto* plan : *program_->execution_plan()) {
      for (const auto* value : *plan->values()) {
        const fb::Tensor* tensor = value->val_as_Tensor();
        if (tensor != nullptr && tensor->extra_tensor_info() != nullptr &&
            tensor->extra_tensor_info()->fully_qualified_name() != nullptr &&
            tensor->extra_tensor_info()->fully_qualified_name()->string_view() == key) {
          const auto layout = TensorLayout::create(
              {tensor->sizes()->data(), tensor->sizes()->size()},
              {tensor->dim_order()->data(), tensor->dim_order()->size()},
              static_cast<executorch::aten::ScalarType>(tensor->scalar_type()));
          return *layout;
        }
      }
    }
    return Error::NotFound;
  }
  Result<FreeableBuffer> get_data(std::string_view key) const override {
    const auto layout = get_tensor_layout(key);
    if (!layout.ok()) {
      return layout.error();
    }
    return FreeableBuffer(zeros_.data(), layout->nbytes(), nullptr);
  }
  Error load_data_into(std::string_view, void* buffer, size_t size) const override {
    memset(buffer, 0, size);
    return Error::Ok;
  }
  Result<uint32_t> get_num_keys() const override { return 0u; }
  Result<const char*> get_key(uint32_t) const override { return Error::InvalidArgument; }

 private:
  const fb::Program* program_;
  std::vector<uint8_t> zeros_;
};

class CorpusTest : public ::testing::Test {
 protected:
  void SetUp() override { register_stand_in_backend(); }
};

TEST_F(CorpusTest, EveryGoodProgramLoads) {
  int num_methods = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    const std::string name = entry.path().filename();
    if (!entry.is_directory() || name.rfind("n_", 0) == 0) {
      continue;
    }
    SCOPED_TRACE(name);
    const std::vector<uint8_t> file = program_of(name);
    ASSERT_FALSE(file.empty());
    const fb::Program* schema = fb::GetProgram(file.data());
    const ZeroDataMap data(schema);
    const StandInKernels kernels(schema);
    for (const Verification verification :
         {Verification::Minimal, Verification::InternalConsistency}) {
      MemoryLoader loader(file);
      Result<Program> program = Program::load(&loader, verification);
      ASSERT_TRUE(program.ok()) << last_error_message();
      for (size_t i = 0; i < program->num_methods(); ++i) {
        const char* method_name = *program->get_method_name(i);
        const Result<MethodMeta> meta = program->method_meta(method_name);
        ASSERT_TRUE(meta.ok()) << last_error_message();
        for (size_t k = 0; k < meta->num_inputs(); ++k) {
          ASSERT_TRUE(meta->input_tag(k).ok());
          ASSERT_EQ(meta->input_tensor_meta(k).ok(), *meta->input_tag(k) == Tag::Tensor);
        }
        MethodMemory memory(*meta, 1 << 20);
        const Result<Method> method = program->load_method(method_name, memory.manager(), nullptr,
                                                           &data, nullptr, kernels.span());
        ASSERT_TRUE(method.ok()) << method_name << ": " << last_error_message();
        ++num_methods;
      }
    }
  }
  EXPECT_GE(num_methods, 2 * 140);
}

TEST_F(CorpusTest, NoBadProgramDoesHarm) {
  const std::vector<std::string> refused = {"n_constant_offset_outside",
                                            "n_empty_file",
                                            "n_header_segment_base_huge",
                                            "n_header_short_length",
                                            "n_input_index_outside",
                                            "n_instruction_op_index_outside",
                                            "n_instruction_unknown_type",
                                            "n_missing_operator",
                                            "n_root_offset_outside",
                                            "n_segment_offset_outside",
                                            "n_tensor_arena_offset_outside",
                                            "n_tensor_bad_dtype",
                                            "n_tensor_dim_order_repeat",
                                            "n_tensor_negative_size",
                                            "n_truncated_40",
                                            "n_truncated_last_byte",
                                            "n_wrong_magic",
                                            "n_zip_file"};
  const std::vector<uint8_t> good = program_of("p_linear");
  const StandInKernels kernels(fb::GetProgram(good.data()));
  int num_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    const std::string name = entry.path().filename();
    if (name.rfind("n_", 0) != 0) {
      continue;
    }
    SCOPED_TRACE(name);
    ++num_files;
    for (const Verification verification :
         {Verification::Minimal, Verification::InternalConsistency}) {
      MemoryLoader loader(program_of(name));
      Result<Program> program = Program::load(&loader, verification);
      bool loaded = false;
      if (program.ok()) {
        const Result<MethodMeta> meta = program->method_meta("forward");
        if (meta.ok()) {
          MethodMemory memory(*meta, 1 << 20);
          loaded = program
                       ->load_method("forward", memory.manager(), nullptr, nullptr, nullptr,
                                     kernels.span())
                       .ok();
        }
      }
      if (std::find(refused.begin(), refused.end(), name) != refused.end()) {
        EXPECT_FALSE(loaded);
        EXPECT_STRNE(last_error_message(), "");
      }
    }
  }
  EXPECT_GE(num_files, static_cast<int>(refused.size()));
}

// Real programs with several random words of the flatbuffer replaced; what still loads takes some
// steps.
TEST_F(CorpusTest, DamagedProgramsDoNoHarm) {
  std::mt19937 random(7);
  int num_loaded = 0;
  int num_refused = 0;
  for (const char* name :
       {"k_cond_pred_input", "m_constant_methods", "p_index_tensor", "q_mlp_dynamic_channel",
        "s_counter_initial_value", "v_mixed_outputs", "f_inline_delegate_data"}) {
    SCOPED_TRACE(name);
    const std::vector<uint8_t> file = program_of(name);
    const StandInKernels kernels(fb::GetProgram(file.data()));
    const auto header = ExtendedHeader::Parse(file.data(), file.size());
    const size_t size = header.ok() ? header->program_size : file.size();
    for (int round = 0; round < 500; ++round) {
      std::vector<uint8_t> damaged = file;
      for (int n = 0; n < 3; ++n) {
        // Small numbers make offsets and indices that lead somewhere.
        const uint32_t word = random() % (1u << (random() % 32));
        memcpy(&damaged[random() % (size / 4) * 4], &word, 4);
      }
      MemoryLoader loader(damaged);
      Result<Program> program = Program::load(
          &loader, round % 2 == 0 ? Verification::Minimal : Verification::InternalConsistency);
      ++(program.ok() ? num_loaded : num_refused);
      for (size_t i = 0; program.ok() && i < program->num_methods(); ++i) {
        const Result<const char*> method_name = program->get_method_name(i);
        if (!method_name.ok()) {
          continue;
        }
        const Result<MethodMeta> meta = program->method_meta(*method_name);
        if (!meta.ok()) {
          continue;
        }
        MethodMemory memory(*meta);
        Result<Method> method = program->load_method(*method_name, memory.manager(), nullptr,
                                                     nullptr, nullptr, kernels.span());
        for (int steps = 0; method.ok() && steps < 100; ++steps) {
          if (method->step() != Error::Ok) {
            break;
          }
        }
      }
    }
  }
  EXPECT_GT(num_loaded, 100);
  EXPECT_GT(num_refused, 100);
}

/// aten::mul.out for floats of one shape.
void mul_kernel(KernelRuntimeContext& context, Span<EValue*> args) {
  const Tensor& a = args[0]->toTensor();
  const Tensor& b = args[1]->toTensor();
  const Tensor& out = args[2]->toTensor();
  if (a.numel() != b.numel() && b.numel() != 1) {
    context.fail(Error::InvalidArgument);
    return;
  }
  for (ssize_t i = 0; i < a.numel(); ++i) {
    out.mutable_data_ptr<float>()[i] =
        a.const_data_ptr<float>()[i] * b.const_data_ptr<float>()[b.numel() == 1 ? 0 : i];
  }
}

TEST_F(CorpusTest, RunsAMultiplication) {
  MemoryLoader loader(program_of("f_no_constants"));
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  const Result<MethodMeta> meta = program->method_meta("forward");
  MethodMemory memory(*meta);
  const Kernel kernels[] = {Kernel("aten::mul.out", mul_kernel)};
  Result<Method> method =
      program->load_method("forward", memory.manager(), nullptr, nullptr, nullptr, kernels);
  ASSERT_TRUE(method.ok()) << last_error_message();
  for (size_t i = 0; i < method->inputs_size(); ++i) {
    std::vector<uint8_t> data =
        read_file(kCorpus / "f_no_constants" / ("inputs/" + std::to_string(i) + ".bin"));
    const auto info = meta->input_tensor_meta(i);
    ASSERT_EQ(data.size(), info->nbytes());
    std::vector<int32_t> sizes(info->sizes().begin(), info->sizes().end());
    TensorImpl impl(info->scalar_type(), static_cast<ssize_t>(sizes.size()), sizes.data(),
                    data.data());
    ASSERT_EQ(method->set_input(EValue(Tensor(&impl)), i), Error::Ok) << last_error_message();
  }
  ASSERT_EQ(method->execute(), Error::Ok) << last_error_message();
  const std::vector<uint8_t> expected = read_file(kCorpus / "f_no_constants" / "expected/0.bin");
  const Tensor& output = method->get_output(0).toTensor();
  ASSERT_EQ(output.nbytes(), expected.size());
  for (ssize_t i = 0; i < output.numel(); ++i) {
    EXPECT_FLOAT_EQ(output.const_data_ptr<float>()[i],
                    reinterpret_cast<const float*>(expected.data())[i]);
  }
}

TEST_F(CorpusTest, RunsConstantMethods) {
  MemoryLoader loader(program_of("m_constant_methods"));
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  const auto run = [&](const char* name) {
    MethodMemory memory(*program->method_meta(name));
    Result<Method> method = program->load_method(name, memory.manager());
    EXPECT_TRUE(method.ok()) << last_error_message();
    EXPECT_EQ(method->execute(), Error::Ok);
    // Numbers do not refer to the method's memory.
    return method->get_output(0).isString()
               ? EValue(int64_t(method->get_output(0).toString() == "hello et"))
               : method->get_output(0);
  };
  EXPECT_EQ(run("get_int").toInt(), 42);
  EXPECT_EQ(run("get_float").toDouble(), 2.5);
  EXPECT_TRUE(run("get_bool").toBool());
  EXPECT_EQ(run("get_string").toInt(), 1);
}

}  // namespace
