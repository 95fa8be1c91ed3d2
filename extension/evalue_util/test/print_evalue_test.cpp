// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/evalue_util/print_evalue.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace executorch {
namespace extension {
namespace {

using aten::ScalarType;
using aten::Tensor;
using aten::TensorImpl;
using runtime::ArrayRef;
using runtime::BoxedEvalueList;
using runtime::EValue;

std::string print(const EValue& value) {
  std::ostringstream os;
  os << value;
  return os.str();
}

TEST(PrintEValueTest, Scalars) {
  EXPECT_EQ(print(EValue()), "None");
  EXPECT_EQ(print(EValue(true)), "True");
  EXPECT_EQ(print(EValue(false)), "False");
  EXPECT_EQ(print(EValue(int64_t{-5})), "-5");
  EXPECT_EQ(print(EValue(2.0)), "2.");
  EXPECT_EQ(print(EValue(-0.25)), "-0.25");
  EXPECT_EQ(print(EValue(1e300)), "1e+300");
  EXPECT_EQ(print(EValue(std::numeric_limits<double>::infinity())), "inf");
  const std::string text = "a string";
  ArrayRef<char> characters(text.data(), text.size());
  EXPECT_EQ(print(EValue(&characters)), "\"a string\"");
}

TEST(PrintEValueTest, Lists) {
  const double doubles[] = {1.5, 2};
  ArrayRef<double> double_list(doubles);
  EXPECT_EQ(print(EValue(&double_list)), "(len=2)[1.5, 2.]");
  const bool bools[] = {true, false};
  ArrayRef<bool> bool_list(bools);
  EXPECT_EQ(print(EValue(&bool_list)), "(len=2)[True, False]");
  EValue one(int64_t{1});
  EValue two(int64_t{2});
  EValue* wrapped[] = {&one, &two};
  int64_t unwrapped[2];
  BoxedEvalueList<int64_t> int_list(wrapped, unwrapped, 2);
  EXPECT_EQ(print(EValue(&int_list)), "(len=2)[1, 2]");
}

TEST(PrintEValueTest, TensorLists) {
  int32_t sizes[] = {1};
  uint8_t dim_order[] = {0};
  int32_t strides[] = {1};
  uint8_t data[] = {200};
  TensorImpl impl(ScalarType::Byte, 1, sizes, data, dim_order, strides);
  EValue value{Tensor(&impl)};
  EValue* wrapped[] = {&value, nullptr};
  std::optional<Tensor> unwrapped[2];
  BoxedEvalueList<std::optional<Tensor>> optional_list(wrapped, unwrapped, 2);
  EXPECT_EQ(print(EValue(&optional_list)), "(len=2)[tensor(sizes=[1], [200]), None]");
  Tensor tensors[] = {Tensor(&impl)};
  BoxedEvalueList<Tensor> list(wrapped, tensors, 1);
  EXPECT_EQ(print(EValue(&list)), "(len=1)[tensor(sizes=[1], [200])]");
}

TEST(PrintEValueTest, TensorsInLogicalOrder) {
  int32_t sizes[] = {2, 3};
  float data[] = {1, 2, 3, 4, 5, 6};
  uint8_t dim_order[] = {1, 0};
  int32_t strides[] = {1, 2};
  TensorImpl transposed(ScalarType::Float, 2, sizes, data, dim_order, strides);
  EXPECT_EQ(print(Tensor(&transposed)), "tensor(sizes=[2, 3], [1., 3., 5., 2., 4., 6.])");

  TensorImpl scalar(ScalarType::Float, 0, nullptr, data);
  EXPECT_EQ(print(Tensor(&scalar)), "tensor(sizes=[], [1.])");

  TensorImpl without_data(ScalarType::Float, 2, sizes, nullptr, dim_order, strides);
  EXPECT_EQ(print(Tensor(&without_data)), "tensor(sizes=[2, 3], no data)");

  int32_t empty_sizes[] = {2, 0};
  TensorImpl empty(ScalarType::Float, 2, empty_sizes, nullptr, dim_order, strides);
  EXPECT_EQ(print(Tensor(&empty)), "tensor(sizes=[2, 0], [])");
}

TEST(PrintEValueTest, EdgeItems) {
  std::vector<int64_t> data(9);
  std::iota(data.begin(), data.end(), 0);
  int32_t sizes[] = {9};
  int32_t strides[] = {1};
  TensorImpl impl(ScalarType::Long, 1, sizes, data.data(), nullptr, strides);
  const EValue tensor{Tensor(&impl)};
  EXPECT_EQ(print(tensor), "tensor(sizes=[9], [0, 1, 2, ..., 6, 7, 8])");
  const auto print_with = [&](long edge_items) {
    std::ostringstream os;
    os << evalue_edge_items(edge_items) << tensor;
    return os.str();
  };
  EXPECT_EQ(print_with(1), "tensor(sizes=[9], [0, ..., 8])");
  EXPECT_EQ(print_with(4), "tensor(sizes=[9], [0, 1, 2, 3, ..., 5, 6, 7, 8])");
  EXPECT_EQ(print_with(5), "tensor(sizes=[9], [0, 1, 2, 3, 4, 5, 6, 7, 8])");
  EXPECT_EQ(print_with(0), print(tensor));
  EXPECT_EQ(print_with(std::numeric_limits<long>::max()), print_with(5));
}

TEST(PrintEValueTest, ElementTypes) {
  int32_t sizes[] = {1};
  int32_t strides[] = {1};
  const auto print_as = [&](ScalarType type, auto element) {
    TensorImpl impl(type, 1, sizes, &element, nullptr, strides);
    return print(Tensor(&impl));
  };
  EXPECT_EQ(print_as(ScalarType::Char, int8_t{-1}), "tensor(sizes=[1], [-1])");
  EXPECT_EQ(print_as(ScalarType::Bool, true), "tensor(sizes=[1], [True])");
  EXPECT_EQ(print_as(ScalarType::Half, aten::Half(1.5f)), "tensor(sizes=[1], [1.5])");
  EXPECT_EQ(print_as(ScalarType::BFloat16, aten::BFloat16(-2.0f)), "tensor(sizes=[1], [-2.])");
  EXPECT_EQ(print_as(ScalarType::Double, 0.125), "tensor(sizes=[1], [0.125])");
  EXPECT_EQ(print_as(ScalarType::UInt64, UINT64_MAX), "tensor(sizes=[1], [18446744073709551615])");
  EXPECT_EQ(print_as(ScalarType::QInt8, int8_t{1}), "tensor(sizes=[1], dtype=QInt8)");
}

}  // namespace
}  // namespace extension
}  // namespace executorch
