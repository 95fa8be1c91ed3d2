// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/tensor/tensor.h>

#include <executorch/runtime/platform/runtime.h>
#include <executorch/test/utils/DeathTest.h>
#include <gtest/gtest.h>

namespace {

using executorch::extension::make_tensor_accessor;
using executorch::extension::make_tensor_ptr;
using executorch::extension::TensorPtr;
using executorch::runtime::Error;

class TensorAccessorTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { executorch::runtime::runtime_init(); }
};

TEST_F(TensorAccessorTest, ReadsAndWritesByIndex) {
  const TensorPtr tensor = make_tensor_ptr({2, 3}, {0.f, 1.f, 2.f, 3.f, 4.f, 5.f}, {1, 0});
  auto accessor = make_tensor_accessor<float, 2>(*tensor);
  ASSERT_TRUE(accessor.ok());
  EXPECT_EQ(accessor->size(1), 3);
  EXPECT_EQ(accessor->stride(1), 2);
  EXPECT_EQ((*accessor)[1][2], 5);
  EXPECT_EQ((*accessor)[0][1], 2);
  EXPECT_EQ((*accessor)[0].size(0), 3);
  (*accessor)[0][1] = 9;
  EXPECT_EQ(tensor->const_data_ptr<float>()[2], 9);
  EXPECT_EQ((*make_tensor_accessor<const float, 2>(*tensor))[0][1], 9);
  ET_EXPECT_DEATH(accessor->size(2), "out of range");
}

TEST_F(TensorAccessorTest, RefusesAnotherRankOrType) {
  const TensorPtr tensor = make_tensor_ptr({2, 3}, std::vector<float>(6));
  EXPECT_EQ((make_tensor_accessor<float, 3>(*tensor).error()), Error::InvalidArgument);
  EXPECT_EQ((make_tensor_accessor<int32_t, 2>(*tensor).error()), Error::InvalidArgument);
  EXPECT_EQ((make_tensor_accessor<float, 2>(*make_tensor_ptr({2, 3}, nullptr)).error()),
            Error::InvalidArgument);
}

}  // namespace
