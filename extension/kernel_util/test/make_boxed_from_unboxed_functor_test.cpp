// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/extension/kernel_util/make_boxed_from_unboxed_functor.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/platform/runtime.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using executorch::aten::ArrayRef;
using executorch::aten::Scalar;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::aten::TensorList;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::last_error_message;
using executorch::runtime::Span;
using testing::HasSubstr;

namespace {

int calls = 0;

Tensor& fill_out(KernelRuntimeContext&, const Tensor& self, const Scalar& value, Tensor& out) {
  ++calls;
  for (ssize_t i = 0; i < self.numel(); ++i) {
    out.mutable_data_ptr<float>()[i] = static_cast<float>(value.to<double>());
  }
  return out;
}

// Everything that a schema can say, without a context.
std::string seen;
void describe(int64_t i, double d, bool b, std::string_view s, ArrayRef<int64_t> ints,
              std::optional<ArrayRef<double>> doubles, ArrayRef<bool> bools,
              std::optional<ScalarType> dtype, std::optional<int64_t> none,
              ArrayRef<std::optional<Tensor>> tensors, const std::optional<Tensor>& tensor,
              TensorList out) {
  seen = std::to_string(i) + " " + std::to_string(d) + " " + std::to_string(b) + " " +
         std::string(s) + " " + std::to_string(ints.size()) + " " +
         std::to_string(doubles ? (*doubles)[0] : -1) + " " + std::to_string(bools[1]) + " " +
         std::to_string(dtype ? static_cast<int>(*dtype) : -1) + " " +
         std::to_string(none.has_value()) + " " + std::to_string(tensors[1].has_value()) + " " +
         std::to_string(tensor.has_value()) + " " + std::to_string(out.size());
}

int64_t twice(int64_t x) {
  return 2 * x;
}

std::tuple<Tensor&, Tensor&> pair_out(const Tensor&, Tensor& a, Tensor& b) {
  ++calls;
  return {a, b};
}

EXECUTORCH_LIBRARY(boxing_test, "fill.out", fill_out);
EXECUTORCH_LIBRARY(boxing_test, "describe", describe);
EXECUTORCH_LIBRARY(boxing_test, "twice", twice);
EXECUTORCH_LIBRARY(boxing_test, "pair.out", pair_out);

class BoxingTest : public testing::Test {
 protected:
  void SetUp() override {
    executorch::runtime::runtime_init();
    calls = 0;
  }

  /// Calls a registered kernel with the values; the failure state afterwards.
  Error call(const char* name, std::vector<EValue*> values) {
    auto function = executorch::runtime::get_op_function_from_registry(name);
    EXPECT_TRUE(function.ok());
    KernelRuntimeContext context;
    (*function)(context, {values.data(), values.size()});
    return context.failure_state();
  }

  std::array<TensorImpl::SizesType, 1> sizes_{2};
  std::array<TensorImpl::DimOrderType, 1> dim_order_{0};
  std::array<TensorImpl::StridesType, 1> strides_{1};
  std::array<float, 2> data_{};
  TensorImpl impl_{ScalarType::Float, 1, sizes_.data(), data_.data(), dim_order_.data(),
                   strides_.data()};
  EValue tensor_{Tensor(&impl_)};
};

TEST_F(BoxingTest, CallsWithAndWithoutTheValueForTheResult) {
  EValue value(3.5);
  EXPECT_EQ(call("boxing_test::fill.out", {&tensor_, &value, &tensor_, &tensor_}), Error::Ok);
  EXPECT_EQ(data_[1], 3.5f);
  EValue integer(int64_t(7));
  EXPECT_EQ(call("boxing_test::fill.out", {&tensor_, &integer, &tensor_}), Error::Ok);
  EXPECT_EQ(data_[0], 7.f);
  EXPECT_EQ(tensor_.toTensor().unsafeGetTensorImpl(), &impl_);
}

TEST_F(BoxingTest, RefusesAWrongNumberOfValues) {
  EValue value(1.0);
  EXPECT_EQ(call("boxing_test::fill.out", {&tensor_, &value}), Error::InvalidProgram);
  EXPECT_THAT(last_error_message(), HasSubstr("Expected 4 values"));
  EXPECT_EQ(call("boxing_test::fill.out", {&tensor_, &value, &tensor_, &tensor_, &tensor_}),
            Error::InvalidProgram);
  EXPECT_EQ(call("boxing_test::fill.out", {}), Error::InvalidProgram);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(call("boxing_test::twice", {&value}), Error::InvalidProgram);
}

TEST_F(BoxingTest, NamesTheArgumentOfAnotherKind) {
  EValue none;
  EXPECT_EQ(call("boxing_test::fill.out", {&tensor_, &none, &tensor_, &tensor_}),
            Error::InvalidType);
  EXPECT_THAT(last_error_message(), HasSubstr("Argument 1: expected"));
  EXPECT_EQ(call("boxing_test::fill.out", {&none, &none, &tensor_, &tensor_}), Error::InvalidType);
  EXPECT_THAT(last_error_message(), HasSubstr("Argument 0: expected a value of kind Tensor"));
  EXPECT_EQ(calls, 0);
}

TEST_F(BoxingTest, ConvertsEveryKindOfArgument) {
  EValue i(int64_t(4)), d(int64_t(2)), b(true), none, dtype(int64_t(6)), result;
  std::string text = "abc";
  ArrayRef<char> chars(text.data(), text.size());
  EValue s(&chars);
  std::array<EValue*, 2> wrapped_ints{&i, &d};
  std::array<int64_t, 2> unwrapped_ints{};
  BoxedEvalueList<int64_t> int_list(wrapped_ints.data(), unwrapped_ints.data(), 2);
  EValue ints(&int_list);
  std::array<double, 1> double_array{0.5};
  ArrayRef<double> double_list(double_array.data(), 1);
  EValue doubles(&double_list);
  std::array<bool, 2> bool_array{false, true};
  ArrayRef<bool> bool_list(bool_array.data(), 2);
  EValue bools(&bool_list);
  std::array<EValue*, 2> wrapped_optionals{&tensor_, &none};
  std::array<std::optional<Tensor>, 2> unwrapped_optionals{};
  BoxedEvalueList<std::optional<Tensor>> optional_list(wrapped_optionals.data(),
                                                       unwrapped_optionals.data(), 2);
  EValue optionals(&optional_list);
  std::array<EValue*, 1> wrapped_tensors{&tensor_};
  std::array<Tensor, 1> unwrapped_tensors{Tensor(nullptr)};
  BoxedEvalueList<Tensor> tensor_list(wrapped_tensors.data(), unwrapped_tensors.data(), 1);
  EValue tensors(&tensor_list);
  EXPECT_EQ(call("boxing_test::describe", {&i, &d, &b, &s, &ints, &doubles, &bools, &dtype, &none,
                                           &optionals, &tensor_, &tensors, &result}),
            Error::Ok);
  EXPECT_EQ(seen, "4 2.000000 1 abc 2 0.500000 1 6 0 0 1 1");
  EXPECT_TRUE(result.isNone());
}

TEST_F(BoxingTest, StoresWhatTheFunctionReturns) {
  EValue x(int64_t(21)), result;
  EXPECT_EQ(call("boxing_test::twice", {&x, &result}), Error::Ok);
  EXPECT_EQ(result.toInt(), 42);

  EValue untouched;
  EXPECT_EQ(call("boxing_test::pair.out", {&tensor_, &tensor_, &tensor_, &untouched}), Error::Ok);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(untouched.isNone());
}

TEST(MakeBoxedKernelTest, NamesTheKernel) {
  const auto kernel =
      executorch::extension::make_boxed_kernel("boxing_test::again", EXECUTORCH_FN(twice));
  EXPECT_STREQ(kernel.name_, "boxing_test::again");
  EXPECT_TRUE(kernel.kernel_key_.is_fallback());
}

}  // namespace
