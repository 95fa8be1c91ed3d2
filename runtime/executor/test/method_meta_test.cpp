// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/method_meta.h>

#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <gtest/gtest.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using namespace executorch::runtime;
using namespace executorch::runtime::testing;

namespace {

class MethodMetaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ProgramWriter writer;
    ProgramWriter::TensorSpec x{{2, 3}, fb::ScalarType::LONG, 0};
    x.dynamism = fb::TensorShapeDynamism::DYNAMIC_BOUND;
    x.dim_order = {1, 0};
    writer.add_tensor(x);
    ProgramWriter::TensorSpec state{{4}, fb::ScalarType::HALF, 48};
    state.name = "state";
    writer.add_tensor(state);
    writer.add_tensor({{}, fb::ScalarType::FLOAT});
    writer.add_int(3);
    writer.add_string("s");
    writer.add_null();
    writer.add_int_list({3});
    writer.add_delegate("A", "", false);
    writer.add_delegate("B", "", false);
    writer.add_delegate("A", "", false);
    writer.move(3, 3);
    writer.end_chain();
    writer.move(3, 3);
    writer.end_method("forward", {0, 3, 4, 5, 6}, {2, 1}, {0, 64, 0, 32});
    loader_.emplace(writer.finish());
    program_.emplace(Program::load(&*loader_, Program::Verification::InternalConsistency));
    ASSERT_TRUE(program_->ok()) << last_error_message();
    meta_.emplace((*program_)->method_meta("forward"));
    ASSERT_TRUE(meta_->ok()) << last_error_message();
  }
  MethodMeta& meta() { return **meta_; }

  std::optional<MemoryLoader> loader_;
  std::optional<Result<Program>> program_;
  std::optional<Result<MethodMeta>> meta_;
};

TEST_F(MethodMetaTest, InputsAndOutputs) {
  EXPECT_STREQ(meta().name(), "forward");
  ASSERT_EQ(meta().num_inputs(), 5u);
  EXPECT_EQ(*meta().input_tag(0), Tag::Tensor);
  EXPECT_EQ(*meta().input_tag(1), Tag::Int);
  EXPECT_EQ(*meta().input_tag(2), Tag::String);
  EXPECT_EQ(*meta().input_tag(3), Tag::None);
  EXPECT_EQ(meta().input_tag(4).error(), Error::Internal);
  EXPECT_EQ(meta().input_tag(5).error(), Error::InvalidArgument);
  EXPECT_EQ(meta().input_tensor_meta(1).error(), Error::InvalidArgument);
  EXPECT_EQ(meta().input_tensor_meta(5).error(), Error::InvalidArgument);
  ASSERT_EQ(meta().num_outputs(), 2u);
  EXPECT_EQ(*meta().output_tag(1), Tag::Tensor);
  EXPECT_EQ(meta().output_tag(2).error(), Error::InvalidArgument);
}

TEST_F(MethodMetaTest, TensorInfoDescribesTheTensor) {
  const Result<TensorInfo> x = meta().input_tensor_meta(0);
  ASSERT_TRUE(x.ok());
  EXPECT_EQ(x->sizes().size(), 2u);
  EXPECT_EQ(x->sizes()[1], 3);
  EXPECT_EQ(x->dim_order()[0], 1);
  EXPECT_EQ(x->scalar_type(), executorch::aten::ScalarType::Long);
  EXPECT_EQ(x->nbytes(), 48u);
  EXPECT_TRUE(x->is_memory_planned());
  EXPECT_EQ(x->name(), "");
  const Result<TensorInfo> scalar = meta().output_tensor_meta(0);
  ASSERT_TRUE(scalar.ok());
  EXPECT_EQ(scalar->sizes().size(), 0u);
  EXPECT_EQ(scalar->nbytes(), 4u);
  EXPECT_FALSE(scalar->is_memory_planned());
}

TEST(TensorInfoTest, SaysWhichDimensionsVary) {
  using Dynamism = executorch::aten::TensorShapeDynamism;
  for (const auto dynamism :
       {fb::TensorShapeDynamism::STATIC, fb::TensorShapeDynamism::DYNAMIC_BOUND,
        fb::TensorShapeDynamism::DYNAMIC_UNBOUND}) {
    ProgramWriter writer;
    ProgramWriter::TensorSpec spec;
    spec.sizes = {4, 0};
    spec.dynamism = dynamism;
    writer.add_tensor(spec);
    writer.end_method("forward", {}, {0});
    MemoryLoader loader(writer.finish());
    const Result<Program> program = Program::load(&loader);
    const Result<MethodMeta> meta = program->method_meta("forward");
    const Result<TensorInfo> info = meta->output_tensor_meta(0);
    ASSERT_TRUE(info.ok());
    EXPECT_EQ(info->shape_dynamism(), static_cast<Dynamism>(dynamism));
    EXPECT_EQ(info->is_dynamic(0), dynamism != fb::TensorShapeDynamism::STATIC);
    EXPECT_EQ(info->is_dynamic(1), dynamism == fb::TensorShapeDynamism::DYNAMIC_UNBOUND);
    EXPECT_FALSE(info->is_dynamic(2));
  }
}

TEST_F(MethodMetaTest, Attributes) {
  ASSERT_EQ(meta().num_attributes(), 1u);
  EXPECT_EQ(meta().attribute_tensor_meta(0)->name(), "state");
  EXPECT_EQ(meta().attribute_tensor_meta(1).error(), Error::InvalidArgument);
}

TEST_F(MethodMetaTest, PlannedBuffersCountFromZero) {
  ASSERT_EQ(meta().num_memory_planned_buffers(), 3u);
  EXPECT_EQ(*meta().memory_planned_buffer_size(0), 64);
  EXPECT_EQ(*meta().memory_planned_buffer_size(2), 32);
  EXPECT_EQ(meta().memory_planned_buffer_size(3).error(), Error::InvalidArgument);
  EXPECT_TRUE(meta().memory_planned_buffer_device(2)->is_cpu());
  EXPECT_EQ(meta().memory_planned_buffer_device(3).error(), Error::InvalidArgument);
  EXPECT_EQ(meta().num_non_const_buffers(), 3u);
}

TEST_F(MethodMetaTest, BackendsAreListedOnce) {
  EXPECT_TRUE(meta().uses_backend("B"));
  EXPECT_FALSE(meta().uses_backend("b"));
  EXPECT_FALSE(meta().uses_backend(nullptr));
  ASSERT_EQ(meta().num_backends(), 2u);
  EXPECT_STREQ(*meta().get_backend_name(1), "B");
  EXPECT_EQ(meta().get_backend_name(2).error(), Error::InvalidArgument);
  EXPECT_EQ(meta().num_instructions(), 2u);
}

}  // namespace
