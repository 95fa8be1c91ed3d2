// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/method.h>

#include <cmath>

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/executor/test/test_kernels.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <gtest/gtest.h>

// step() and its relatives are marked experimental; some getters are deprecated.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using namespace executorch::runtime;
using namespace executorch::runtime::testing;

namespace {

/// A program, its memory and one method.
class Loaded {
 public:
  explicit Loaded(std::vector<uint8_t> file, const NamedDataMap* named_data = nullptr,
                  Program::Verification verification = Program::Verification::InternalConsistency)
      : loader(std::move(file)), program(Program::load(&loader, verification)) {
    if (program.ok()) {
      const auto meta = program->method_meta("forward");
      if (meta.ok()) {
        memory.emplace(*meta);
        method.emplace(program->load_method("forward", memory->manager(), nullptr, named_data,
                                            nullptr, test_kernels()));
      } else {
        method.emplace(meta.error());
      }
    }
  }

  Method* operator->() { return &**method; }
  Error error() const { return program.ok() ? method->error() : program.error(); }

  MemoryLoader loader;
  Result<Program> program;
  std::optional<MethodMemory> memory;
  std::optional<Result<Method>> method;
};

/// A tensor with memory of its own.
template <typename T>
struct Data {
  Data(ScalarType type, std::vector<int32_t> sizes_in, std::vector<T> values_in)
      : sizes(std::move(sizes_in)),
        strides(sizes.size()),
        dim_order(sizes.size()),
        values(std::move(values_in)) {
    int32_t stride = 1;
    for (size_t i = sizes.size(); i-- > 0;) {
      dim_order[i] = static_cast<uint8_t>(i);
      strides[i] = stride;
      stride *= sizes[i];
    }
    impl.emplace(type, static_cast<ssize_t>(sizes.size()), sizes.data(), values.data(),
                 dim_order.data(), strides.data());
  }
  Tensor tensor() { return Tensor(&*impl); }

  std::vector<int32_t> sizes;
  std::vector<int32_t> strides;
  std::vector<uint8_t> dim_order;
  std::vector<T> values;
  std::optional<TensorImpl> impl;
};
using Floats = Data<float>;

Floats floats(std::vector<int32_t> sizes, std::vector<float> values) {
  return Floats(ScalarType::Float, std::move(sizes), std::move(values));
}

std::vector<float> values_of(const EValue& value) {
  const Tensor& tensor = value.toTensor();
  return {tensor.const_data_ptr<float>(), tensor.const_data_ptr<float>() + tensor.numel()};
}

/// out = x + constant, all planned.
std::vector<uint8_t> add_constant_program() {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant(bytes_of<float>({1, 2, 3, 4}));
  const int x = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 0});
  const int c = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, -1, 1, constant});
  const int out = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 16});
  writer.call("test::add", "out", {x, c, out, out});
  writer.end_method("forward", {x}, {out});
  return writer.finish();
}

/// out = x + x with upper bounds {4, 3}.
std::vector<uint8_t> dynamic_program(bool planned) {
  ProgramWriter writer;
  ProgramWriter::TensorSpec spec;
  spec.sizes = {4, 3};
  spec.dynamism = fb::TensorShapeDynamism::DYNAMIC_BOUND;
  spec.offset = planned ? 0 : -1;
  const int x = writer.add_tensor(spec);
  spec.offset = planned ? 64 : -1;
  const int out = writer.add_tensor(spec);
  writer.call("test::add", "out", {x, x, out, out});
  writer.end_method("forward", {x}, {out});
  return writer.finish();
}

#define EXPECT_SENTENCE(text) \
  EXPECT_NE(std::string(last_error_message()).find(text), std::string::npos) << last_error_message()

TEST(MethodTest, AddsAConstant) {
  Loaded loaded(add_constant_program());
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  Floats x = floats({2, 2}, {10, 20, 30, 40});
  ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok);
  // A planned input is copied.
  x.values.assign(4, 0);
  for (int run = 0; run < 2; ++run) {
    ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
    EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{11, 22, 33, 44}));
  }
}

TEST(MethodTest, MovedMethodStillRuns) {
  Loaded loaded(add_constant_program());
  ASSERT_EQ(loaded.error(), Error::Ok);
  Method method(std::move(**loaded.method));
  Floats x = floats({2, 2}, {0, 0, 0, 0});
  ASSERT_EQ(method.set_input(x.tensor(), 0), Error::Ok);
  ASSERT_EQ(method.execute(), Error::Ok);
  EXPECT_EQ(values_of(method.get_output(0)), (std::vector<float>{1, 2, 3, 4}));
}

TEST(MethodTest, RefusesWrongInputs) {
  Loaded loaded(add_constant_program());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::InvalidArgument);
  EXPECT_SENTENCE("input 0 of method 'forward' has not been set");

  Floats x = floats({2, 2}, {0, 0, 0, 0});
  EXPECT_EQ(loaded->set_input(x.tensor(), 1), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_input(EValue(int64_t(3)), 0), Error::InvalidArgument);
  EXPECT_SENTENCE("got kind Int, expected Tensor");
  Data<int32_t> ints(ScalarType::Int, {2, 2}, {0, 0, 0, 0});
  EXPECT_EQ(loaded->set_input(ints.tensor(), 0), Error::InvalidArgument);
  EXPECT_SENTENCE("got a tensor of Int, expected Float");
  Floats wide = floats({2, 3}, {0, 0, 0, 0, 0, 0});
  EXPECT_EQ(loaded->set_input(wide.tensor(), 0), Error::NotSupported);
  EXPECT_SENTENCE("dimension 1 is 3, expected 2");
  Floats flat = floats({4}, {0, 0, 0, 0});
  EXPECT_EQ(loaded->set_input(flat.tensor(), 0), Error::NotSupported);
  EXPECT_SENTENCE("rank 1, expected 2");
  Floats transposed = floats({2, 2}, {0, 0, 0, 0});
  transposed.strides = {1, 2};
  transposed.impl.emplace(ScalarType::Float, 2, transposed.sizes.data(), transposed.values.data(),
                          transposed.dim_order.data(), transposed.strides.data());
  EXPECT_EQ(loaded->set_input(transposed.tensor(), 0), Error::InvalidArgument);
  EXPECT_SENTENCE("strides");
  TensorImpl empty(ScalarType::Float, 2, x.sizes.data(), nullptr, x.dim_order.data(),
                   x.strides.data());
  EXPECT_EQ(loaded->set_input(Tensor(&empty), 0), Error::InvalidArgument);
  EXPECT_SENTENCE("no data");

  EXPECT_EQ(loaded->set_inputs({}), Error::InvalidArgument);
  EXPECT_EQ(loaded->execute(), Error::InvalidArgument);
  ASSERT_EQ(loaded->set_inputs(EValue(x.tensor())), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::Ok);
}

TEST(MethodTest, DynamicShapesUpToTheirBound) {
  Loaded loaded(dynamic_program(true));
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  for (int32_t rows : {4, 1, 0, 3}) {
    Floats x = floats({rows, 3}, std::vector<float>(static_cast<size_t>(rows) * 3, 2));
    ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok) << last_error_message();
    ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
    EXPECT_EQ(loaded->get_output(0).toTensor().size(0), rows);
    EXPECT_EQ(values_of(loaded->get_output(0)),
              std::vector<float>(static_cast<size_t>(rows) * 3, 4));
  }
  // As many elements fit, but one dimension exceeds what the program was exported for.
  Floats x = floats({2, 6}, std::vector<float>(12));
  EXPECT_EQ(loaded->set_input(x.tensor(), 0), Error::NotSupported);
  EXPECT_SENTENCE("dimension 1 is 6, expected at most 3");
}

/// out = x + y, where out takes the place of x, as a planner may do after the last use of x.
std::vector<uint8_t> input_overwriting_program() {
  ProgramWriter writer;
  const int x = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 0});
  const int y = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 16});
  const int out = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 0});
  writer.call("test::add", "out", {x, y, out, out});
  writer.end_method("forward", {x, y}, {out});
  return writer.finish();
}

TEST(MethodTest, OverwrittenInputsMustBeSetAgain) {
  Loaded loaded(input_overwriting_program());
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  Floats x = floats({2, 2}, {1, 2, 3, 4});
  Floats y = floats({2, 2}, {10, 20, 30, 40});
  ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok);
  ASSERT_EQ(loaded->set_input(y.tensor(), 1), Error::Ok);
  ASSERT_EQ(loaded->execute(), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::InvalidArgument);
  EXPECT_SENTENCE("input 0 of method 'forward' must be set again");
  // Nothing has touched y.
  ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok);
  ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
  EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{11, 22, 33, 44}));
  // Step by step it is the same.
  EXPECT_EQ(loaded->step(), Error::InvalidArgument);
}

TEST(MethodTest, InPlaceWritesAndMovesOverwriteInputs) {
  for (const bool is_move : {false, true}) {
    ProgramWriter writer;
    const int x = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, is_move ? 0 : -1});
    const int y = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 16});
    if (is_move) {
      writer.move(y, x);
    } else {
      writer.call("test::add", "out", {x, y, x, x});
    }
    writer.end_method("forward", {x, y}, {y});
    Loaded loaded(writer.finish());
    ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
    Floats input = floats({2, 2}, {1, 2, 3, 4});
    ASSERT_EQ(loaded->set_input(input.tensor(), 0), Error::Ok);
    ASSERT_EQ(loaded->set_input(input.tensor(), 1), Error::Ok);
    ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
    EXPECT_EQ(loaded->execute(), Error::InvalidArgument);
    EXPECT_SENTENCE("input 0");
  }
}

TEST(MethodTest, EachDimensionHasItsBound) {
  Loaded loaded(dynamic_program(true));  // Up to {4, 3}.
  ASSERT_EQ(loaded.error(), Error::Ok);
  for (const auto& [rows, columns] : {std::pair{0, 0}, {0, 3}, {1, 1}, {3, 2}, {4, 3}}) {
    Floats x = floats({rows, columns}, std::vector<float>(rows * columns, 1));
    EXPECT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok) << rows << ' ' << columns;
    ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
    EXPECT_EQ(values_of(loaded->get_output(0)), std::vector<float>(rows * columns, 2));
  }
  Floats tall = floats({5, 1}, std::vector<float>(5));
  EXPECT_EQ(loaded->set_input(tall.tensor(), 0), Error::NotSupported);
  EXPECT_SENTENCE("dimension 0 is 5, expected at most 4");
  // Fewer elements than the bound has, but one dimension is too large.
  Floats wide = floats({1, 4}, std::vector<float>(4));
  EXPECT_EQ(loaded->set_input(wide.tensor(), 0), Error::NotSupported);
  EXPECT_SENTENCE("dimension 1 is 4, expected at most 3");
}

/// out = x + x; the shape of out has no upper bound.
std::vector<uint8_t> unbounded_program() {
  ProgramWriter writer;
  ProgramWriter::TensorSpec spec;
  spec.sizes = {4, 3};
  spec.dynamism = fb::TensorShapeDynamism::DYNAMIC_BOUND;
  spec.offset = 0;
  const int x = writer.add_tensor(spec);
  spec.dynamism = fb::TensorShapeDynamism::DYNAMIC_UNBOUND;
  spec.offset = -1;
  const int out = writer.add_tensor(spec);
  writer.call("test::add", "out", {x, x, out, out});
  writer.end_method("forward", {x}, {out});
  return writer.finish();
}

TEST(MethodTest, UnboundedOutputFitsTheMemorySupplied) {
  Loaded loaded(unbounded_program());
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  Floats x = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok);
  EXPECT_NE(loaded->execute(), Error::Ok) << "it has no memory yet";
  std::vector<float> memory(6);
  ASSERT_EQ(loaded->set_output_data_ptr(memory.data(), 5 * sizeof(float), 0), Error::Ok);
  EXPECT_NE(loaded->execute(), Error::Ok) << "it has too little memory";
  ASSERT_EQ(loaded->set_output_data_ptr(memory.data(), 6 * sizeof(float), 0), Error::Ok);
  ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
  EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{2, 4, 6, 8, 10, 12}));
  // Less memory than the last result took.
  ASSERT_EQ(loaded->set_output_data_ptr(memory.data(), 2 * sizeof(float), 0), Error::Ok);
  EXPECT_EQ(loaded->get_output(0).toTensor().numel(), 0);
  Floats small = floats({1, 2}, {1, 2});
  ASSERT_EQ(loaded->set_input(small.tensor(), 0), Error::Ok);
  ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
  EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{2, 4}));
}

TEST(MethodTest, OnlyAnOutputMayBeUnbounded) {
  ProgramWriter writer;
  ProgramWriter::TensorSpec spec;
  spec.sizes = {2};
  spec.dynamism = fb::TensorShapeDynamism::DYNAMIC_UNBOUND;
  const int x = writer.add_tensor(spec);
  writer.end_method("forward", {x}, {});
  Loaded loaded(writer.finish());
  EXPECT_EQ(loaded.error(), Error::NotSupported);
  EXPECT_SENTENCE("no upper bound");
}

// x is not planned: its memory is the caller's, and only as large as the tensor that was set.
TEST(MethodTest, SharedInputCannotGrowBeyondTheCallersMemory) {
  ProgramWriter writer;
  ProgramWriter::TensorSpec spec;
  spec.sizes = {4, 3};
  spec.dynamism = fb::TensorShapeDynamism::DYNAMIC_BOUND;
  const int x = writer.add_tensor(spec);
  spec.offset = 0;
  const int y = writer.add_tensor(spec);
  writer.call("test::add", "out", {y, y, x, x});
  writer.end_method("forward", {x, y}, {x});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  Floats small = floats({1, 2}, {1, 2});
  Floats large = floats({4, 3}, std::vector<float>(12, 1));
  ASSERT_EQ(loaded->set_input(small.tensor(), 0), Error::Ok);
  ASSERT_EQ(loaded->set_input(large.tensor(), 1), Error::Ok);
  EXPECT_NE(loaded->execute(), Error::Ok);
  ASSERT_EQ(loaded->set_input(large.tensor(), 0), Error::Ok) << last_error_message();
  EXPECT_EQ(loaded->execute(), Error::Ok) << last_error_message();
}

TEST(MethodTest, NullPointersAreErrors) {
  EXPECT_EQ(Program::load(nullptr).error(), Error::InvalidArgument);
  Loaded loaded(add_constant_program());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_EQ(loaded.program->load_method(nullptr, loaded.memory->manager()).error(),
            Error::InvalidArgument);
  EXPECT_EQ(loaded.program->load_method("forward", nullptr).error(), Error::InvalidArgument);
  MemoryManager no_allocator(nullptr);
  EXPECT_EQ(loaded.program->load_method("forward", &no_allocator).error(), Error::InvalidArgument);
  EXPECT_EQ(loaded.program->method_meta(nullptr).error(), Error::InvalidArgument);
  EXPECT_EQ(loaded.program->get_output_flattening_encoding(nullptr).error(),
            Error::InvalidArgument);
  EXPECT_EQ(loaded->get_outputs(nullptr, 1), Error::InvalidArgument);
  EXPECT_EQ(loaded->get_inputs(nullptr, 1), Error::InvalidArgument);
  EXPECT_NE(loaded->set_output_data_ptr(nullptr, 16, 0), Error::Ok);
  EXPECT_EQ(loaded->set_inputs(ArrayRef<EValue>()), Error::InvalidArgument);
  EXPECT_EQ(Program::check_header(nullptr, 64), Program::HeaderStatus::ShortData);
  // A tensor without data.
  std::vector<int32_t> sizes = {2, 2};
  TensorImpl no_data(ScalarType::Float, 2, sizes.data());
  EXPECT_EQ(loaded->set_input(Tensor(&no_data), 0), Error::InvalidArgument);
  EXPECT_SENTENCE("no data");
}

TEST(MethodTest, InputsInAnyDimOrder) {
  const std::vector<std::vector<uint8_t>> orders = {{0, 1, 2, 3}, {0, 2, 3, 1}, {3, 1, 0, 2}};
  for (const auto& expected : orders) {
    ProgramWriter writer;
    ProgramWriter::TensorSpec spec;
    spec.sizes = {2, 3, 2, 2};
    spec.dim_order = expected;
    const int x = writer.add_tensor(spec);
    writer.end_method("forward", {x}, {x});
    Loaded loaded(writer.finish());
    ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
    for (const auto& given : orders) {
      Floats input = floats({2, 3, 2, 2}, std::vector<float>(24));
      input.dim_order = given;
      int32_t stride = 1;
      for (size_t i = 4; i-- > 0;) {
        input.strides[given[i]] = stride;
        stride *= input.sizes[given[i]];
      }
      if (given == expected) {
        ASSERT_EQ(loaded->set_input(input.tensor(), 0), Error::Ok) << last_error_message();
        ASSERT_EQ(loaded->execute(), Error::Ok);
        const Tensor& output = loaded->get_output(0).toTensor();
        EXPECT_TRUE(std::equal(given.begin(), given.end(), output.dim_order().begin()));
        EXPECT_TRUE(
            std::equal(input.strides.begin(), input.strides.end(), output.strides().begin()));
      } else {
        EXPECT_EQ(loaded->set_input(input.tensor(), 0), Error::InvalidArgument);
        EXPECT_SENTENCE("dim_order");
      }
    }
  }
}

TEST(MethodTest, CallerSuppliesUnplannedMemory) {
  Loaded loaded(dynamic_program(false));
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  Floats x = floats({1, 3}, {1, 2, 3});
  ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::InvalidState);
  EXPECT_SENTENCE("test::add.out in instruction 0 of method 'forward': argument 2 has no memory");

  float buffer[12] = {};
  EXPECT_EQ(loaded->set_output_data_ptr(buffer, 12, 0), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_output_data_ptr(nullptr, sizeof(buffer), 0), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_output_data_ptr(buffer, sizeof(buffer), 1), Error::InvalidArgument);
  ASSERT_EQ(loaded->set_output_data_ptr(buffer, sizeof(buffer), 0), Error::Ok);
  // Used in place, so a change after set_input() is seen.
  x.values[0] = 5;
  ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
  EXPECT_EQ(buffer[0], 10);
  EXPECT_EQ(loaded->get_output(0).toTensor().const_data_ptr(), buffer);
}

TEST(MethodTest, PlannedOutputKeepsItsMemory) {
  Loaded loaded(add_constant_program());
  ASSERT_EQ(loaded.error(), Error::Ok);
  float buffer[4];
  EXPECT_EQ(loaded->set_output_data_ptr(buffer, sizeof(buffer), 0), Error::InvalidState);
}

TEST(MethodTest, OutputsAreCopiedAndPadded) {
  Loaded loaded(add_constant_program());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EValue outputs[2] = {EValue(int64_t(1)), EValue(int64_t(1))};
  EXPECT_EQ(loaded->get_outputs(outputs, 0), Error::InvalidArgument);
  EXPECT_EQ(loaded->get_outputs(nullptr, 2), Error::InvalidArgument);
  ASSERT_EQ(loaded->get_outputs(outputs, 2), Error::Ok);
  EXPECT_TRUE(outputs[0].isTensor());
  EXPECT_TRUE(outputs[1].isNone());
  ASSERT_EQ(loaded->get_inputs(outputs, 1), Error::Ok);
  EXPECT_EQ(loaded->inputs_size(), 1u);
  EXPECT_EQ(loaded->outputs_size(), 1u);
}

TEST(MethodTest, NumbersMustEqualTheExportedOnes) {
  ProgramWriter writer;
  const int i = writer.add_int(7);
  const int b = writer.add_bool(true);
  const int d = writer.add_double(0.5);
  const int n = writer.add_double(std::nan(""));
  const int s = writer.add_string("sum");
  const int none = writer.add_null();
  writer.end_method("forward", {i, b, d, n, s, none}, {i, s});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  ArrayRef<char> sum("sum", 3);
  ArrayRef<char> mean("mean", 4);
  EXPECT_EQ(loaded->set_input(EValue(int64_t(8)), 0), Error::InvalidArgument);
  EXPECT_SENTENCE("got 8, but the program was exported for 7");
  EXPECT_EQ(loaded->set_input(EValue(false), 1), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_input(EValue(0.51), 2), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_input(EValue(1.0 / 0.0), 2), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_input(EValue(0.0), 3), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_input(EValue(&mean), 4), Error::InvalidArgument);
  EXPECT_EQ(loaded->set_input(EValue(true), 5), Error::InvalidArgument);
  ASSERT_EQ(
      loaded->set_inputs(std::vector<EValue>{EValue(int64_t(7)), EValue(true), EValue(0.50001),
                                             EValue(std::nan("")), EValue(&sum), EValue()}),
      Error::Ok)
      << last_error_message();
  ASSERT_EQ(loaded->execute(), Error::Ok);
  EXPECT_EQ(loaded->get_output(0).toInt(), 7);
  EXPECT_EQ(loaded->get_output(1).toString(), "sum");
}

TEST(MethodTest, ListsReferToOtherValues) {
  ProgramWriter writer;
  // Lists may come before their elements.
  const int ints = writer.add_int_list({4, 5, 4});
  const int tensors = writer.add_tensor_list({6, 6});
  const int optionals = writer.add_optional_tensor_list({-1, 6, 7});
  const int doubles = writer.add_double_list({0.5, 1.5});
  writer.add_int(10);
  const int counter = writer.add_int(20);
  const int t = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
  writer.add_null();
  const int bools = writer.add_bool_list({1, 0, 1});
  const int empty = writer.add_int_list({});
  ASSERT_EQ(t, 6);
  writer.call("test::increment", "", {counter, counter});
  writer.end_method("forward", {}, {ints, tensors, optionals, doubles, bools, empty});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
  const auto int_list = loaded->get_output(0).toIntList();
  EXPECT_EQ((std::vector<int64_t>{int_list.begin(), int_list.end()}),
            (std::vector<int64_t>{10, 21, 10}));
  EXPECT_EQ(loaded->get_output(1).toTensorList().size(), 2u);
  EXPECT_EQ(loaded->get_output(1).toTensorList()[1].dim(), 1);
  const auto optional_list = loaded->get_output(2).toListOptionalTensor();
  ASSERT_EQ(optional_list.size(), 3u);
  EXPECT_FALSE(optional_list[0].has_value());
  EXPECT_TRUE(optional_list[1].has_value());
  EXPECT_FALSE(optional_list[2].has_value());
  EXPECT_EQ(loaded->get_output(3).toDoubleList()[1], 1.5);
  EXPECT_EQ(loaded->get_output(4).toBoolList()[1], false);
  EXPECT_TRUE(loaded->get_output(5).toIntList().empty());
}

/// i = 0; do { i += 1; } while (!(limit < i)), then a move and a free.
std::vector<uint8_t> loop_program(int64_t limit) {
  ProgramWriter writer;
  const int i = writer.add_int(0);
  const int bound = writer.add_int(limit);
  const int done = writer.add_bool(false);
  const int result = writer.add_int(-1);
  const int t = writer.add_tensor({{1}, fb::ScalarType::FLOAT, 0});
  writer.call("test::increment", "", {i, i});
  writer.call("test::less", "", {bound, i, done});
  writer.jump_false(done, 0);
  writer.end_chain();
  writer.end_chain();  // An empty chain.
  writer.move(i, result);
  writer.free(t);
  writer.end_method("forward", {}, {result, t});
  return writer.finish();
}

TEST(MethodTest, ControlFlow) {
  Loaded loaded(loop_program(3));
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
  EXPECT_EQ(loaded->get_output(0).toInt(), 4);
  EXPECT_EQ(loaded->get_output(1).toTensor().const_data_ptr(), nullptr);
}

TEST(MethodTest, EndlessLoopIsStopped) {
  ProgramWriter writer;
  const int no = writer.add_bool(false);
  writer.jump_false(no, 0);
  writer.end_method("forward", {}, {no});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::InvalidProgram);
  EXPECT_SENTENCE("10000000 instructions");
}

TEST(MethodTest, ConditionsAreCheckedWhenTheyAreUsed) {
  ProgramWriter writer;
  const int number = writer.add_int(1);
  writer.jump_false(number, 1);
  writer.end_method("forward", {}, {number});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::InvalidProgram);
  EXPECT_SENTENCE("neither a bool nor a tensor");
}

TEST(MethodTest, TensorConditionJumpsIfAnyElementIsFalse) {
  for (bool second : {true, false}) {
    ProgramWriter writer;
    const uint32_t constant = writer.add_constant({1, second});
    const int condition = writer.add_tensor({{2}, fb::ScalarType::BOOL, -1, 1, constant});
    const int counter = writer.add_int(0);
    writer.jump_false(condition, -5);  // Beyond the end.
    writer.call("test::increment", "", {counter, counter});
    writer.end_method("forward", {}, {counter});
    Loaded loaded(writer.finish(), nullptr, Program::Verification::Minimal);
    ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
    ASSERT_EQ(loaded->execute(), Error::Ok);
    EXPECT_EQ(loaded->get_output(0).toInt(), second ? 1 : 0);
  }
}

TEST(MethodTest, StepByStep) {
  Loaded loaded(loop_program(0));
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_FALSE(loaded->in_progress());
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(loaded->step(), Error::Ok) << i;
    EXPECT_TRUE(loaded->in_progress());
    if (i < 4) {
      EXPECT_EQ(loaded->execute(), Error::InvalidState);
      EXPECT_EQ(loaded->reset_execution(), Error::InvalidState);
    }
  }
  EXPECT_EQ(loaded->step(), Error::EndOfMethod);
  EXPECT_EQ(loaded->get_output(0).toInt(), 1);
  ASSERT_EQ(loaded->reset_execution(), Error::Ok);
  EXPECT_FALSE(loaded->in_progress());
  EXPECT_EQ(loaded->step(), Error::Ok);
}

TEST(MethodTest, FailureOfAKernelNamesOperatorAndPlace) {
  ProgramWriter writer;
  const int x = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
  const int y = writer.add_tensor({{3}, fb::ScalarType::FLOAT, 16});
  const int counter = writer.add_int(0);
  writer.call("test::increment", "", {counter, counter});
  writer.call("test::add", "out", {x, y, x, x});
  writer.end_method("forward", {}, {counter});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::InvalidArgument);
  EXPECT_STREQ(last_error_message(),
               "test::add.out in instruction 1 of method 'forward': expected float tensors of one "
               "shape");
  // The next run begins at the start.
  EXPECT_EQ(loaded->execute(), Error::InvalidArgument);
  EXPECT_EQ(loaded->get_output(0).toInt(), 2);
}

TEST(MethodTest, SilentFailureOfAKernelIsReported) {
  ProgramWriter writer;
  writer.add_int(0);
  writer.call("test::fail", "", {});
  writer.end_method("forward", {}, {});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::NotSupported);
  EXPECT_STREQ(last_error_message(),
               "test::fail in instruction 0 of method 'forward': Error::NotSupported");
}

TEST(MethodTest, AllMissingOperatorsAreListed) {
  ProgramWriter writer;
  const int x = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
  const int y = writer.add_tensor({{2}, fb::ScalarType::LONG, 16});
  writer.call("no::such", "out", {x, y});
  writer.call("test::add", "out", {x, x, x, x});
  writer.call("no::other", "", {});
  writer.call("no::such", "out", {x, y});
  writer.end_method("forward", {}, {x});
  Loaded loaded(writer.finish());
  EXPECT_EQ(loaded.error(), Error::OperatorMissing);
  EXPECT_STREQ(last_error_message(),
               "2 operators without a kernel: no::such.out(Float, Long), no::other()");
}

TEST(MethodTest, FirstErrorWinsOverMissingOperators) {
  ProgramWriter writer;
  writer.call("no::such", "", {});
  writer.call(std::string(120, 'x').c_str(), "", {});
  writer.end_method("forward", {}, {});
  Loaded loaded(writer.finish());
  EXPECT_EQ(loaded.error(), Error::Internal);
}

TEST(MethodTest, EachCallGetsTheKernelForItsTensors) {
  constexpr auto for_float = [](KernelRuntimeContext&, Span<EValue*> args) {
    *args[1] = EValue(int64_t{6});
  };
  constexpr auto for_any = [](KernelRuntimeContext&, Span<EValue*> args) {
    *args[1] = EValue(int64_t{1});
  };
  const Kernel kernels[] = {Kernel("test::kind.out", KernelKey("v1/6;0"), for_float),
                            Kernel("test::kind.out", for_any)};
  ProgramWriter writer;
  const int of_float = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
  const int of_long = writer.add_tensor({{2}, fb::ScalarType::LONG, 16});
  const int results[] = {writer.add_int(0), writer.add_int(0), writer.add_int(0)};
  writer.call("test::kind", "out", {of_long, results[0]});
  writer.call_index(0, {of_float, results[1]});
  writer.call_index(0, {of_long, results[2]});
  writer.end_method("forward", {}, {results[0], results[1], results[2]});
  MemoryLoader loader(writer.finish());
  const Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  const auto load = [&](MethodMemory& memory, Span<const Kernel> of) {
    return program->load_method("forward", memory.manager(), nullptr, nullptr, nullptr, of);
  };

  MethodMemory memory(*program->method_meta("forward"));
  Result<Method> method = load(memory, kernels);
  ASSERT_TRUE(method.ok()) << last_error_message();
  ASSERT_EQ(method->execute(), Error::Ok);
  EXPECT_EQ(method->get_output(0).toInt(), 1);
  EXPECT_EQ(method->get_output(1).toInt(), 6);
  EXPECT_EQ(method->get_output(2).toInt(), 1);

  // Without a kernel for all other types.
  MethodMemory more_memory(*program->method_meta("forward"));
  EXPECT_EQ(load(more_memory, {kernels, 1}).error(), Error::OperatorMissing);
  EXPECT_STREQ(last_error_message(), "1 operator without a kernel: test::kind.out(Long)");
}

TEST(MethodTest, ScratchMemoryComesFromThePlatformAndIsGivenBack) {
  ProgramWriter writer;
  const int size = writer.add_int(1000);
  writer.call("test::scratch", "", {size});
  writer.call("test::scratch", "", {size});
  writer.end_method("forward", {}, {size});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::Ok) << last_error_message();
}

TEST(MethodTest, CallersScratchMemoryIsResetAfterEachInstruction) {
  ProgramWriter writer;
  const int size = writer.add_int(100);
  writer.call("test::scratch", "", {size});
  writer.call("test::scratch", "", {size});
  writer.end_method("forward", {}, {size});
  MemoryLoader loader(writer.finish());
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  MethodMemory memory(*program->method_meta("forward"));
  uint8_t pool[128];
  MemoryAllocator temp(sizeof(pool), pool);
  MemoryManager manager(&memory.method_allocator(), nullptr, &temp);
  Result<Method> method =
      program->load_method("forward", &manager, nullptr, nullptr, nullptr, test_kernels());
  ASSERT_TRUE(method.ok()) << last_error_message();
  EXPECT_EQ(method->execute(), Error::Ok) << last_error_message();
  EXPECT_EQ(temp.used_size(), 0u);
}

TEST(MethodTest, InitialValuesAndAttributes) {
  ProgramWriter writer;
  const uint32_t initial = writer.add_initial_value(bytes_of<float>({5, 6}));
  ProgramWriter::TensorSpec state;
  state.sizes = {2};
  state.offset = 0;
  state.data_buffer_idx = initial;
  state.name = "state";
  const int s = writer.add_tensor(state);
  writer.call("test::add", "out", {s, s, s, s});
  writer.end_method("forward", {}, {s});
  Loaded loaded(writer.finish());
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  auto attribute = loaded->get_attribute("state");
  ASSERT_TRUE(attribute.ok());
  EXPECT_EQ(attribute->const_data_ptr<float>()[1], 6);
  EXPECT_EQ(loaded->get_attribute("stat").error(), Error::NotFound);
  // The state persists between runs.
  ASSERT_EQ(loaded->execute(), Error::Ok);
  ASSERT_EQ(loaded->execute(), Error::Ok);
  EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{20, 24}));
  EXPECT_EQ(loaded->method_meta().num_attributes(), 1u);
}

TEST(MethodTest, InlineConstantsOfOldFiles) {
  ProgramWriter writer;
  flatbuffers::FlatBufferBuilder& fbb = writer.fbb;
  const std::vector<float> values = {3, 4};
  fbb.ForceVectorAlignment(8, 1, 16);
  const auto storage =
      fbb.CreateVector(reinterpret_cast<const uint8_t*>(values.data()), values.size() * 4);
  const std::vector<Offset<fb::Buffer>> buffers = {fb::CreateBuffer(fbb),
                                                   fb::CreateBuffer(fbb, storage)};
  const int c = writer.add_tensor({{2}, fb::ScalarType::FLOAT, -1, 1, 1});
  writer.end_method("forward", {}, {c});
  fb::FinishProgramBuffer(
      fbb, fb::CreateProgram(fbb, 0, fbb.CreateVector(writer.plans), fbb.CreateVector(buffers)));
  Loaded loaded({fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize()});
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  EXPECT_EQ(values_of(loaded->get_output(0)), values);
}

// ---- Other devices ----

/// Its copies multiply floats, which shows them.
class TenfoldDevice final : public DeviceAllocator {
 public:
  Result<void*> allocate(size_t, etensor::DeviceIndex, size_t) override {
    return Error::MemoryAllocationFailed;
  }
  void deallocate(void*, etensor::DeviceIndex) override {}
  Error copy_host_to_device(void* dst, const void* src, size_t nbytes,
                            etensor::DeviceIndex) override {
    return copy(dst, src, nbytes, 10);
  }
  Error copy_device_to_host(void* dst, const void* src, size_t nbytes,
                            etensor::DeviceIndex) override {
    return copy(dst, src, nbytes, 0.1f);
  }
  etensor::DeviceType device_type() const override { return etensor::DeviceType::CUDA; }

 private:
  static Error copy(void* dst, const void* src, size_t nbytes, float factor) {
    for (size_t i = 0; i < nbytes / sizeof(float); ++i) {
      static_cast<float*>(dst)[i] = static_cast<const float*>(src)[i] * factor;
    }
    return Error::Ok;
  }
};

TEST(MethodTest, DevicesGetInitialValuesAndInputs) {
  ProgramWriter writer;
  ProgramWriter::TensorSpec spec{{2}, fb::ScalarType::FLOAT, 0};
  spec.device_type = fb::DeviceType::CUDA;
  const int x = writer.add_tensor(spec);
  spec.offset = 16;
  spec.data_buffer_idx = writer.add_initial_value(bytes_of<float>({3, 4}));
  const int state = writer.add_tensor(spec);
  const int y = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 32});
  const int out = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 48});
  const int sum = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 64});
  writer.call("test::add", "out", {x, state, out, out});
  writer.call_index(0, {out, y, sum, sum});
  writer.end_method("forward", {x, y}, {sum});
  const std::vector<uint8_t> file = writer.finish();
  EXPECT_EQ(Loaded(file).error(), Error::NotSupported);
  EXPECT_SENTENCE("on a device of type 1, for which there is no allocator");

  static TenfoldDevice device;
  register_device_allocator(&device);
  Loaded loaded(file);
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  Floats on_cpu = floats({2}, {1, 2});
  TensorImpl on_device(ScalarType::Float, 1, on_cpu.sizes.data(), on_cpu.values.data(),
                       on_cpu.dim_order.data(), on_cpu.strides.data(), TensorShapeDynamism::STATIC,
                       etensor::DeviceType::CUDA);
  ASSERT_EQ(loaded->set_input(on_cpu.tensor(), 0), Error::Ok) << last_error_message();
  ASSERT_EQ(loaded->set_input(Tensor(&on_device), 1), Error::Ok) << last_error_message();
  ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
  const std::vector<float> result = values_of(loaded->get_output(0));
  EXPECT_FLOAT_EQ(result[0], 10 + 30 + 0.1f);
  EXPECT_FLOAT_EQ(result[1], 20 + 40 + 0.2f);
  // From device to device, an allocator cannot copy.
  EXPECT_EQ(loaded->set_input(Tensor(&on_device), 0), Error::NotSupported);
  register_device_allocator(nullptr);
}

// ---- External data ----

/// One blob, with or without a layout.
class OneTensorMap final : public NamedDataMap {
 public:
  OneTensorMap(const char* key, std::vector<int32_t> sizes, std::vector<float> values)
      : key_(key), sizes_(std::move(sizes)), values_(std::move(values)) {}

  Result<const TensorLayout> get_tensor_layout(std::string_view key) const override {
    if (key != key_) {
      return Error::NotFound;
    }
    auto layout = TensorLayout::create({sizes_.data(), sizes_.size()}, {dim_order_, sizes_.size()},
                                       ScalarType::Float);
    return *layout;
  }
  Result<FreeableBuffer> get_data(std::string_view key) const override {
    if (key != key_) {
      return Error::NotFound;
    }
    ++num_loads;
    return FreeableBuffer(values_.data(), values_.size() * sizeof(float), nullptr);
  }
  Error load_data_into(std::string_view key, void* buffer, size_t size) const override {
    if (key != key_ || size != values_.size() * sizeof(float)) {
      return Error::NotFound;
    }
    memcpy(buffer, values_.data(), size);
    return Error::Ok;
  }
  Result<uint32_t> get_num_keys() const override { return 1u; }
  Result<const char*> get_key(uint32_t) const override { return key_.c_str(); }

  mutable int num_loads = 0;

 private:
  std::string key_;
  std::vector<int32_t> sizes_;
  uint8_t dim_order_[4] = {0, 1, 2, 3};
  std::vector<float> values_;
};

std::vector<uint8_t> external_program(bool planned) {
  ProgramWriter writer;
  ProgramWriter::TensorSpec weight;
  weight.sizes = {2};
  weight.name = "weight";
  weight.external = true;
  weight.offset = planned ? 32 : -1;
  const int a = writer.add_tensor(weight);
  const int b = planned ? a : writer.add_tensor(weight);
  const int out = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
  writer.call("test::add", "out", {a, b, out, out});
  writer.end_method("forward", {}, {out});
  return writer.finish();
}

TEST(MethodTest, ExternalConstantsAreLoadedOncePerKey) {
  OneTensorMap map("weight", {2}, {1, 2});
  Loaded loaded(external_program(false), &map);
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  EXPECT_EQ(map.num_loads, 1);
  ASSERT_EQ(loaded->execute(), Error::Ok);
  EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{2, 4}));
}

TEST(MethodTest, ExternalMutableDataIsCopied) {
  OneTensorMap map("weight", {2}, {1, 2});
  Loaded loaded(external_program(true), &map);
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  EXPECT_EQ(map.num_loads, 0);
  ASSERT_EQ(loaded->execute(), Error::Ok);
  EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{2, 4}));
}

TEST(MethodTest, ExternalDataThatDoesNotFitIsRefused) {
  EXPECT_EQ(Loaded(external_program(false)).error(), Error::InvalidState);
  EXPECT_EQ(Loaded(external_program(true)).error(), Error::InvalidExternalData);
  OneTensorMap other("bias", {2}, {1, 2});
  EXPECT_EQ(Loaded(external_program(false), &other).error(), Error::NotFound);
  EXPECT_EQ(Loaded(external_program(true), &other).error(), Error::NotFound);
  OneTensorMap longer("weight", {3}, {1, 2, 3});
  EXPECT_EQ(Loaded(external_program(false), &longer).error(), Error::InvalidExternalData);
  EXPECT_SENTENCE("'weight' has size 3 in dimension 0, the program expects 2");
  OneTensorMap flat("weight", {2, 1}, {1, 2});
  EXPECT_EQ(Loaded(external_program(true), &flat).error(), Error::InvalidExternalData);
  // The layout promises more than there is.
  OneTensorMap lying("weight", {2}, {1});
  EXPECT_EQ(Loaded(external_program(false), &lying).error(), Error::InvalidExternalData);
}

// ---- Delegates ----

/// Doubles its input; records what it is given.
class DoublingBackend final : public BackendInterface {
 public:
  bool is_available() const override { return available; }

  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer* processed,
                               ArrayRef<CompileSpec> specs) const override {
    ET_CHECK_OR_RETURN_ERROR(!fail_init, DelegateInvalidCompatibility, "made for another chip");
    payload.assign(static_cast<const char*>(processed->data()), processed->size());
    num_specs = specs.size();
    spec_key = specs[0].key;
    spec_bytes = specs[0].value.nbytes;
    const auto option = context.get_runtime_spec<int>("level");
    level = option.ok() ? *option : -1;
    named_data.clear();
    if (context.get_named_data_map() != nullptr) {
      const auto data = context.get_named_data_map()->get_data("blob");
      if (data.ok()) {
        named_data.assign(static_cast<const char*>(data->data()), data->size());
      }
    }
    processed->Free();
    ++live;
    return static_cast<DelegateHandle*>(&live);
  }

  Error execute(BackendExecutionContext& context, DelegateHandle* handle,
                Span<EValue*> args) const override {
    ET_CHECK_OR_RETURN_ERROR(
        handle == &live && args.size() == 2 && args[0]->isTensor() && args[1]->isTensor(),
        InvalidArgument, "bad arguments");
    ET_CHECK_OR_RETURN_ERROR(!fail_execute, Internal, "overheated");
    ET_CHECK_OR_RETURN_ERROR(context.allocate(64) != nullptr, MemoryAllocationFailed, "no scratch");
    const Tensor& in = args[0]->toTensor();
    const Tensor& out = args[1]->toTensor();
    for (ssize_t i = 0; i < in.numel(); ++i) {
      out.mutable_data_ptr<float>()[i] = 2 * in.const_data_ptr<float>()[i];
    }
    return Error::Ok;
  }

  void destroy(DelegateHandle* handle) const override {
    ASSERT_EQ(handle, &live);
    --live;
  }

  bool available = true;
  bool fail_init = false;
  bool fail_execute = false;
  mutable int live = 0;
  mutable int level = 0;
  mutable std::string payload, named_data, spec_key;
  mutable size_t num_specs = 0, spec_bytes = 0;
};

class DelegateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    static DoublingBackend instance;
    backend = &instance;
    ASSERT_EQ(register_backend({"DoublingBackend", backend}), Error::Ok);
    backend->available = true;
    backend->fail_init = backend->fail_execute = false;
    ASSERT_EQ(backend->live, 0);
  }

  static std::vector<uint8_t> program(bool in_segment, int num_delegates = 1) {
    ProgramWriter writer;
    const int x = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
    const int y = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 16});
    for (int i = 0; i < num_delegates; ++i) {
      writer.add_delegate("DoublingBackend", "payload", in_segment);
    }
    writer.add_named_data("blob", {'d', 'a', 't', 'a'});
    writer.call_delegate(0, {x, y});
    writer.end_method("forward", {x}, {y});
    return writer.finish();
  }

  DoublingBackend* backend;
};

TEST_F(DelegateTest, Runs) {
  for (bool in_segment : {false, true}) {
    MemoryLoader* loader = nullptr;
    {
      Loaded loaded(program(in_segment));
      ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
      loader = &loaded.loader;
      EXPECT_EQ(backend->payload, "payload");
      EXPECT_EQ(backend->spec_key, "spec");
      EXPECT_EQ(backend->spec_bytes, 3u);
      EXPECT_EQ(backend->named_data, "data");
      EXPECT_EQ(backend->live, 1);
      Floats x = floats({2}, {3, 4});
      ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok);
      ASSERT_EQ(loaded->execute(), Error::Ok) << last_error_message();
      EXPECT_EQ(values_of(loaded->get_output(0)), (std::vector<float>{6, 8}));
      // The backend has given its payload back; the program keeps its flatbuffer.
      EXPECT_EQ(loader->live_buffers, 1);
    }
    EXPECT_EQ(backend->live, 0);
  }
}

TEST_F(DelegateTest, ExternalDataComesBeforeTheProgramsOwn) {
  OneTensorMap map("blob", {1}, {0});
  Loaded loaded(program(true), &map);
  ASSERT_EQ(loaded.error(), Error::Ok) << last_error_message();
  EXPECT_EQ(backend->named_data, std::string(4, '\0'));
  EXPECT_EQ(map.num_loads, 1);
  OneTensorMap other("other", {1}, {0});
  Loaded second(program(true), &other);
  EXPECT_EQ(backend->named_data, "data");
}

TEST_F(DelegateTest, OptionsReachTheBackend) {
  MemoryLoader loader(program(true));
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  MethodMemory memory(*program->method_meta("forward"));
  BackendOptions<1> options;
  ASSERT_EQ(options.set_option("level", 3), Error::Ok);
  LoadBackendOptionsMap map;
  ASSERT_EQ(map.set_options("DoublingBackend", options.view()), Error::Ok);
  Result<Method> method = program->load_method("forward", memory.manager(), nullptr, nullptr, &map);
  ASSERT_TRUE(method.ok()) << last_error_message();
  EXPECT_EQ(backend->level, 3);
}

TEST_F(DelegateTest, FailuresAreReported) {
  backend->available = false;
  EXPECT_EQ(Loaded(program(true)).error(), Error::NotFound);
  EXPECT_SENTENCE("'DoublingBackend', which cannot run on this device");
  backend->available = true;
  backend->fail_init = true;
  EXPECT_EQ(Loaded(program(true)).error(), Error::DelegateInvalidCompatibility);
  EXPECT_SENTENCE("made for another chip");
  EXPECT_EQ(backend->live, 0);
  backend->fail_init = false;

  backend->fail_execute = true;
  Loaded loaded(program(true));
  ASSERT_EQ(loaded.error(), Error::Ok);
  Floats x = floats({2}, {3, 4});
  ASSERT_EQ(loaded->set_input(x.tensor(), 0), Error::Ok);
  EXPECT_EQ(loaded->execute(), Error::Internal);
  EXPECT_STREQ(last_error_message(),
               "DoublingBackend in instruction 0 of method 'forward': overheated");
}

TEST_F(DelegateTest, MissingBackendIsNamed) {
  ProgramWriter writer;
  writer.add_delegate("NoSuchBackend", "x", false);
  writer.call_delegate(0, {});
  writer.end_method("forward", {}, {});
  Loaded loaded(writer.finish());
  EXPECT_EQ(loaded.error(), Error::NotFound);
  EXPECT_SENTENCE("needs backend 'NoSuchBackend', which is not linked");
}

// ---- Memory and allocation failures ----

TEST_F(DelegateTest, EveryAllocationFailureIsAnError) {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant(bytes_of<float>({1, 2}));
  const int x = writer.add_tensor({{2}, fb::ScalarType::FLOAT, 0});
  ProgramWriter::TensorSpec dynamic{{2}, fb::ScalarType::FLOAT, 16};
  dynamic.dynamism = fb::TensorShapeDynamism::DYNAMIC_BOUND;
  const int y = writer.add_tensor(dynamic);
  const int c = writer.add_tensor({{2}, fb::ScalarType::FLOAT, -1, 1, constant});
  const int i = writer.add_int(1);
  writer.add_string("text");
  writer.add_int_list({i, i});
  writer.add_double_list({1});
  writer.add_bool_list({1});
  writer.add_tensor_list({x, y});
  writer.add_optional_tensor_list({x, -1});
  ProgramWriter::TensorSpec external{{2}};
  external.name = "weight";
  external.external = true;
  const int w = writer.add_tensor(external);
  writer.add_delegate("DoublingBackend", "payload", true);
  writer.add_delegate("DoublingBackend", "payload", true);
  writer.add_named_data("blob", {1, 2, 3});
  writer.call("test::add", "out", {x, c, y, y});
  writer.call("test::add", "out", {y, w, x, x});
  writer.call_delegate(1, {x, y});
  writer.jump_false(writer.add_bool(true), 0);
  writer.move(x, y);
  writer.end_method("forward", {}, {y});

  MemoryLoader loader(writer.finish());
  Result<Program> program = Program::load(&loader, Program::Verification::InternalConsistency);
  ASSERT_TRUE(program.ok()) << last_error_message();
  const int program_buffers = loader.live_buffers;
  OneTensorMap map("weight", {2}, {1, 2});
  size_t bytes = 0;
  int failures = 0;
  for (;; bytes += 8) {
    MethodMemory memory(*program->method_meta("forward"), bytes);
    Result<Method> method =
        program->load_method("forward", memory.manager(), nullptr, &map, nullptr, test_kernels());
    if (method.ok()) {
      EXPECT_EQ(method->execute(), Error::Ok) << last_error_message();
      break;
    }
    ASSERT_EQ(method.error(), Error::MemoryAllocationFailed) << bytes << last_error_message();
    ASSERT_STRNE(last_error_message(), "");
    ASSERT_EQ(backend->live, 0) << bytes;
    ASSERT_EQ(loader.live_buffers, program_buffers) << bytes;
    ++failures;
    ASSERT_LT(bytes, 16384u);
  }
  EXPECT_GT(failures, 100);
  EXPECT_EQ(backend->live, 0);
}

TEST_F(DelegateTest, EveryFailureOfTheLoaderIsAnError) {
  const std::vector<uint8_t> file = program(true, 2);
  // Head and flatbuffer; then, for each delegate, its payload and named data. The backend does
  // without its named data.
  for (const int64_t failing : {0, 1, 2, 3, 4, 5, 6}) {
    MemoryLoader loader(file);
    loader.loads_left = failing;
    const bool is_fatal = failing < 3 || failing == 4;
    {
      Result<Program> program = Program::load(&loader);
      if (program.ok()) {
        MethodMemory memory(*program->method_meta("forward"));
        const Result<Method> method = program->load_method("forward", memory.manager());
        EXPECT_EQ(method.error(), is_fatal ? Error::AccessFailed : Error::Ok) << failing;
      } else {
        EXPECT_EQ(program.error(), Error::AccessFailed);
        EXPECT_LT(failing, 2);
      }
    }
    EXPECT_EQ(loader.live_buffers, 0);
    EXPECT_EQ(backend->live, 0);
  }
}

TEST(MethodTest, MissingMemoryIsAnError) {
  MemoryLoader loader(add_constant_program());
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(program->load_method("forward", nullptr).error(), Error::InvalidArgument);
  MemoryManager nothing(nullptr);
  EXPECT_EQ(program->load_method("forward", &nothing).error(), Error::InvalidArgument);

  uint8_t pool[4096];
  MemoryAllocator allocator(sizeof(pool), pool);
  MemoryManager no_arenas(&allocator);
  EXPECT_EQ(program->load_method("forward", &no_arenas).error(), Error::InvalidState);
  HierarchicalAllocator empty({});
  MemoryManager none_given(&allocator, &empty);
  EXPECT_EQ(program->load_method("forward", &none_given).error(), Error::InvalidArgument);
  alignas(16) uint8_t small[20];
  Span<uint8_t> arenas[] = {{small, sizeof(small)}};
  HierarchicalAllocator too_small({arenas, 1});
  MemoryManager small_arena(&allocator, &too_small);
  EXPECT_EQ(program->load_method("forward", &small_arena).error(), Error::MemoryAllocationFailed);
  EXPECT_SENTENCE("has 20 bytes, but 32 are needed");
  alignas(16) uint8_t shifted[300];
  arenas[0] = {shifted + 1, 256};
  EXPECT_EQ(program->load_method("forward", &small_arena).error(), Error::InvalidProgram);
  EXPECT_SENTENCE("not aligned");
}

}  // namespace
