// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/prim_ops/register_prim_ops.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/runtime.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

using executorch::aten::BFloat16;
using executorch::aten::Half;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::aten::TensorShapeDynamism;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::last_error_message;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

class PrimOpsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    executorch::runtime::runtime_init();
    executorch::kernels::register_prim_ops();
  }

  static Error call(const std::string& name, const std::vector<EValue*>& stack) {
    const auto function = executorch::runtime::get_op_function_from_registry(name.c_str());
    EXPECT_TRUE(function.ok()) << name;
    KernelRuntimeContext context;
    std::vector<EValue*> values = stack;
    (*function)(context, {values.data(), values.size()});
    return context.failure_state();
  }

  /// Result of executorch_prim::<op> on the arguments.
  static EValue eval(const std::string& op, std::vector<EValue> arguments) {
    EValue result;
    std::vector<EValue*> stack;
    for (EValue& argument : arguments) {
      stack.push_back(&argument);
    }
    stack.push_back(&result);
    EXPECT_EQ(call("executorch_prim::" + op, stack), Error::Ok) << last_error_message();
    return result;
  }
  static Error error_of(const std::string& op, std::vector<EValue> arguments) {
    EValue result;
    std::vector<EValue*> stack;
    for (EValue& argument : arguments) {
      stack.push_back(&argument);
    }
    stack.push_back(&result);
    const Error error = call("executorch_prim::" + op, stack);
    EXPECT_TRUE(result.isNone());
    return error;
  }
  static EValue i(int64_t value) { return EValue(value); }
};

/// A tensor with its own storage, in the default dim order.
template <typename T>
struct Owned {
  std::vector<TensorImpl::SizesType> sizes;
  std::vector<TensorImpl::DimOrderType> dim_order;
  std::vector<TensorImpl::StridesType> strides;
  std::vector<T> data;
  TensorImpl impl;
  EValue value{Tensor(&impl)};

  explicit Owned(std::vector<TensorImpl::SizesType> shape,
                 TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC,
                 ScalarType dtype = executorch::runtime::CppTypeToScalarType<T>::value)
      : sizes(std::move(shape)),
        dim_order(sizes.size()),
        strides(sizes.size(), 1),
        data(static_cast<size_t>(
            executorch::aten::compute_numel(sizes.data(), static_cast<ssize_t>(sizes.size())))),
        impl(dtype, static_cast<ssize_t>(sizes.size()), sizes.data(), data.data(), dim_order.data(),
             strides.data(), dynamism) {
    std::iota(dim_order.begin(), dim_order.end(), TensorImpl::DimOrderType{0});
    std::iota(data.begin(), data.end(), T{});
    for (size_t d = sizes.size(); d-- > 1;) {
      strides[d - 1] = strides[d] * sizes[d];
    }
  }
  Owned(const Owned&) = delete;
};

/// A list of ints as programs hold it.
struct IntList {
  std::vector<EValue> values;
  std::vector<EValue*> wrapped;
  std::vector<int64_t> unwrapped;
  BoxedEvalueList<int64_t> list;
  EValue value;

  explicit IntList(const std::vector<int64_t>& ints)
      : values(ints.begin(), ints.end()), unwrapped(ints.size()) {
    for (EValue& v : values) {
      wrapped.push_back(&v);
    }
    list =
        BoxedEvalueList<int64_t>(wrapped.data(), unwrapped.data(), static_cast<int>(ints.size()));
    value = EValue(&list);
  }
  IntList(const IntList&) = delete;
};

TEST_F(PrimOpsTest, AllAreRegistered) {
  for (const char* name : {"aten::sym_size.int",
                           "aten::_local_scalar_dense",
                           "aten::sym_numel",
                           "executorch_prim::sym_max.Scalar",
                           "executorch_prim::sym_min.Scalar",
                           "executorch_prim::add.Scalar",
                           "executorch_prim::sub.Scalar",
                           "executorch_prim::mul.Scalar",
                           "executorch_prim::floordiv.Scalar",
                           "executorch_prim::truediv.Scalar",
                           "executorch_prim::sym_float.Scalar",
                           "executorch_prim::sym_int.Scalar",
                           "executorch_prim::eq.Scalar",
                           "executorch_prim::gt.Scalar",
                           "executorch_prim::lt.Scalar",
                           "executorch_prim::ge.Scalar",
                           "executorch_prim::le.Scalar",
                           "executorch_prim::neg.Scalar",
                           "executorch_prim::sym_not.Scalar",
                           "executorch_prim::sym_ite.Scalar",
                           "executorch_prim::floordiv.int",
                           "executorch_prim::mod.int",
                           "executorch_prim::mod.Scalar",
                           "executorch_prim::ceil.Scalar",
                           "executorch_prim::round.Scalar",
                           "executorch_prim::trunc.Scalar",
                           "executorch_prim::et_copy_index.tensor",
                           "executorch_prim::et_view.default"}) {
    EXPECT_TRUE(executorch::runtime::registry_has_op_function(name)) << name;
  }
}

TEST_F(PrimOpsTest, IntegersStayIntegers) {
  EXPECT_EQ(eval("add.Scalar", {i(2), i(3)}).toInt(), 5);
  EXPECT_EQ(eval("sub.Scalar", {i(2), i(3)}).toInt(), -1);
  EXPECT_EQ(eval("mul.Scalar", {i(-2), i(3)}).toInt(), -6);
  EXPECT_EQ(eval("add.Scalar", {EValue(true), i(3)}).toInt(), 4);
  EXPECT_EQ(eval("neg.Scalar", {i(7)}).toInt(), -7);
  EXPECT_EQ(eval("sym_max.Scalar", {i(7), i(-3)}).toInt(), 7);
  EXPECT_EQ(eval("sym_min.Scalar", {i(7), i(-3)}).toInt(), -3);
}

TEST_F(PrimOpsTest, MixedOperandsAreDoubles) {
  EXPECT_EQ(eval("add.Scalar", {i(2), EValue(0.5)}).toDouble(), 2.5);
  EXPECT_EQ(eval("mul.Scalar", {EValue(0.5), i(3)}).toDouble(), 1.5);
  EXPECT_EQ(eval("truediv.Scalar", {i(1), i(4)}).toDouble(), 0.25);
  EXPECT_EQ(eval("sym_max.Scalar", {i(2), EValue(2.5)}).toDouble(), 2.5);
  EXPECT_EQ(eval("sym_float.Scalar", {i(3)}).toDouble(), 3.0);
}

TEST_F(PrimOpsTest, DivisionFollowsPython) {
  for (const char* op : {"floordiv.Scalar", "floordiv.int"}) {
    EXPECT_EQ(eval(op, {i(7), i(2)}).toInt(), 3);
    EXPECT_EQ(eval(op, {i(-7), i(2)}).toInt(), -4);
    EXPECT_EQ(eval(op, {i(7), i(-2)}).toInt(), -4);
    EXPECT_EQ(eval(op, {i(-7), i(-2)}).toInt(), 3);
    EXPECT_EQ(eval(op, {i(-8), i(2)}).toInt(), -4);
  }
  for (const char* op : {"mod.Scalar", "mod.int"}) {
    EXPECT_EQ(eval(op, {i(7), i(3)}).toInt(), 1);
    EXPECT_EQ(eval(op, {i(-7), i(3)}).toInt(), 2);
    EXPECT_EQ(eval(op, {i(7), i(-3)}).toInt(), -2);
    EXPECT_EQ(eval(op, {i(-7), i(-3)}).toInt(), -1);
    EXPECT_EQ(eval(op, {i(kMin), i(-1)}).toInt(), 0);
  }
  EXPECT_EQ(eval("floordiv.Scalar", {EValue(-7.5), i(2)}).toDouble(), -4.0);
  EXPECT_EQ(eval("mod.Scalar", {EValue(-7.5), EValue(2.0)}).toDouble(), 0.5);
  EXPECT_TRUE(std::signbit(eval("mod.Scalar", {EValue(4.0), EValue(-2.0)}).toDouble()));
}

TEST_F(PrimOpsTest, DivisionByZeroAndOverflowAreErrors) {
  for (const char* op :
       {"floordiv.Scalar", "floordiv.int", "truediv.Scalar", "mod.int", "mod.Scalar"}) {
    EXPECT_EQ(error_of(op, {i(1), i(0)}), Error::InvalidArgument);
    EXPECT_THAT(last_error_message(), HasSubstr("by zero"));
    EXPECT_EQ(error_of(op, {EValue(1.0), i(0)}), Error::InvalidArgument);
  }
  EXPECT_EQ(error_of("add.Scalar", {i(kMax), i(1)}), Error::InvalidArgument);
  EXPECT_THAT(last_error_message(), HasSubstr("exceeds 64 bits"));
  EXPECT_EQ(error_of("sub.Scalar", {i(kMin), i(1)}), Error::InvalidArgument);
  EXPECT_EQ(error_of("mul.Scalar", {i(kMax), i(2)}), Error::InvalidArgument);
  EXPECT_EQ(error_of("neg.Scalar", {i(kMin)}), Error::InvalidArgument);
  EXPECT_EQ(error_of("floordiv.int", {i(kMin), i(-1)}), Error::InvalidArgument);
}

TEST_F(PrimOpsTest, Comparisons) {
  EXPECT_TRUE(eval("eq.Scalar", {i(2), EValue(2.0)}).toBool());
  EXPECT_FALSE(eval("eq.Scalar", {i(kMax), i(kMax - 1)}).toBool());
  EXPECT_TRUE(eval("gt.Scalar", {i(3), i(2)}).toBool());
  EXPECT_FALSE(eval("gt.Scalar", {i(2), i(2)}).toBool());
  EXPECT_TRUE(eval("ge.Scalar", {i(2), i(2)}).toBool());
  EXPECT_TRUE(eval("lt.Scalar", {EValue(1.5), i(2)}).toBool());
  EXPECT_FALSE(eval("lt.Scalar", {i(2), i(2)}).toBool());
  EXPECT_TRUE(eval("le.Scalar", {i(2), i(2)}).toBool());
  EXPECT_FALSE(eval("le.Scalar", {i(3), i(2)}).toBool());
}

TEST_F(PrimOpsTest, RoundingGivesIntegers) {
  EXPECT_EQ(eval("ceil.Scalar", {EValue(1.25)}).toInt(), 2);
  EXPECT_EQ(eval("ceil.Scalar", {i(5)}).toInt(), 5);
  EXPECT_EQ(eval("round.Scalar", {EValue(0.5)}).toInt(), 0);
  EXPECT_EQ(eval("round.Scalar", {EValue(1.5)}).toInt(), 2);
  EXPECT_EQ(eval("round.Scalar", {EValue(2.5)}).toInt(), 2);
  EXPECT_EQ(eval("round.Scalar", {EValue(-0.6)}).toInt(), -1);
  EXPECT_EQ(eval("trunc.Scalar", {EValue(-1.75)}).toInt(), -1);
  EXPECT_EQ(eval("sym_int.Scalar", {EValue(-1.75)}).toInt(), -1);
  EXPECT_EQ(eval("sym_int.Scalar", {EValue(-0x1p63)}).toInt(), kMin);
  for (const double value : {0x1p63, -0x1p64, std::nan(""), double(INFINITY)}) {
    EXPECT_EQ(error_of("sym_int.Scalar", {EValue(value)}), Error::InvalidArgument);
  }
}

TEST_F(PrimOpsTest, Choices) {
  EXPECT_FALSE(eval("sym_not.Scalar", {EValue(true)}).toBool());
  EXPECT_EQ(eval("sym_ite.Scalar", {EValue(true), i(1), EValue(2.0)}).toInt(), 1);
  EXPECT_EQ(eval("sym_ite.Scalar", {EValue(false), i(1), EValue(2.0)}).toDouble(), 2.0);
  EXPECT_EQ(error_of("sym_not.Scalar", {i(1)}), Error::InvalidType);
}

TEST_F(PrimOpsTest, WrongArgumentsAreRefused) {
  EXPECT_EQ(error_of("add.Scalar", {i(1), EValue()}), Error::InvalidType);
  EXPECT_THAT(last_error_message(), HasSubstr("Argument 1"));
  EXPECT_EQ(error_of("add.Scalar", {i(1)}), Error::InvalidProgram);
  EXPECT_THAT(last_error_message(), HasSubstr("Expected 3 values, got 2"));
  EXPECT_EQ(error_of("neg.Scalar", {i(1), i(2)}), Error::InvalidProgram);
}

TEST_F(PrimOpsTest, SizesOfTensors) {
  Owned<float> tensor({2, 3});
  EValue dim(int64_t(1)), negative(int64_t(-2)), too_large(int64_t(2)), result;
  EXPECT_EQ(call("aten::sym_size.int", {&tensor.value, &dim, &result}), Error::Ok);
  EXPECT_EQ(result.toInt(), 3);
  EXPECT_EQ(call("aten::sym_size.int", {&tensor.value, &negative, &result}), Error::Ok);
  EXPECT_EQ(result.toInt(), 2);
  EXPECT_EQ(call("aten::sym_size.int", {&tensor.value, &too_large, &result}),
            Error::InvalidArgument);
  EXPECT_EQ(call("aten::sym_size.int", {&dim, &dim, &result}), Error::InvalidType);
  EXPECT_EQ(call("aten::sym_numel", {&tensor.value, &result}), Error::Ok);
  EXPECT_EQ(result.toInt(), 6);
}

template <typename T>
EValue scalar_of(T number, ScalarType dtype = executorch::runtime::CppTypeToScalarType<T>::value) {
  TensorImpl impl(dtype, 0, nullptr, &number);
  EValue tensor{Tensor(&impl)};
  EValue result;
  std::array<EValue*, 2> stack{&tensor, &result};
  KernelRuntimeContext context;
  (*executorch::runtime::get_op_function_from_registry("aten::_local_scalar_dense"))(
      context, {stack.data(), stack.size()});
  return result;
}

TEST_F(PrimOpsTest, LocalScalarDense) {
  EXPECT_EQ(scalar_of<uint8_t>(200).toInt(), 200);
  EXPECT_EQ(scalar_of<int64_t>(kMin).toInt(), kMin);
  EXPECT_EQ(scalar_of<float>(1.5f).toDouble(), 1.5);
  EXPECT_EQ(scalar_of<Half>(Half(1.5f)).toDouble(), 1.5);
  EXPECT_EQ(scalar_of<BFloat16>(BFloat16(-2.f)).toDouble(), -2.0);
  EXPECT_TRUE(scalar_of<bool>(true).toBool());
  Owned<float> two({2});
  EValue result;
  EXPECT_EQ(call("aten::_local_scalar_dense", {&two.value, &result}), Error::InvalidArgument);
}

class ViewTest : public PrimOpsTest {
 protected:
  Error view(EValue& self, const std::vector<int64_t>& size, EValue& out) {
    IntList list(size);
    return call("executorch_prim::et_view.default", {&self, &list.value, &out});
  }
};

TEST_F(ViewTest, SharesTheBytes) {
  Owned<float> self({2, 3}), out({3, 2});
  EXPECT_EQ(view(self.value, {3, 2}, out.value), Error::Ok) << last_error_message();
  EXPECT_EQ(out.impl.data(), self.data.data());
}

TEST_F(ViewTest, InfersOneSizeAndResizes) {
  Owned<float> self({2, 6}), out({12, 1}, TensorShapeDynamism::DYNAMIC_BOUND);
  EXPECT_EQ(view(self.value, {4, -1}, out.value), Error::Ok) << last_error_message();
  EXPECT_THAT(out.sizes, ElementsAre(4, 3));
  EXPECT_THAT(out.strides, ElementsAre(3, 1));
  Owned<float> empty({0, 3}), empty_out({3, 0});
  EXPECT_EQ(view(empty.value, {3, -1}, empty_out.value), Error::Ok) << last_error_message();
}

TEST_F(ViewTest, RefusesShapesOfOtherElementCounts) {
  Owned<float> self({2, 3}), out({3, 2});
  for (const std::vector<int64_t>& size : {std::vector<int64_t>{3, 3},
                                           {4, -1},
                                           {-1, -1},
                                           {-2, -3},
                                           {0, -1},
                                           {int64_t(1) << 40, 0},
                                           {6}}) {
    EXPECT_NE(view(self.value, size, out.value), Error::Ok);
  }
  EXPECT_EQ(view(self.value, std::vector<int64_t>(17, 1), out.value), Error::InvalidArgument);
  Owned<double> other_type({3, 2});
  EXPECT_EQ(view(self.value, {3, 2}, other_type.value), Error::InvalidArgument);
}

// A view has the memory of its argument and no other, whatever it had before.
TEST_F(ViewTest, CannotGrowBeyondItsArgument) {
  Owned<float> self({2, 3}), out({4, 4}, TensorShapeDynamism::DYNAMIC_BOUND);
  ASSERT_EQ(view(self.value, {3, 2}, out.value), Error::Ok) << last_error_message();
  const std::vector<int32_t> larger = {4, 4}, as_large = {1, 6};
  EXPECT_EQ(executorch::runtime::resize_tensor(out.value.toTensor(), {larger.data(), 2}),
            Error::NotSupported);
  EXPECT_EQ(executorch::runtime::resize_tensor(out.value.toTensor(), {as_large.data(), 2}),
            Error::Ok);
}

TEST_F(ViewTest, RefusesToReinterpretAnotherDimOrder) {
  Owned<float> self({2, 3}), out({3, 2}), same({2, 3}), column({3, 1});
  self.dim_order = {1, 0};
  self.strides = {1, 2};
  EXPECT_EQ(view(self.value, {3, 2}, out.value), Error::InvalidArgument);
  EXPECT_EQ(view(self.value, {2, 3}, same.value), Error::InvalidArgument);
  same.dim_order = {1, 0};
  same.strides = {1, 2};
  EXPECT_EQ(view(self.value, {2, 3}, same.value), Error::Ok) << last_error_message();
  // With a single row the order of the dimensions makes no difference.
  column.dim_order = {1, 0};
  column.strides = {1, 3};
  Owned<float> flat({3});
  EXPECT_EQ(view(column.value, {3}, flat.value), Error::Ok) << last_error_message();
}

class CopyIndexTest : public PrimOpsTest {
 protected:
  Error copy(EValue& to, EValue& from, int64_t index) {
    EValue position(index);
    return call("executorch_prim::et_copy_index.tensor", {&to, &from, &position});
  }
};

TEST_F(CopyIndexTest, GrowsItsOutputWithinTheBound) {
  Owned<int32_t> to({3, 2}, TensorShapeDynamism::DYNAMIC_BOUND), from({2});
  for (int64_t index = 0; index < 3; ++index) {
    from.data = {static_cast<int32_t>(10 * index), 7};
    EXPECT_EQ(copy(to.value, from.value, index), Error::Ok) << last_error_message();
    EXPECT_THAT(to.sizes, ElementsAre(index + 1, 2));
  }
  EXPECT_THAT(to.data, ElementsAre(0, 7, 10, 7, 20, 7));
  EXPECT_EQ(copy(to.value, from.value, 3), Error::NotSupported);
  EXPECT_EQ(copy(to.value, from.value, -1), Error::InvalidArgument);
  EXPECT_EQ(copy(to.value, from.value, kMax), Error::InvalidArgument);
}

TEST_F(CopyIndexTest, AStaticOutputKeepsItsShape) {
  Owned<int32_t> to({3, 2}), from({2});
  EXPECT_EQ(copy(to.value, from.value, 2), Error::Ok) << last_error_message();
  EXPECT_THAT(to.data, ElementsAre(0, 1, 2, 3, 0, 1));
  EXPECT_EQ(copy(to.value, from.value, 3), Error::InvalidArgument);
}

TEST_F(CopyIndexTest, RefusesOtherShapesAndTypes) {
  Owned<int32_t> to({3, 2}), longer({3}), matrix({2, 1});
  Owned<float> other_type({2});
  EXPECT_NE(copy(to.value, longer.value, 0), Error::Ok);
  EXPECT_EQ(copy(to.value, matrix.value, 0), Error::InvalidArgument);
  EXPECT_EQ(copy(to.value, other_type.value, 0), Error::InvalidArgument);
  Owned<int32_t> from({2});
  to.dim_order = {1, 0};
  EXPECT_EQ(copy(to.value, from.value, 0), Error::InvalidArgument);
}

}  // namespace
