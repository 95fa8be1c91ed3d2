// SPDX-License-Identifier: BSD-3-Clause

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/runner_util/inputs.h>
#include <executorch/extension/runner_util/loaded_method.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace executorch {
namespace extension {
namespace {

using runtime::Error;
using runtime::EValue;
using runtime::Kernel;
using runtime::KernelRuntimeContext;
using runtime::last_error_message;
using runtime::Program;
using runtime::Result;
using runtime::Span;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Multiplies two float tensors of one shape.
void mul(KernelRuntimeContext&, Span<EValue*> args) {
  const auto& a = args[0]->toTensor();
  const auto& b = args[1]->toTensor();
  const auto& out = args[2]->toTensor();
  for (ssize_t i = 0; i < out.numel(); ++i) {
    out.mutable_data_ptr<float>()[i] = a.const_data_ptr<float>()[i] * b.const_data_ptr<float>()[i];
  }
}

// Fills the result with twos.
void fill(KernelRuntimeContext&, Span<EValue*> args) {
  const auto& out = args[args.size() - 1]->toTensor();
  std::fill_n(out.mutable_data_ptr<float>(), out.numel(), 2.0f);
}

std::vector<float> values(const EValue& value) {
  const auto& tensor = value.toTensor();
  return {tensor.const_data_ptr<float>(), tensor.const_data_ptr<float>() + tensor.numel()};
}

class RunnerUtilTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const Kernel kernels[] = {Kernel("aten::mul.out", mul), Kernel("aten::addmm.out", fill),
                                     Kernel("aten::permute_copy.out", fill),
                                     Kernel("aten::relu.out", fill)};
    ASSERT_EQ(runtime::register_kernels(kernels), Error::Ok);
  }

  LoadedMethod& load(const std::string& name) {
    loader_.emplace(
        std::move(*FileDataLoader::from(("test/data/corpus/" + name + "/program.pte").c_str())));
    program_.emplace(std::move(*Program::load(&*loader_)));
    auto method = LoadedMethod::load(*program_, "forward");
    EXPECT_TRUE(method.ok()) << last_error_message();
    method_ = std::move(*method);
    return *method_;
  }

  std::optional<FileDataLoader> loader_;
  std::optional<Program> program_;
  std::unique_ptr<LoadedMethod> method_;
};

TEST_F(RunnerUtilTest, InputsAreOnes) {
  LoadedMethod& method = load("f_no_constants");
  const auto cleanup = prepare_input_tensors(*method);
  ASSERT_TRUE(cleanup.ok()) << last_error_message();
  ASSERT_EQ(method->execute(), Error::Ok) << last_error_message();
  EXPECT_THAT(values(method->get_output(0)), ElementsAre(1, 1, 1, 1));
}

TEST_F(RunnerUtilTest, InputsAreWhatIsGiven) {
  LoadedMethod& method = load("f_no_constants");
  float data[] = {1, 2, 3, 4};
  const std::pair<char*, size_t> buffer(reinterpret_cast<char*>(data), sizeof(data));
  const auto expect = [&](std::vector<std::pair<char*, size_t>> buffers, auto matcher) {
    const auto cleanup = prepare_input_tensors(*method, {}, buffers);
    ASSERT_TRUE(cleanup.ok()) << last_error_message();
    ASSERT_EQ(method->execute(), Error::Ok) << last_error_message();
    EXPECT_THAT(values(method->get_output(0)), matcher);
  };
  expect({buffer}, ElementsAre(1, 2, 3, 4));
  expect({buffer, buffer}, ElementsAre(1, 4, 9, 16));
}

TEST_F(RunnerUtilTest, InputsOfOtherKindsKeepTheirValue) {
  LoadedMethod& method = load("v_none_input");
  const auto cleanup = prepare_input_tensors(*method);
  ASSERT_TRUE(cleanup.ok()) << last_error_message();
  EXPECT_EQ(method->execute(), Error::Ok) << last_error_message();
}

TEST_F(RunnerUtilTest, InputsThatDoNotFitAreRefused) {
  LoadedMethod& method = load("f_no_constants");
  char data[17];
  const auto expect_refused = [&](PrepareInputTensorsOptions options,
                                  std::vector<std::pair<char*, size_t>> buffers,
                                  const char* sentence) {
    EXPECT_EQ(prepare_input_tensors(*method, options, buffers).error(), Error::InvalidArgument);
    EXPECT_THAT(last_error_message(), HasSubstr(sentence));
  };
  expect_refused({}, {{data, 17}}, "input 0 needs 16 bytes, but 17 were given");
  expect_refused({}, {{data, 16}, {data, 15}}, "input 1 needs 16 bytes, but 15 were given");
  expect_refused({}, {{data, 16}, {data, 16}, {data, 16}}, "the method has 2 tensor inputs");
  expect_refused({/*max_total_allocation_size=*/31, 1024}, {}, "limit of 31 bytes");
  expect_refused({1024, /*max_inputs=*/1}, {}, "the limit is 1");
}

TEST_F(RunnerUtilTest, UnplannedInputsAndOutputsHaveMemory) {
  LoadedMethod& method = load("f_no_io_alloc");
  ASSERT_FALSE(method->method_meta().input_tensor_meta(0)->is_memory_planned());
  ASSERT_FALSE(method->method_meta().output_tensor_meta(0)->is_memory_planned());
  const auto cleanup = prepare_input_tensors(*method);
  ASSERT_TRUE(cleanup.ok()) << last_error_message();
  ASSERT_EQ(method->execute(), Error::Ok) << last_error_message();
  EXPECT_THAT(values(method->get_output(0)), Each(2.0f));
}

TEST_F(RunnerUtilTest, SharedBuffersHoldAllButTheFirst) {
  load("f_no_constants");
  const auto none = PlannedBuffers::allocate({});
  auto alone = LoadedMethod::load(*program_, "forward", {nullptr, &*none});
  ASSERT_TRUE(alone.ok()) << last_error_message();
  EXPECT_TRUE(prepare_input_tensors(***alone).ok());
  EXPECT_EQ((**alone)->execute(), Error::Ok);

  loader_.emplace(
      std::move(*FileDataLoader::from("test/data/corpus/s_shared_mutable_buffer/program.pte")));
  const auto program = Program::load(&*loader_);
  EXPECT_EQ(LoadedMethod::load(*program, "inc", {nullptr, &*none}).error(), Error::InvalidArgument);
  EXPECT_THAT(last_error_message(), HasSubstr("too small for planned buffer 1 of 'inc'"));
}

TEST_F(RunnerUtilTest, FailuresOfLoadingArePassedOn) {
  load("f_no_constants");
  EXPECT_EQ(LoadedMethod::load(*program_, "absent").error(), Error::InvalidArgument);
  EXPECT_THAT(last_error_message(), HasSubstr("'absent'"));
}

}  // namespace
}  // namespace extension
}  // namespace executorch
