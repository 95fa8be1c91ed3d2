// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/exec_aten/testing_util/tensor_factory.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/core/testing_util/error_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorShapeDynamism;
using executorch::runtime::Error;
using executorch::runtime::Result;
using executorch::runtime::testing::ErrorIs;
using executorch::runtime::testing::IsOk;
using executorch::runtime::testing::IsOkAndHolds;
using executorch::runtime::testing::TensorFactory;
using executorch::runtime::testing::TensorListFactory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(TensorFactoryTest, MakesContiguousTensors) {
  TensorFactory<ScalarType::Int> tf;
  const Tensor x = tf.make({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(x.scalar_type(), ScalarType::Int);
  EXPECT_THAT(x.strides(), ElementsAre(3, 1));
  EXPECT_THAT(x.dim_order(), ElementsAre(0, 1));
  EXPECT_EQ(x.const_data_ptr<int32_t>()[5], 6);
  EXPECT_TENSOR_EQ(tf.ones_like(x), tf.full({2, 3}, 1));
  EXPECT_TENSOR_EQ(tf.make({}, {7}), tf.full({}, 7));
}

TEST(TensorFactoryTest, MakesOtherDimOrders) {
  TensorFactory<ScalarType::Float> tf;
  const Tensor x = tf.make({1, 2, 1, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor nhwc = tf.channels_last_like(x);
  EXPECT_THAT(nhwc.dim_order(), ElementsAre(0, 2, 3, 1));
  EXPECT_TENSOR_EQ(nhwc, x);
  EXPECT_TENSOR_DATA_EQ(nhwc, tf.make({6}, {1, 4, 2, 5, 3, 6}));
  EXPECT_TENSOR_EQ(nhwc, tf.make_channels_last({1, 2, 1, 3}, {1, 4, 2, 5, 3, 6}));
  EXPECT_TENSOR_EQ(tf.make({2, 2}, {1, 2, 3, 4}, {1, 2}), tf.make({2, 2}, {1, 3, 2, 4}));
  EXPECT_THAT(tf.zeros_like(nhwc).dim_order(), ElementsAre(0, 2, 3, 1));
}

TEST(TensorFactoryTest, DynamicTensorsCanBeResized) {
  TensorFactory<ScalarType::Bool> tf;
  Tensor x = tf.zeros({4, 2}, TensorShapeDynamism::DYNAMIC_BOUND);
  const executorch::aten::SizesType smaller[] = {1, 2};
  ASSERT_OK(executorch::runtime::resize_tensor(x, executorch::aten::ArrayRef<int32_t>(smaller)));
  EXPECT_TENSOR_EQ(x, tf.make({1, 2}, {false, false}));
}

TEST(TensorFactoryDeathTest, RefusesWhatDoesNotFit) {
  TensorFactory<ScalarType::Float> tf;
  EXPECT_DEATH(tf.make({2, 2}, {1, 2, 3}), "");
  EXPECT_DEATH(tf.make({2, 2}, {1, 2, 3, 4}, {4, 1}), "");
  EXPECT_DEATH(tf.zeros_channels_last({2, 2}), "");
}

TEST(TensorUtilTest, ComparesNumbersTypesAndShapes) {
  TensorFactory<ScalarType::Float> tf;
  const Tensor x = tf.make({2}, {1, 2});
  EXPECT_TENSOR_NE(x, tf.make({2}, {1, 3}));
  EXPECT_TENSOR_NE(x, tf.make({2, 1}, {1, 2}));
  EXPECT_TENSOR_DATA_EQ(x, tf.make({2, 1}, {1, 2}));
  EXPECT_TENSOR_NE(x, TensorFactory<ScalarType::Double>().make({2}, {1, 2}));
  EXPECT_TENSOR_CLOSE(x, tf.make({2}, {1, 2.000001f}));
  EXPECT_TENSOR_NOT_CLOSE(x, tf.make({2}, {1, 2.001f}));
  EXPECT_TENSOR_CLOSE_WITH_TOL(x, tf.make({2}, {1, 2.001f}), 0, 0.01);
  EXPECT_TENSOR_NOT_CLOSE_WITH_TOL(x, tf.make({2}, {1, 2.1f}), 0, 0.01);
  const Tensor special = tf.make({4}, {NAN, INFINITY, -INFINITY, 0});
  EXPECT_TENSOR_EQ(special, tf.make({4}, {NAN, INFINITY, -INFINITY, -0.0f}));
  EXPECT_TENSOR_NOT_CLOSE(special, tf.make({4}, {NAN, INFINITY, INFINITY, 0}));
  TensorFactory<ScalarType::Long> tl;
  EXPECT_TENSOR_NE(tl.make({1}, {1LL << 60}), tl.make({1}, {(1LL << 60) + 1}));
}

TEST(TensorUtilTest, ComparesLists) {
  TensorFactory<ScalarType::Float> tf;
  TensorListFactory<ScalarType::Float> lists;
  const std::vector<Tensor> like = {tf.ones({2}), tf.ones({3, 1})};
  const std::vector<Tensor> zeros = {tf.zeros({2}), tf.zeros({3, 1})};
  const auto list = lists.zeros_like(like);
  EXPECT_TENSOR_LISTS_EQ(list, executorch::aten::TensorList(zeros));
  EXPECT_TENSOR_LISTS_NE(list, executorch::aten::TensorList(like));
  EXPECT_TENSOR_LISTS_NE(list, executorch::aten::TensorList(zeros.data(), 1));
}

TEST(TensorUtilTest, SaysWhatDiffers) {
  TensorFactory<ScalarType::Float> tf;
  const auto result = executorch::runtime::testing::tensors_are_close(
      tf.make({1, 2}, {1, 2}), tf.make({1, 2}, {1, 3}), 0, 0);
  EXPECT_THAT(result.message(), HasSubstr("the elements at (0, 1) differ"));
  EXPECT_THAT(result.message(), HasSubstr("Float of sizes (1, 2), strides (2, 1): [1, 3]"));
}

TEST(ErrorMatchersTest, MatchErrorsAndResults) {
  EXPECT_THAT(Error::Ok, IsOk());
  EXPECT_THAT(Error::NotFound, Not(IsOk()));
  EXPECT_THAT(Error::NotFound, ErrorIs(Error::NotFound));
  EXPECT_THAT(Result<int>(Error::NotFound), ErrorIs(Error::NotFound));
  EXPECT_THAT(Result<int>(3), IsOk());
  EXPECT_THAT(Result<int>(3), IsOkAndHolds(3));
  EXPECT_THAT(Result<int>(3), IsOkAndHolds(testing::Gt(2)));
  EXPECT_THAT(Result<int>(3), Not(IsOkAndHolds(4)));
  EXPECT_THAT(Result<int>(Error::NotFound), Not(IsOkAndHolds(3)));
  const int value = ASSERT_OK_AND_UNWRAP(Result<int>(3));
  EXPECT_EQ(value, 3);
}

TEST(TensorMatcherTest, CompareLikeTheMacros) {
  using namespace executorch::runtime::testing;
  TensorFactory<ScalarType::Float> tf;
  const Tensor a = tf.make({2}, {1, 2});
  const Tensor close = tf.make({2}, {1, 2.00001f});
  const Tensor other = tf.make({2}, {1, 3});
  EXPECT_THAT(a, IsEqualTo(a));
  EXPECT_THAT(a, Not(IsEqualTo(close)));
  EXPECT_THAT(a, IsCloseTo(close));
  EXPECT_THAT(a, Not(IsCloseTo(other)));
  EXPECT_THAT(a, IsCloseTo(other, /*rtol=*/0, /*atol=*/1));
  EXPECT_THAT(a, IsDataEqualTo(tf.make({1, 2}, {1, 2})));
  EXPECT_THAT(a, Not(IsDataCloseTo(other)));
  EXPECT_THAT(a, IsDataCloseTo(other, 0, 1));
  const Tensor list[] = {a, other};
  const Tensor other_list[] = {a, a};
  const executorch::aten::TensorList tensors(list, 2), others(other_list, 2);
  EXPECT_THAT(tensors, IsListEqualTo(tensors));
  EXPECT_THAT(tensors, Not(IsListCloseTo(others)));
  EXPECT_THAT(tensors, IsListCloseTo(others, 0, 1));
}

}  // namespace
