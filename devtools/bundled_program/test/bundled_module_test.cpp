// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/extension/module/bundled_module.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <executorch/extension/tensor/tensor.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/core/testing_util/error_matchers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using executorch::extension::BundledModule;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::last_error_message;
using executorch::runtime::Result;
using executorch::runtime::testing::ErrorIs;
using executorch::runtime::testing::IsOk;
using ::testing::HasSubstr;

const std::string kCorpus = ET_TEST_DATA_DIR "/corpus/";
const std::string kLinear = kCorpus + "b_bundled_linear/program.bpte";

TEST(BundledModuleTest, RunsAndVerifiesTestCases) {
  for (const char* name : {"b_bundled_linear", "b_bundled_multi_output"}) {
    auto module = BundledModule::from_file(kCorpus + name + "/program.bpte");
    ASSERT_THAT(module.error(), IsOk()) << last_error_message();
    const Result<std::vector<EValue>> outputs = (*module)->execute("forward", 0);
    ASSERT_THAT(outputs.error(), IsOk()) << last_error_message();
    EXPECT_FALSE(outputs->empty());
    EXPECT_THAT((*module)->verify_method_outputs("forward", 0), IsOk()) << last_error_message();
  }
}

TEST(BundledModuleTest, NoticesOtherOutputs) {
  auto module = BundledModule::from_file(kLinear);
  ASSERT_THAT(module.error(), IsOk());
  const Result<std::vector<EValue>> outputs = (*module)->execute("forward", 0);
  ASSERT_THAT(outputs.error(), IsOk());
  *outputs->front().toTensor().mutable_data_ptr<float>() += 1;
  EXPECT_THAT((*module)->verify_method_outputs("forward", 0), ErrorIs(Error::NotFound));
  EXPECT_THAT((*module)->verify_method_outputs("forward", 0, 0, 2), IsOk());
}

TEST(BundledModuleTest, ExecutesOtherInputsToo) {
  auto module = BundledModule::from_file(kLinear);
  ASSERT_THAT(module.error(), IsOk());
  const auto meta = (*module)->method_meta("forward")->input_tensor_meta(0);
  ASSERT_THAT(meta.error(), IsOk());
  const std::vector<int32_t> sizes(meta->sizes().begin(), meta->sizes().end());
  EXPECT_THAT((*module)->forward(executorch::extension::ones(sizes)).error(), IsOk());
}

TEST(BundledModuleTest, FromMemory) {
  std::ifstream stream(kLinear, std::ios::binary);
  const std::vector<char> bytes(std::istreambuf_iterator<char>(stream), {});
  BundledModule module(bytes.data());
  EXPECT_THAT(module.execute("forward", 0).error(), IsOk()) << last_error_message();
  EXPECT_THAT(module.verify_method_outputs("forward", 0), IsOk()) << last_error_message();
  BundledModule none(nullptr);
  EXPECT_NE(none.load(), Error::Ok);
}

TEST(BundledModuleTest, Refuses) {
  EXPECT_THAT(BundledModule::from_file("/no/such/file").error(), ErrorIs(Error::AccessFailed));
  EXPECT_THAT(BundledModule::from_file(kCorpus + "b_bundled_linear/program.pte").error(),
              ErrorIs(Error::NotSupported));
  auto module = BundledModule::from_file(kLinear);
  ASSERT_THAT(module.error(), IsOk());
  EXPECT_THAT((*module)->execute("forward", 1000).error(), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(last_error_message(), HasSubstr("1000"));
  EXPECT_FALSE((*module)->execute("backward", 0).ok());
}

}  // namespace
