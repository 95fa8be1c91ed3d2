// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/tensor/tensor_ptr.h>

#include <numeric>

#include <executorch/runtime/core/testing_util/error_matchers.h>
#include <executorch/runtime/platform/runtime.h>
#include <executorch/test/utils/DeathTest.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using executorch::aten::Device;
using executorch::aten::DeviceType;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorShapeDynamism;
using executorch::extension::clone_tensor_ptr;
using executorch::extension::clone_tensor_ptr_to;
using executorch::extension::make_tensor_ptr;
using executorch::extension::resize_tensor_ptr;
using executorch::extension::TensorPtr;
using executorch::runtime::Error;
using testing::ElementsAre;

class TensorPtrTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { executorch::runtime::runtime_init(); }
};

template <typename T>
std::vector<T> elements(const TensorPtr& tensor) {
  const T* data = tensor->const_data_ptr<T>();
  return std::vector<T>(data, data + tensor->numel());
}

TEST_F(TensorPtrTest, ViewsMemoryOfTheCaller) {
  float data[6] = {};
  const TensorPtr tensor = make_tensor_ptr({2, 3}, data);
  EXPECT_EQ(tensor->const_data_ptr(), data);
  EXPECT_EQ(tensor->scalar_type(), ScalarType::Float);
  EXPECT_EQ(tensor->shape_dynamism(), TensorShapeDynamism::DYNAMIC_BOUND);
  EXPECT_THAT(tensor->sizes(), ElementsAre(2, 3));
  EXPECT_THAT(tensor->dim_order(), ElementsAre(0, 1));
  EXPECT_THAT(tensor->strides(), ElementsAre(3, 1));
}

TEST_F(TensorPtrTest, EveryFormOverTheCallersMemory) {
  int32_t data[6] = {};
  for (const TensorPtr& tensor : {
           make_tensor_ptr({2, 3}, data, ScalarType::Int),
           make_tensor_ptr({2, 3}, data, ScalarType::Int, DeviceType::CPU,
                           TensorShapeDynamism::STATIC),
           make_tensor_ptr({2, 3}, data, ScalarType::Int, TensorShapeDynamism::STATIC),
           make_tensor_ptr({2, 3}, data, {}, {}, ScalarType::Int),
           make_tensor_ptr({2, 3}, data, {0, 1}, {3, 1}, ScalarType::Int, Device(DeviceType::CPU),
                           TensorShapeDynamism::STATIC, nullptr),
           make_tensor_ptr({2, 3}, data, {}, {3, 1}, ScalarType::Int, TensorShapeDynamism::STATIC,
                           nullptr),
       }) {
    EXPECT_EQ(tensor->const_data_ptr(), data);
    EXPECT_EQ(tensor->scalar_type(), ScalarType::Int);
    EXPECT_THAT(tensor->strides(), ElementsAre(3, 1));
  }
  // Braces are a dim order and strides, not a type and a dynamism.
  EXPECT_EQ(make_tensor_ptr({2, 3}, data, {}, {})->scalar_type(), ScalarType::Float);
}

TEST_F(TensorPtrTest, LayoutFromDimOrderOrStrides) {
  float data[24] = {};
  const TensorPtr by_order = make_tensor_ptr({1, 2, 3, 4}, data, {0, 2, 3, 1}, {});
  EXPECT_THAT(by_order->strides(), ElementsAre(24, 1, 8, 2));
  const TensorPtr by_strides = make_tensor_ptr({1, 2, 3, 4}, data, {}, {24, 1, 8, 2});
  EXPECT_THAT(by_strides->dim_order(), ElementsAre(0, 2, 3, 1));
  // Where a dimension has one element, its stride does not matter.
  EXPECT_THAT(make_tensor_ptr({1, 3}, data, {}, {77, 1})->sizes(), ElementsAre(1, 3));
}

TEST_F(TensorPtrTest, OwnsVectors) {
  EXPECT_THAT(elements<float>(make_tensor_ptr({2, 2}, std::vector<float>{1, 2, 3, 4})),
              ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(elements<int64_t>(make_tensor_ptr(std::vector<int64_t>{5, 6})), ElementsAre(5, 6));
  EXPECT_THAT(elements<bool>(make_tensor_ptr(std::vector<bool>{true, false})),
              ElementsAre(true, false));
  const TensorPtr ints = make_tensor_ptr({2, 1}, {7, 8});
  EXPECT_EQ(ints->scalar_type(), ScalarType::Int);
  EXPECT_THAT(elements<int32_t>(ints), ElementsAre(7, 8));
  EXPECT_THAT(elements<double>(make_tensor_ptr({1.5, 2.5})), ElementsAre(1.5, 2.5));
  EXPECT_THAT(elements<double>(make_tensor_ptr<double>({2}, {1.f, 2.f})), ElementsAre(1., 2.));

  std::vector<float> moved{1, 2, 3};
  const float* address = moved.data();
  EXPECT_EQ(make_tensor_ptr(std::move(moved))->const_data_ptr(), address);
}

TEST_F(TensorPtrTest, OwnsBytes) {
  std::vector<uint8_t> bytes(2 * sizeof(int16_t));
  const int16_t values[2] = {-3, 300};
  std::copy_n(reinterpret_cast<const uint8_t*>(values), sizeof(values), bytes.begin());
  EXPECT_THAT(elements<int16_t>(make_tensor_ptr({2}, bytes, ScalarType::Short)),
              ElementsAre(-3, 300));
  EXPECT_THAT(elements<int16_t>(make_tensor_ptr({1, 2}, bytes, {1, 0}, {}, ScalarType::Short)),
              ElementsAre(-3, 300));
  EXPECT_EQ(make_tensor_ptr(std::vector<uint8_t>{1, 2})->scalar_type(), ScalarType::Byte);
}

TEST_F(TensorPtrTest, Scalars) {
  const TensorPtr scalar = make_tensor_ptr(2.5);
  EXPECT_EQ(scalar->dim(), 0);
  EXPECT_EQ(scalar->numel(), 1);
  EXPECT_EQ(*scalar->const_data_ptr<double>(), 2.5);
  EXPECT_EQ(make_tensor_ptr(int64_t{3})->scalar_type(), ScalarType::Long);
  EXPECT_EQ(make_tensor_ptr(true)->scalar_type(), ScalarType::Bool);
}

TEST_F(TensorPtrTest, ConvertsElements) {
  EXPECT_THAT(
      elements<double>(make_tensor_ptr({2}, std::vector<int>{1, 2}, {}, {}, ScalarType::Double)),
      ElementsAre(1., 2.));
  EXPECT_THAT(elements<uint8_t>(make_tensor_ptr({1, 255}, ScalarType::Byte)), ElementsAre(1, 255));
  const TensorPtr half = make_tensor_ptr({1.5f, 2.f}, ScalarType::Half);
  EXPECT_EQ(static_cast<float>(half->const_data_ptr<executorch::aten::Half>()[0]), 1.5f);
}

TEST_F(TensorPtrTest, RefusesContradictions) {
  std::vector<float> data(6);
  ET_EXPECT_DEATH(make_tensor_ptr({2, 2}, data), "6 elements were given for a shape of 4");
  ET_EXPECT_DEATH(make_tensor_ptr({7}, data), "6 elements were given for a shape of 7");
  ET_EXPECT_DEATH(make_tensor_ptr({2}, std::vector<uint8_t>(9)),
                  "9 bytes were given for a tensor of");
  ET_EXPECT_DEATH(make_tensor_ptr({-1, 3}, data.data()), "negative");
  ET_EXPECT_DEATH(make_tensor_ptr({2, 3}, data.data(), {0}, {}), "dim order of 1 dimensions");
  ET_EXPECT_DEATH(make_tensor_ptr({2, 3}, data.data(), {0, 0}, {}), "not a permutation");
  ET_EXPECT_DEATH(make_tensor_ptr({2, 3}, data.data(), {}, {1}), "1 strides were given");
  ET_EXPECT_DEATH(make_tensor_ptr({2, 3}, data.data(), {}, {6, 1}), "leaves a gap or overlaps");
  ET_EXPECT_DEATH(make_tensor_ptr({2, 3}, data.data(), {}, {1, 1}), "leaves a gap or overlaps");
  ET_EXPECT_DEATH(make_tensor_ptr({2, 3}, data.data(), {}, {0, 1}), "zero");
  ET_EXPECT_DEATH(make_tensor_ptr({2, 3}, data.data(), {0, 1}, {1, 2}), "leaves a gap or overlaps");
  ET_EXPECT_DEATH(make_tensor_ptr({6}, data, {}, {}, ScalarType::Int), "Float cannot become Int");
  ET_EXPECT_DEATH(make_tensor_ptr(TensorPtr()), "null");
  ET_EXPECT_DEATH(make_tensor_ptr({1 << 20, 1 << 20, 1 << 20, 1 << 20}, data.data()), "overflows");
}

TEST_F(TensorPtrTest, DeleterRunsWithTheLastCopy) {
  float data[2] = {};
  void* deleted = nullptr;
  TensorPtr tensor = make_tensor_ptr({2}, data, ScalarType::Float, DeviceType::CPU,
                                     TensorShapeDynamism::STATIC, [&](void* p) { deleted = p; });
  TensorPtr copy = tensor;
  TensorPtr view = make_tensor_ptr(tensor);
  tensor.reset();
  copy.reset();
  EXPECT_EQ(deleted, nullptr);
  view.reset();
  EXPECT_EQ(deleted, data);
}

TEST_F(TensorPtrTest, Views) {
  const TensorPtr base = make_tensor_ptr({1, 2, 3, 2}, std::vector<float>(12), {0, 2, 3, 1});
  const TensorPtr same = make_tensor_ptr(base);
  EXPECT_EQ(same->const_data_ptr(), base->const_data_ptr());
  EXPECT_THAT(same->dim_order(), ElementsAre(0, 2, 3, 1));
  // The rank stays: so does the dim order.
  EXPECT_THAT(make_tensor_ptr(base, {2, 2, 3, 1})->strides(), ElementsAre(6, 1, 2, 2));
  const TensorPtr flat = make_tensor_ptr(base, {12});
  EXPECT_THAT(flat->strides(), ElementsAre(1));
  EXPECT_THAT(make_tensor_ptr(base, {}, {0, 1, 2, 3})->strides(), ElementsAre(12, 6, 2, 1));
  EXPECT_THAT(make_tensor_ptr(base, {}, {}, {12, 6, 2, 1})->dim_order(), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(make_tensor_ptr(base, {6})->numel(), 6);
  ET_EXPECT_DEATH(make_tensor_ptr(base, {24}), "A view of 24 elements exceeds the 12");

  bool is_deleted = false;
  make_tensor_ptr(*base, {12}, {}, {}, [&](void*) { is_deleted = true; });
  EXPECT_TRUE(is_deleted);
}

TEST_F(TensorPtrTest, Clones) {
  const TensorPtr base = make_tensor_ptr({1, 2, 3, 1}, {1, 2, 3, 4, 5, 6}, {0, 2, 3, 1});
  const TensorPtr copy = clone_tensor_ptr(base);
  EXPECT_NE(copy->const_data_ptr(), base->const_data_ptr());
  EXPECT_THAT(copy->dim_order(), ElementsAre(0, 2, 3, 1));
  EXPECT_THAT(elements<int32_t>(copy), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(elements<float>(clone_tensor_ptr(*base, ScalarType::Float)),
              ElementsAre(1, 2, 3, 4, 5, 6));
  ET_EXPECT_DEATH(clone_tensor_ptr(make_tensor_ptr({1.5f}), ScalarType::Int), "cannot become");
  EXPECT_EQ(clone_tensor_ptr(make_tensor_ptr({2, 3}, nullptr))->const_data_ptr(), nullptr);
  EXPECT_THAT(elements<int32_t>(clone_tensor_ptr_to(base, DeviceType::CPU)),
              ElementsAre(1, 2, 3, 4, 5, 6));
  ET_EXPECT_DEATH(clone_tensor_ptr_to(base, DeviceType::CUDA), "No allocator is registered");
}

TEST_F(TensorPtrTest, Resizes) {
  TensorPtr tensor = make_tensor_ptr({4, 3}, std::vector<float>(12));
  EXPECT_EQ(resize_tensor_ptr(tensor, {2, 3}), Error::Ok);
  EXPECT_THAT(tensor->sizes(), ElementsAre(2, 3));
  EXPECT_EQ(resize_tensor_ptr(tensor, {3, 4}), Error::Ok);
  EXPECT_THAT(tensor->strides(), ElementsAre(4, 1));
  EXPECT_EQ(resize_tensor_ptr(tensor, {5, 3}), Error::NotSupported);
  EXPECT_EQ(resize_tensor_ptr(tensor, {12}), Error::NotSupported);
  TensorPtr fixed =
      make_tensor_ptr({2}, {1.f, 2.f}, {}, {}, ScalarType::Float, TensorShapeDynamism::STATIC);
  EXPECT_EQ(resize_tensor_ptr(fixed, {1}), Error::NotSupported);
}

TEST_F(TensorPtrTest, EmptyTensors) {
  const TensorPtr tensor = make_tensor_ptr({0, 5}, std::vector<float>());
  EXPECT_EQ(tensor->numel(), 0);
  EXPECT_THAT(tensor->strides(), ElementsAre(5, 1));
  EXPECT_EQ(make_tensor_ptr(std::vector<float>())->numel(), 0);
}

}  // namespace
