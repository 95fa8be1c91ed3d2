// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_shape_to_c_string.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/core/tensor_layout.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace executorch::aten;
using namespace executorch::runtime;

namespace {

/// A tensor with the arrays that it refers to.
struct Owned {
  Owned(ScalarType type, std::vector<SizesType> shape, std::vector<DimOrderType> order = {},
        TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC)
      : sizes(std::move(shape)), dim_order(std::move(order)), strides(sizes.size()) {
    if (dim_order.size() != sizes.size()) {
      dim_order.resize(sizes.size());
      for (size_t i = 0; i < sizes.size(); ++i) {
        dim_order[i] = static_cast<DimOrderType>(i);
      }
    }
    EXPECT_EQ(dim_order_to_stride(sizes.data(), dim_order.data(), sizes.size(), strides.data()),
              Error::Ok);
    data.resize(1024);
    impl = std::make_unique<TensorImpl>(type, sizes.size(), sizes.data(), data.data(),
                                        dim_order.data(), strides.data(), dynamism);
  }
  Tensor tensor() { return Tensor(impl.get()); }

  std::vector<SizesType> sizes;
  std::vector<DimOrderType> dim_order;
  std::vector<StridesType> strides;
  std::vector<uint8_t> data;
  std::unique_ptr<TensorImpl> impl;
};

}  // namespace

TEST(TensorTest, DescribesItself) {
  Owned owned(ScalarType::Short, {2, 3, 4});
  const Tensor t = owned.tensor();
  EXPECT_EQ(t.dim(), 3);
  EXPECT_EQ(t.numel(), 24);
  EXPECT_EQ(t.nbytes(), 48u);
  EXPECT_EQ(t.size(1), 3);
  EXPECT_EQ(t.strides()[0], 12);
  EXPECT_EQ(t.device(), Device(DeviceType::CPU));
  Owned scalar(ScalarType::Double, {});
  EXPECT_EQ(scalar.tensor().numel(), 1);
  EXPECT_TRUE(tensor_is_scalar(scalar.tensor()));
}

TEST(TensorTest, ResizesWithinItsBoundAndFollowsTheDimOrder) {
  Owned owned(ScalarType::Float, {2, 3, 4, 5}, {0, 2, 3, 1}, TensorShapeDynamism::DYNAMIC_BOUND);
  const Tensor t = owned.tensor();
  const SizesType smaller[] = {1, 3, 2, 5};
  EXPECT_EQ(resize_tensor(t, ArrayRef<SizesType>(smaller)), Error::Ok);
  EXPECT_EQ(t.numel(), 30);
  EXPECT_EQ(t.strides()[1], 1);
  EXPECT_EQ(t.strides()[3], 3);
  EXPECT_EQ(t.strides()[2], 15);
  const SizesType at_bound[] = {120, 1, 1, 1};
  EXPECT_EQ(resize_tensor(t, ArrayRef<SizesType>(at_bound)), Error::Ok);
  const SizesType above[] = {121, 1, 1, 1};
  EXPECT_EQ(resize_tensor(t, ArrayRef<SizesType>(above)), Error::NotSupported);
  EXPECT_NE(std::string(last_error_message()).find("121"), std::string::npos);
  const SizesType other_rank[] = {2, 3};
  EXPECT_EQ(resize_tensor(t, ArrayRef<SizesType>(other_rank)), Error::NotSupported);
  const SizesType negative[] = {-1, 1, 1, 1};
  EXPECT_EQ(resize_tensor(t, ArrayRef<SizesType>(negative)), Error::InvalidArgument);
  const SizesType huge[] = {1 << 30, 1 << 30, 1 << 30, 1};
  EXPECT_NE(resize_tensor(t, ArrayRef<SizesType>(huge)), Error::Ok);
  EXPECT_EQ(t.numel(), 120);
}

TEST(TensorTest, StaticTensorKeepsItsShape) {
  Owned owned(ScalarType::Float, {2, 3});
  const int64_t same[] = {2, 3};
  EXPECT_EQ(resize_tensor(owned.tensor(), ArrayRef<int64_t>(same)), Error::Ok);
  const int64_t other[] = {2, 2};
  EXPECT_EQ(resize_tensor(owned.tensor(), ArrayRef<int64_t>(other)), Error::NotSupported);
  const int64_t wide[] = {2, int64_t{1} << 40};
  EXPECT_EQ(resize_tensor(owned.tensor(), ArrayRef<int64_t>(wide)), Error::InvalidArgument);
}

TEST(DimOrderTest, StridesRoundTripForEveryPermutation) {
  DimOrderType order[] = {0, 1, 2, 3};
  const SizesType sizes[] = {2, 3, 5, 7};
  do {
    StridesType strides[4];
    DimOrderType back[4];
    ASSERT_EQ(dim_order_to_stride(sizes, order, 4, strides), Error::Ok);
    ASSERT_EQ(stride_to_dim_order(strides, 4, back), Error::Ok);
    EXPECT_TRUE(std::equal(order, order + 4, back));
  } while (std::next_permutation(order, order + 4));
}

TEST(DimOrderTest, RefusesWhatIsNoPermutationOrOverflows) {
  const SizesType sizes[] = {2, 3};
  StridesType strides[2];
  const DimOrderType repeated[] = {1, 1};
  EXPECT_EQ(dim_order_to_stride(sizes, repeated, 2, strides), Error::InvalidArgument);
  const DimOrderType outside[] = {0, 2};
  EXPECT_EQ(dim_order_to_stride(sizes, outside, 2, strides), Error::InvalidArgument);
  const SizesType large[] = {2, 1 << 20, 1 << 20};
  const DimOrderType order[] = {0, 1, 2};
  StridesType large_strides[3];
  EXPECT_EQ(dim_order_to_stride(large, order, 3, large_strides), Error::InvalidArgument);
  const StridesType zero[] = {1, 0};
  DimOrderType back[2];
  EXPECT_EQ(stride_to_dim_order(zero, 2, back), Error::NotSupported);
}

TEST(DimOrderTest, SizeZeroCountsAsOne) {
  const SizesType sizes[] = {2, 0, 3};
  const DimOrderType order[] = {0, 1, 2};
  StridesType strides[3];
  ASSERT_EQ(dim_order_to_stride(sizes, order, 3, strides), Error::Ok);
  EXPECT_EQ(strides[0], 3);
  EXPECT_EQ(strides[1], 3);
  EXPECT_EQ(strides[2], 1);
}

TEST(TensorUtilTest, ExtractsOnlyWhatFits) {
  Owned owned(ScalarType::Long, {1});
  owned.tensor().mutable_data_ptr<int64_t>()[0] = 300;
  int64_t wide = 0;
  int32_t narrow = 0;
  uint8_t byte = 0;
  double number = 0;
  bool flag = false;
  EXPECT_TRUE(extract_scalar_tensor(owned.tensor(), &wide));
  EXPECT_TRUE(extract_scalar_tensor(owned.tensor(), &narrow));
  EXPECT_EQ(narrow, 300);
  EXPECT_FALSE(extract_scalar_tensor(owned.tensor(), &byte));
  EXPECT_TRUE(extract_scalar_tensor(owned.tensor(), &number));
  EXPECT_EQ(number, 300.0);
  EXPECT_FALSE(extract_scalar_tensor(owned.tensor(), &flag));
  Owned two(ScalarType::Long, {2});
  EXPECT_FALSE(extract_scalar_tensor(two.tensor(), &wide));
}

TEST(TensorUtilTest, CopiesAndSharesOnlyEqualSizes) {
  Owned a(ScalarType::Float, {4});
  Owned b(ScalarType::Int, {4});
  Owned c(ScalarType::Float, {3});
  a.data[0] = 42;
  EXPECT_EQ(internal::copy_tensor_data(b.tensor(), a.tensor()), Error::Ok);
  EXPECT_EQ(b.data[0], 42);
  EXPECT_EQ(internal::copy_tensor_data(c.tensor(), a.tensor()), Error::InvalidArgument);
  EXPECT_EQ(internal::share_tensor_data(b.tensor(), a.tensor()), Error::Ok);
  EXPECT_EQ(b.tensor().const_data_ptr(), a.tensor().const_data_ptr());
  internal::reset_data_ptr(a.tensor());
  EXPECT_EQ(internal::share_tensor_data(b.tensor(), a.tensor()), Error::InvalidArgument);
  EXPECT_EQ(internal::copy_tensor_data(b.tensor(), a.tensor()), Error::InvalidArgument);
  EXPECT_EQ(internal::set_tensor_data(a.tensor(), b.data.data(), 15), Error::InvalidArgument);
  EXPECT_EQ(internal::set_tensor_data(a.tensor(), b.data.data(), 16), Error::Ok);
}

TEST(TensorUtilTest, DimensionsMayBeNegative) {
  Owned owned(ScalarType::Float, {2, 3});
  EXPECT_TRUE(tensor_has_dim(owned.tensor(), -2));
  EXPECT_FALSE(tensor_has_dim(owned.tensor(), 2));
  EXPECT_FALSE(tensor_has_dim(owned.tensor(), -3));
  EXPECT_TRUE(tensor_dim_has_index(owned.tensor(), 1, -3));
  EXPECT_FALSE(tensor_dim_has_index(owned.tensor(), 1, 3));
  Owned scalar(ScalarType::Float, {});
  EXPECT_TRUE(tensor_has_dim(scalar.tensor(), 0));
  EXPECT_TRUE(tensor_has_dim(scalar.tensor(), -1));
  EXPECT_FALSE(tensor_has_dim(scalar.tensor(), 1));
}

TEST(TensorLayoutTest, ChecksWhatItIsGiven) {
  const int32_t sizes[] = {2, 3};
  const uint8_t order[] = {1, 0};
  const uint8_t bad_order[] = {0, 0};
  auto layout = TensorLayout::create({sizes, 2}, {order, 2}, ScalarType::Double);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->nbytes(), 48u);
  EXPECT_EQ(TensorLayout::create({sizes, 2}, {order, 1}, ScalarType::Double).error(),
            Error::InvalidArgument);
  EXPECT_EQ(TensorLayout::create({sizes, 2}, {bad_order, 2}, ScalarType::Double).error(),
            Error::InvalidArgument);
  EXPECT_EQ(TensorLayout::create({sizes, 2}, {order, 2}, ScalarType::Undefined).error(),
            Error::InvalidArgument);
  const int32_t negative[] = {2, -3};
  EXPECT_EQ(TensorLayout::create({negative, 2}, {order, 2}, ScalarType::Double).error(),
            Error::InvalidArgument);
}

TEST(TensorShapeTest, AsText) {
  const auto text = [](std::vector<SizesType> sizes) {
    return std::string(
        tensor_shape_to_c_string(Span<const SizesType>(sizes.data(), sizes.size())).data());
  };
  EXPECT_EQ(text({}), "()");
  EXPECT_EQ(text({7}), "(7)");
  EXPECT_EQ(text({2, 0, 3}), "(2, 0, 3)");
  EXPECT_EQ(text({-1, 2}), "(ERR, 2)");
  EXPECT_EQ(text(std::vector<SizesType>(16, INT32_MAX)).size(), 2u + 16 * 10 + 15 * 2);
  EXPECT_EQ(text(std::vector<SizesType>(17, 1)), "(ERR: tensor ndim exceeds limit)");
}
