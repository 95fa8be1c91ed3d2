// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/tensor/tensor_ptr_maker.h>

#include <executorch/runtime/platform/runtime.h>
#include <executorch/test/utils/DeathTest.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace executorch::extension;
using executorch::aten::DeviceType;
using executorch::aten::ScalarType;
using executorch::aten::TensorShapeDynamism;
using testing::Each;
using testing::ElementsAre;

class TensorPtrMakerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { executorch::runtime::runtime_init(); }
};

template <typename T>
std::vector<T> elements(const TensorPtr& tensor) {
  const T* data = tensor->const_data_ptr<T>();
  return std::vector<T>(data, data + tensor->numel());
}

TEST_F(TensorPtrMakerTest, ForBlob) {
  int64_t data[6] = {};
  bool is_deleted = false;
  TensorPtr tensor = for_blob(data, {2, 3})
                         .type(ScalarType::Long)
                         .dim_order({1, 0})
                         .strides({1, 2})
                         .dynamism(TensorShapeDynamism::STATIC)
                         .device(DeviceType::CPU)
                         .deleter([&](void*) { is_deleted = true; })
                         .make_tensor_ptr();
  EXPECT_EQ(tensor->const_data_ptr(), data);
  EXPECT_EQ(tensor->scalar_type(), ScalarType::Long);
  EXPECT_THAT(tensor->strides(), ElementsAre(1, 2));
  EXPECT_EQ(tensor->shape_dynamism(), TensorShapeDynamism::STATIC);
  tensor.reset();
  EXPECT_TRUE(is_deleted);
}

TEST_F(TensorPtrMakerTest, FromBlob) {
  float data[12] = {};
  int deleted = 0;
  const auto deleter = [&](void*) { ++deleted; };
  EXPECT_THAT(from_blob(data, {3, 4})->strides(), ElementsAre(4, 1));
  EXPECT_THAT(from_blob(data, {3, 4}, {1, 3})->dim_order(), ElementsAre(1, 0));
  EXPECT_EQ(from_blob(data, {3}, ScalarType::Int)->scalar_type(), ScalarType::Int);
  EXPECT_EQ(from_blob(data, {3}, ScalarType::Int, DeviceType::CPU, TensorShapeDynamism::STATIC)
                ->shape_dynamism(),
            TensorShapeDynamism::STATIC);
  EXPECT_EQ(from_blob(data, {3}, ScalarType::Int, TensorShapeDynamism::STATIC)->shape_dynamism(),
            TensorShapeDynamism::STATIC);
  from_blob(data, {3}, ScalarType::Int, DeviceType::CPU, deleter);
  from_blob(data, {3}, {1}, ScalarType::Int, DeviceType::CPU, deleter);
  from_blob(data, {3}, ScalarType::Int, deleter);
  from_blob(data, {3}, {1}, ScalarType::Int, deleter);
  EXPECT_EQ(deleted, 4);
}

TEST_F(TensorPtrMakerTest, Factories) {
  EXPECT_EQ(empty({2, 3})->numel(), 6);
  EXPECT_THAT(empty_strided({2, 3}, {1, 2})->dim_order(), ElementsAre(1, 0));
  EXPECT_THAT(elements<float>(full({2}, 2.5)), Each(2.5f));
  EXPECT_THAT(elements<int32_t>(full_strided({2, 2}, {1, 2}, 7, ScalarType::Int)), Each(7));
  EXPECT_THAT(elements<int8_t>(ones({3}, ScalarType::Char)), Each(1));
  EXPECT_THAT(elements<float>(ones_strided({3}, {1})), Each(1));
  EXPECT_THAT(elements<double>(zeros({3}, ScalarType::Double)), Each(0));
  EXPECT_THAT(elements<float>(zeros_strided({3}, {1})), Each(0));
  EXPECT_THAT(elements<bool>(full({2}, true, ScalarType::Bool)), Each(true));
  EXPECT_THAT(elements<uint16_t>(full({2}, 65535, ScalarType::UInt16)), Each(65535));

  const TensorPtr scalar = scalar_tensor(3);
  EXPECT_EQ(scalar->scalar_type(), ScalarType::Float);
  EXPECT_EQ(scalar->dim(), 0);
  EXPECT_EQ(*scalar->const_data_ptr<float>(), 3);
  EXPECT_EQ(*scalar_tensor(3, ScalarType::Long)->const_data_ptr<int64_t>(), 3);
}

TEST_F(TensorPtrMakerTest, LikeAnother) {
  const TensorPtr other = make_tensor_ptr({1, 2, 3, 1}, std::vector<int32_t>(6), {0, 2, 3, 1});
  for (const TensorPtr& tensor :
       {empty_like(other), full_like(other, 4), ones_like(other), zeros_like(other),
        rand_like(other), randn_like(other), randint_like(other, 0, 9)}) {
    EXPECT_EQ(tensor->scalar_type(), ScalarType::Int);
    EXPECT_THAT(tensor->dim_order(), ElementsAre(0, 2, 3, 1));
    EXPECT_EQ(tensor->numel(), 6);
  }
  EXPECT_THAT(elements<float>(full_like(other, 4, ScalarType::Float)), Each(4));
  EXPECT_EQ(ones_like(other, ScalarType::Double, TensorShapeDynamism::STATIC)->shape_dynamism(),
            TensorShapeDynamism::STATIC);
}

TEST_F(TensorPtrMakerTest, RandomNumbers) {
  const std::vector<float> uniform = elements<float>(rand({1000}));
  EXPECT_THAT(uniform, Each(testing::AllOf(testing::Ge(0), testing::Lt(1))));
  EXPECT_NE(uniform, elements<float>(rand({1000})));
  const std::vector<float> normal = elements<float>(randn({1000}));
  EXPECT_LT(*std::min_element(normal.begin(), normal.end()), -1);
  const std::vector<int32_t> integers = elements<int32_t>(randint(-2, 3, {1000}));
  EXPECT_EQ(*std::min_element(integers.begin(), integers.end()), -2);
  EXPECT_EQ(*std::max_element(integers.begin(), integers.end()), 2);
  EXPECT_EQ(rand_strided({2}, {1})->numel(), 2);
  EXPECT_EQ(randn_strided({2}, {1})->numel(), 2);
  EXPECT_EQ(randint_strided(0, 2, {2}, {1})->numel(), 2);
  ET_EXPECT_DEATH(randint(5, 5, {2}), "No integer is in");
}

TEST_F(TensorPtrMakerTest, RefusesValuesThatDoNotFit) {
  ET_EXPECT_DEATH(full({1}, 300, ScalarType::Byte), "300 does not fit");
  ET_EXPECT_DEATH(full({1}, -1, ScalarType::Byte), "-1 does not fit");
  ET_EXPECT_DEATH(full({1}, 3.5, ScalarType::Int), "no value of a tensor of integers");
  ET_EXPECT_DEATH(full({1}, 1, ScalarType::ComplexFloat), "cannot be filled");
}

}  // namespace
