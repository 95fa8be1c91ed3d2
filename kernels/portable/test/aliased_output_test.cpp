// SPDX-License-Identifier: BSD-3-Clause
// A program may name one tensor both as input and as output. Whatever comes of it, nothing outside
// the tensors' memory may be touched: these tests have their value under AddressSanitizer.
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_factory.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace {

using executorch::aten::ArrayRef;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorShapeDynamism;
using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::testing::TensorFactory;
namespace native = torch::executor::native;

constexpr auto kBound = TensorShapeDynamism::DYNAMIC_BOUND;

void resize(const Tensor& tensor, const std::vector<int32_t>& sizes) {
  ASSERT_EQ(
      executorch::runtime::resize_tensor(tensor, ArrayRef<int32_t>(sizes.data(), sizes.size())),
      Error::Ok);
}

/// A tensor whose memory holds more than its shape.
template <ScalarType DTYPE>
Tensor make_with_room(TensorFactory<DTYPE>& tf, const std::vector<int32_t>& bound,
                      const std::vector<int32_t>& sizes) {
  const Tensor tensor = tf.zeros(bound, kBound);
  resize(tensor, sizes);
  return tensor;
}

TEST(AliasedOutputTest, Cat) {
  TensorFactory<ScalarType::Float> tf;
  Tensor out = make_with_room(tf, {5}, {2});
  const Tensor other = tf.ones({3});
  for (const auto& order : {std::vector<Tensor>{out, other}, std::vector<Tensor>{other, out}}) {
    resize(out, {2});
    KernelRuntimeContext context;
    native::cat_out(context, {order.data(), order.size()}, 0, out);
    EXPECT_EQ(context.failure_state(), Error::InvalidArgument);
  }
}

TEST(AliasedOutputTest, ScatterIntoItsIndex) {
  TensorFactory<ScalarType::Long> tf;
  Tensor index = make_with_room(tf, {10}, {2});
  KernelRuntimeContext context;
  native::scatter_src_out(context, tf.ones({10}), 0, index, tf.ones({2}), index);
  native::scatter_add_out(context, tf.ones({10}), 0, index, tf.ones({10}), index);
  EXPECT_EQ(index.numel(), 10);
}

TEST(AliasedOutputTest, IndexIntoItsInputOrMask) {
  TensorFactory<ScalarType::Bool> tf;
  Tensor mask = make_with_room(tf, {4, 4}, {2, 2});
  mask.mutable_data_ptr<uint8_t>()[1] = 1;
  mask.mutable_data_ptr<uint8_t>()[2] = 1;
  const std::optional<Tensor> masks[] = {mask};
  KernelRuntimeContext context;
  native::index_Tensor_out(context, tf.ones({2, 2, 4}), {masks, 1}, mask);
  EXPECT_EQ(mask.size(1), 4);

  TensorFactory<ScalarType::Long> tl;
  Tensor in = make_with_room(tl, {8, 2}, {2, 2});
  const std::optional<Tensor> rows[] = {tl.make({8}, {0, 1, 0, 1, 1, 1, 0, -2})};
  native::index_Tensor_out(context, in, {rows, 1}, in);
  EXPECT_EQ(in.size(0), 8);
}

TEST(AliasedOutputTest, GatherIntoItsInput) {
  TensorFactory<ScalarType::Long> tf;
  Tensor in = make_with_room(tf, {4, 8}, {2, 3});
  KernelRuntimeContext context;
  native::gather_out(context, in, 1, tf.full({2, 8}, 2), false, in);
  EXPECT_EQ(in.size(1), 8);
  native::gather_out(context, in, 0, tf.full({4, 8}, 1), false, in);
  EXPECT_EQ(in.size(0), 4);
}

TEST(AliasedOutputTest, ReshapesIntoTheirInput) {
  TensorFactory<ScalarType::Float> tf;
  KernelRuntimeContext context;
  Tensor image = make_with_room(tf, {8, 8, 8}, {8, 2, 2});
  native::pixel_shuffle_out(context, image, 2, image);
  EXPECT_EQ(image.size(1), 4);
  native::pixel_unshuffle_out(context, image, 2, image);
  EXPECT_EQ(image.size(0), 8);
  const int64_t pads[] = {1, 1, 1, 1};
  native::reflection_pad2d_out(context, image, {pads, 4}, image);
  native::constant_pad_nd_out(context, image, {pads, 4}, 1, image);
  EXPECT_EQ(image.size(2), 6);
  const int64_t repeats[] = {1, 1, 1};
  native::repeat_out(context, image, {repeats, 3}, image);
  EXPECT_EQ(context.failure_state(), Error::Ok);
}

TEST(AliasedOutputTest, SplitIntoItsInput) {
  TensorFactory<ScalarType::Float> tf;
  const Tensor in = tf.zeros({6, 4}, kBound);
  const Tensor out[] = {in, tf.zeros({3, 4}, kBound)};
  KernelRuntimeContext context;
  native::split_copy_Tensor_out(context, in, 3, 0, {out, 2});
}

TEST(AliasedOutputTest, NonzeroAndRepeatInterleaveIntoTheirInput) {
  TensorFactory<ScalarType::Long> tf;
  KernelRuntimeContext context;
  Tensor in = make_with_room(tf, {8, 2}, {4, 2});
  in.mutable_data_ptr<int64_t>()[0] = 1;
  native::nonzero_out(context, in, in);
  EXPECT_EQ(in.size(0), 1);
  Tensor repeats = make_with_room(tf, {9}, {3});
  repeats.mutable_data_ptr<int64_t>()[0] = 9;
  native::repeat_interleave_Tensor_out(context, repeats, {}, repeats);
  EXPECT_EQ(repeats.numel(), 9);
}

}  // namespace
