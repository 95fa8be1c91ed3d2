// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/evalue.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

using namespace executorch::aten;
using namespace executorch::runtime;

TEST(EValueTest, HoldsNumbers) {
  EXPECT_TRUE(EValue().isNone());
  EXPECT_EQ(EValue(int64_t{7}).toInt(), 7);
  EXPECT_EQ(EValue(0.5).toDouble(), 0.5);
  EXPECT_TRUE(EValue(true).toBool());
  EXPECT_EQ(EValue(Scalar(3)).tag, Tag::Int);
  EXPECT_EQ(EValue(Scalar(3.0)).tag, Tag::Double);
  EXPECT_EQ(EValue(Scalar(true)).tag, Tag::Bool);
  EXPECT_EQ(EValue(int64_t{6}).toScalarType(), ScalarType::Float);
  EXPECT_EQ(EValue(int64_t{4}).toScalar().to<double>(), 4.0);
}

TEST(EValueTest, AskingForAnotherKindIsAnErrorWithASentence) {
  const EValue value(int64_t{7});
  EXPECT_EQ(value.tryToInt().get(), 7);
  EXPECT_EQ(value.tryToDouble().error(), Error::InvalidType);
  EXPECT_EQ(std::string(last_error_message()), "expected a value of kind Double, got Int");
  EXPECT_EQ(value.tryToTensor().error(), Error::InvalidType);
  EXPECT_EQ(value.tryTo<std::string_view>().error(), Error::InvalidType);
  EXPECT_EQ(EValue().tryToScalar().error(), Error::InvalidType);
  EXPECT_DEATH(value.toBool(), "");
  EXPECT_DEATH(EValue().to<int64_t>(), "");
}

TEST(EValueTest, OptionalIsEmptyForNone) {
  EXPECT_FALSE(EValue().toOptional<int64_t>().has_value());
  EXPECT_EQ(EValue(int64_t{2}).toOptional<int64_t>().value(), 2);
  EXPECT_FALSE(EValue().tryToOptional<Tensor>().get().has_value());
  EXPECT_EQ(EValue(0.5).tryToOptional<bool>().error(), Error::InvalidType);
  EXPECT_EQ(EValue(0.5).to<optional<double>>().value(), 0.5);
}

TEST(EValueTest, HoldsATensorHandle) {
  SizesType sizes[] = {2};
  float data[] = {1, 2};
  TensorImpl impl(ScalarType::Float, 1, sizes, data);
  EValue value{Tensor(&impl)};
  EXPECT_EQ(value.toTensor().unsafeGetTensorImpl(), &impl);
  EXPECT_EQ(value.to<Tensor>().numel(), 2);
  EXPECT_EQ(value.tryToTensor().get().const_data_ptr(), data);
  auto pointer = std::make_shared<Tensor>(&impl);
  EXPECT_TRUE(EValue(pointer).isTensor());
}

TEST(EValueTest, ListsReadTheirElementsWhenAsked) {
  EValue elements[] = {EValue(int64_t{1}), EValue(int64_t{2})};
  EValue* wrapped[] = {&elements[0], &elements[1]};
  int64_t scratch[2];
  BoxedEvalueList<int64_t> list(wrapped, scratch, 2);
  EValue value(&list);
  elements[1] = EValue(int64_t{5});
  EXPECT_EQ(value.toIntList()[1], 5);
  elements[0] = EValue(1.0);
  EXPECT_EQ(value.tryToIntList().error(), Error::InvalidType);
  EXPECT_EQ(value.tryTo<ArrayRef<int64_t>>().error(), Error::InvalidType);
}

TEST(EValueTest, OptionalTensorsMayBeMissing) {
  SizesType sizes[] = {2};
  TensorImpl impl(ScalarType::Float, 1, sizes, nullptr);
  EValue tensor{Tensor(&impl)};
  EValue none;
  EValue* wrapped[] = {&tensor, &none, nullptr};
  optional<Tensor> scratch[3];
  BoxedEvalueList<optional<Tensor>> list(wrapped, scratch, 3);
  const auto items = EValue(&list).toListOptionalTensor();
  EXPECT_TRUE(items[0].has_value());
  EXPECT_FALSE(items[1].has_value());
  EXPECT_FALSE(items[2].has_value());
}

TEST(EValueTest, HoldsStringsAndPlainLists) {
  char text[] = {'a', 'b'};
  ArrayRef<char> string(text, 2);
  EXPECT_EQ(EValue(&string).toString(), "ab");
  double numbers[] = {0.5, 1.5};
  ArrayRef<double> doubles(numbers, 2);
  EXPECT_EQ(EValue(&doubles).toDoubleList()[1], 1.5);
  bool flags[] = {true, false};
  ArrayRef<bool> bools(flags, 2);
  EXPECT_FALSE(EValue(&bools).to<ArrayRef<bool>>()[1]);
}

TEST(TagTest, NamesFitTheirBuffer) {
  char buffer[kTagNameBufferSize];
  EXPECT_EQ(tag_to_string(Tag::ListOptionalTensor, buffer, sizeof(buffer)), 18u);
  EXPECT_STREQ(buffer, "ListOptionalTensor");
  EXPECT_STREQ(tag_to_string(static_cast<Tag>(99)), "Unknown");
  EXPECT_EQ(tag_to_string(Tag::Tensor, buffer, 4), 3u);
  EXPECT_STREQ(buffer, "Ten");
  EXPECT_EQ(tag_to_string(Tag::Tensor, nullptr, 0), 0u);
}
