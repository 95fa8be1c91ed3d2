// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/segment_copy.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

namespace {

using executorch::aten::ScalarType;
using testing::ElementsAre;
using torch::executor::native::utils::copy;
using torch::executor::native::utils::copy_in_order;
using torch::executor::native::utils::copy_segments;
using torch::executor::native::utils::Cursor;
using torch::executor::native::utils::fill;
using torch::executor::native::utils::SegmentMap;
using torch::executor::native::utils::TensorView;

/// Bytes of their own size, so that the sanitizer sees each step beyond them.
using Bytes = std::vector<uint8_t>;

/// A view of `bytes`, resized to hold it, with the dimensions in memory in the given order.
TensorView make_view(Bytes& bytes, ScalarType dtype, const std::vector<int64_t>& sizes,
                     const std::vector<size_t>& order) {
  TensorView view(nullptr, dtype);
  int64_t stride = view.element_size();
  for (const int64_t size : sizes) {
    view.insert(view.dim, size);
  }
  for (size_t i = order.size(); i-- > 0;) {
    view.strides[order[i]] = stride;
    stride *= sizes[order[i]];
  }
  bytes.resize(static_cast<size_t>(stride));
  view.base = bytes.data();
  return view;
}

/// The address of each element in logical order.
std::vector<uint8_t*> addresses(const TensorView& view) {
  std::vector<uint8_t*> found;
  Cursor<1> cursor({&view});
  for (; cursor.left() > 0; cursor.advance()) {
    found.push_back(view.data() + cursor.at(0));
  }
  return found;
}

template <typename T>
TensorView view_of(std::vector<T>& values, ScalarType dtype) {
  TensorView view(values.data(), dtype);
  return view.insert(0, static_cast<int64_t>(values.size()), sizeof(T));
}

TEST(TensorViewTest, CopiesAnyLayoutToAnyOther) {
  std::mt19937 random(0);
  const auto upto = [&random](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n)(random);
  };
  const ScalarType types[] = {ScalarType::Byte, ScalarType::Half, ScalarType::Float,
                              ScalarType::Long, ScalarType::ComplexDouble};
  for (int round = 0; round < 500; ++round) {
    const size_t rank = upto(4);
    std::vector<int64_t> sizes(rank);
    for (int64_t& size : sizes) {
      size = static_cast<int64_t>(upto(rank <= 2 ? 70 : 9));
    }
    std::vector<size_t> in_order(rank);
    std::iota(in_order.begin(), in_order.end(), 0);
    std::vector<size_t> out_order = in_order;
    std::shuffle(in_order.begin(), in_order.end(), random);
    std::shuffle(out_order.begin(), out_order.end(), random);
    const ScalarType dtype = types[upto(4)];
    Bytes in_bytes;
    Bytes out_bytes;
    TensorView in = make_view(in_bytes, dtype, sizes, in_order);
    TensorView out = make_view(out_bytes, dtype, sizes, out_order);
    for (uint8_t& byte : in_bytes) {
      byte = static_cast<uint8_t>(random());
    }
    if (rank > 0 && in.numel() > 0) {
      const size_t d = upto(rank - 1);
      const int64_t kept = (sizes[d] + 1) / 2;
      switch (upto(3)) {
        case 0:
          in.slice(d, sizes[d] - 1, sizes[d], -1);
          break;
        case 1:
          in.slice(d, sizes[d] / 2, sizes[d], 0);
          break;
        case 2:
          in.slice(d, 0, kept, 2);
          out.slice(d, sizes[d] - kept, kept);
          break;
        default:
          break;
      }
    }
    copy(in, out);
    const std::vector<uint8_t*> from = addresses(in);
    const std::vector<uint8_t*> to = addresses(out);
    ASSERT_EQ(from.size(), to.size());
    for (size_t i = 0; i < from.size(); ++i) {
      ASSERT_EQ(0, std::memcmp(from[i], to[i], static_cast<size_t>(in.element_size())))
          << "round " << round << ", element " << i;
    }
  }
}

TEST(TensorViewTest, CopiesInLogicalOrderAcrossShapes) {
  Bytes in_bytes;
  Bytes out_bytes;
  const TensorView in = make_view(in_bytes, ScalarType::Byte, {3, 4, 5}, {2, 0, 1});
  const TensorView out = make_view(out_bytes, ScalarType::Byte, {6, 10}, {1, 0});
  std::iota(in_bytes.begin(), in_bytes.end(), 0);
  Cursor<1> from({&in});
  Cursor<1> to({&out});
  to.skip(7);
  copy_in_order(in, from, out, to, 53);
  EXPECT_EQ(to.left(), 0);
  EXPECT_EQ(from.left(), 7);
  const std::vector<uint8_t*> source = addresses(in);
  const std::vector<uint8_t*> target = addresses(out);
  for (size_t i = 0; i < 53; ++i) {
    EXPECT_EQ(*source[i], *target[i + 7]);
  }
}

TEST(TensorViewTest, Converts) {
  std::vector<double> numbers = {0, 1.5, -2.7, 300};
  std::vector<int8_t> integers(4);
  copy(view_of(numbers, ScalarType::Double), view_of(integers, ScalarType::Char));
  EXPECT_THAT(integers, ElementsAre(0, 1, -2, 44));
  std::vector<uint64_t> wide = {0, 1, UINT64_MAX, 1ull << 63};
  copy(view_of(wide, ScalarType::UInt64), view_of(numbers, ScalarType::Double));
  EXPECT_THAT(numbers, ElementsAre(0, 1, 18446744073709551615.0, 9223372036854775808.0));
  std::vector<std::array<float, 2>> complex(4, {9, 9});
  copy(view_of(integers, ScalarType::Char), view_of(complex, ScalarType::ComplexFloat));
  EXPECT_THAT(complex, ElementsAre(ElementsAre(0, 0), ElementsAre(1, 0), ElementsAre(-2, 0),
                                   ElementsAre(44, 0)));
}

TEST(TensorViewTest, FillsAndSegments) {
  std::vector<int32_t> in = {1, 2, 3, 4};
  std::vector<int32_t> out(9);
  const int32_t seven = 7;
  fill(view_of(out, ScalarType::Int), &seven);
  SegmentMap map;
  map.dims[0] = {{{0, 2, 4, 1}, {2, 0, 2, -1}, {3, 6, 2, 0}}};
  copy_segments(view_of(in, ScalarType::Int), view_of(out, ScalarType::Int), map);
  EXPECT_THAT(out, ElementsAre(3, 2, 1, 2, 3, 4, 4, 4, 7));
}

TEST(TensorViewTest, Broadcasts) {
  Bytes bytes;
  TensorView a = make_view(bytes, ScalarType::Byte, {3, 1}, {0, 1});
  TensorView b = make_view(bytes, ScalarType::Byte, {2, 1, 4}, {0, 1, 2});
  ASSERT_TRUE(broadcast_together(a, b));
  EXPECT_EQ(a.numel(), 24);
  EXPECT_EQ(b.numel(), 24);
  TensorView c = make_view(bytes, ScalarType::Byte, {5}, {0});
  EXPECT_FALSE(broadcast_together(a, c));
  EXPECT_STREQ(executorch::runtime::last_error_message(),
               "size 5 cannot be broadcast to 4 at dimension 2 of the result");
}

}  // namespace
