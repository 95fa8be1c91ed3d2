// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/devtools/bundled_program/bundled_program.h>

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstring>
#include <optional>

#include <executorch/devtools/bundled_program/schema/bundled_program_schema_generated.h>
#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/schema/flatbuffer_verifier.h>

namespace executorch {
namespace bundled_program {

namespace {

namespace fb = ::bundled_program_flatbuffer;

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using runtime::Error;
using runtime::EValue;
using runtime::Method;
using runtime::Result;

constexpr size_t kMaxRank = runtime::kTensorDimensionLimit;

// --- bundled_program_schema.fbs, described to the verifier ---------------------------------------

namespace tables {

using namespace runtime::flatbuffer;  // NOLINT: its names read as a schema.

enum TableIndex : uint8_t {
  kTensor,
  kInt,
  kBool,
  kDouble,
  kValue,
  kTestCase,
  kTestSuite,
  kProgram
};

constexpr Field kTensorFields[] = {scalar(1), vector(4), vector(1), vector(1)};
constexpr Field kIntFields[] = {scalar(8)};
constexpr Field kBoolFields[] = {scalar(1)};
constexpr Field kDoubleFields[] = {scalar(8)};
constexpr Field kValueFields[] = {scalar(1), union_value(0)};
constexpr Field kTestCaseFields[] = {table_vector(kValue), table_vector(kValue)};
constexpr Field kTestSuiteFields[] = {string(), table_vector(kTestCase)};
constexpr Field kProgramFields[] = {scalar(4), table_vector(kTestSuite), vector(1)};

constexpr auto kTables =
    make_tables(kTensorFields, kIntFields, kBoolFields, kDoubleFields, kValueFields,
                kTestCaseFields, kTestSuiteFields, kProgramFields);
constexpr uint8_t kValueUnion[] = {kTensor, kInt, kBool, kDouble};
constexpr Union kUnions[] = {kValueUnion};
constexpr Schema kSchema = {kTables.fields, kTables.ends, kUnions, kProgram, "BP08"};

}  // namespace tables

/// Vectors that are absent count as empty.
template <typename T>
uint32_t length(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

Result<const fb::BundledMethodTestCase*> find_test_case(const Method& method,
                                                        SerializedBundledProgram* file,
                                                        size_t testset_idx) {
  ET_CHECK_OR_RETURN_ERROR(file != nullptr && fb::BundledProgramBufferHasIdentifier(file),
                           NotSupported, "This is no bundled program");
  const char* name = method.method_meta().name();
  const auto* suites = fb::GetBundledProgram(file)->method_test_suites();
  for (uint32_t i = 0; i < length(suites); ++i) {
    const fb::BundledMethodTestSuite* suite = suites->Get(i);
    if (suite->method_name() == nullptr || std::strcmp(suite->method_name()->c_str(), name) != 0) {
      continue;
    }
    const auto* cases = suite->test_cases();
    ET_CHECK_OR_RETURN_ERROR(testset_idx < length(cases), InvalidArgument,
                             "Method %s has %" PRIu32 " test cases, none with index %zu", name,
                             length(cases), testset_idx);
    return cases->Get(static_cast<uint32_t>(testset_idx));
  }
  ET_CHECK_OR_RETURN_ERROR(false, InvalidArgument, "The bundled program has no tests of method %s",
                           name);
}

/// A tensor of the file. Its elements stay where they are.
class BundledTensor {
 public:
  Error init(const fb::Tensor& tensor) {
    const auto dtype = static_cast<ScalarType>(tensor.scalar_type());
    const size_t rank = length(tensor.sizes());
    ET_CHECK_OR_RETURN_ERROR(
        runtime::isValid(dtype) && rank <= kMaxRank &&
            (tensor.dim_order() == nullptr || tensor.dim_order()->size() == rank),
        InvalidProgram,
        "Bundled tensor of type %d and rank %zu, with %" PRIu32 " dimensions in its dim order",
        static_cast<int>(dtype), rank, length(tensor.dim_order()));
    size_t nbytes = runtime::elementSize(dtype);
    for (size_t i = 0; i < rank; ++i) {
      sizes_[i] = tensor.sizes()->Get(static_cast<uint32_t>(i));
      dim_order_[i] = tensor.dim_order() == nullptr
                          ? static_cast<uint8_t>(i)
                          : tensor.dim_order()->Get(static_cast<uint32_t>(i));
      ET_CHECK_OR_RETURN_ERROR(
          sizes_[i] >= 0 && (sizes_[i] == 0 || nbytes <= SIZE_MAX / static_cast<size_t>(sizes_[i])),
          InvalidProgram, "Bundled tensor: dimension %zu has size %d", i,
          static_cast<int>(sizes_[i]));
      nbytes *= static_cast<size_t>(sizes_[i]);
    }
    ET_CHECK_OK_OR_RETURN_ERROR(runtime::dim_order_to_stride(sizes_, dim_order_, rank, strides_),
                                "Bundled tensor: the dim order is not a permutation");
    const uint8_t* data = tensor.data() == nullptr ? nullptr : tensor.data()->data();
    ET_CHECK_OR_RETURN_ERROR(length(tensor.data()) == nbytes, InvalidProgram,
                             "Bundled tensor of %zu bytes has %" PRIu32 " bytes of data", nbytes,
                             length(tensor.data()));
    ET_CHECK_OR_RETURN_ERROR(
        reinterpret_cast<uintptr_t>(data) % std::min<size_t>(runtime::elementSize(dtype), 8) == 0,
        InvalidProgram, "Bundled tensor: data at %p is not aligned for %s",
        static_cast<const void*>(data), runtime::toString(dtype));
    // Nobody writes to it: as an input it is read, as an expected output compared.
    impl_.emplace(dtype, static_cast<ssize_t>(rank), sizes_, const_cast<uint8_t*>(data), dim_order_,
                  strides_);
    return Error::Ok;
  }

  Tensor tensor() { return Tensor(&*impl_); }

 private:
  executorch::aten::SizesType sizes_[kMaxRank];
  executorch::aten::DimOrderType dim_order_[kMaxRank];
  executorch::aten::StridesType strides_[kMaxRank];
  std::optional<TensorImpl> impl_;
};

/// A value of the file. A tensor refers to `storage`.
Result<EValue> read_value(const fb::Value& value, BundledTensor& storage) {
  ET_CHECK_OR_RETURN_ERROR(value.val() != nullptr, InvalidProgram, "Bundled value without content");
  switch (value.val_type()) {
    case fb::ValueUnion::Tensor:
      ET_CHECK_OK_OR_RETURN_ERROR(storage.init(*value.val_as_Tensor()));
      return EValue(storage.tensor());
    case fb::ValueUnion::Int:
      return EValue(value.val_as_Int()->int_val());
    case fb::ValueUnion::Double:
      return EValue(value.val_as_Double()->double_val());
    case fb::ValueUnion::Bool:
      return EValue(value.val_as_Bool()->bool_val());
    default:
      ET_CHECK_OR_RETURN_ERROR(false, NotSupported, "Bundled value of kind %d",
                               static_cast<int>(value.val_type()));
  }
}

/// Whether a and b have their elements at the same places. Strides of dimensions of one element do
/// not matter.
bool have_same_layout(const Tensor& a, const Tensor& b) {
  for (ssize_t i = 0; i < a.dim(); ++i) {
    if (a.size(i) > 1 && a.strides()[i] != b.strides()[i]) {
      return false;
    }
  }
  return true;
}

template <typename T>
bool is_close(T a, T b, double rtol, double atol) {
  if (std::isnan(static_cast<double>(a)) || std::isnan(static_cast<double>(b))) {
    return std::isnan(static_cast<double>(a)) && std::isnan(static_cast<double>(b));
  }
  if (a == b) {
    return true;
  }
  if (!std::isfinite(static_cast<double>(a)) || !std::isfinite(static_cast<double>(b))) {
    return false;
  }
  return std::abs(static_cast<double>(a) - static_cast<double>(b)) <=
         atol + std::abs(rtol * static_cast<double>(b));
}

/// NotFound, naming the first element that is too far off.
Error compare_tensors(const Tensor& actual, const Tensor& expected, size_t index, double rtol,
                      double atol) {
  ET_CHECK_OR_RETURN_ERROR(
      actual.scalar_type() == expected.scalar_type(), NotFound, "Output %zu: expected %s, got %s",
      index, runtime::toString(expected.scalar_type()), runtime::toString(actual.scalar_type()));
  ET_CHECK_OR_RETURN_ERROR(
      actual.dim() == expected.dim(), NotFound, "Output %zu: expected rank %zd, got %zd", index,
      static_cast<ssize_t>(expected.dim()), static_cast<ssize_t>(actual.dim()));
  for (ssize_t i = 0; i < actual.dim(); ++i) {
    ET_CHECK_OR_RETURN_ERROR(actual.size(i) == expected.size(i), NotFound,
                             "Output %zu: expected size %zd in dimension %zd, got %zd", index,
                             static_cast<ssize_t>(expected.size(i)), i,
                             static_cast<ssize_t>(actual.size(i)));
  }
  ET_CHECK_OR_RETURN_ERROR(have_same_layout(actual, expected), NotFound,
                           "Output %zu: the dim order is not the expected one", index);
  const ScalarType dtype = actual.scalar_type();
  const ssize_t n = actual.numel();
  if (runtime::isFloatingType(dtype)) {
    Error error = Error::Ok;
    runtime::KernelRuntimeContext context;
    ET_SWITCH_FLOATHBF16_TYPES(dtype, context, "verify_method_outputs", CTYPE, [&] {
      const CTYPE* a = actual.const_data_ptr<CTYPE>();
      const CTYPE* b = expected.const_data_ptr<CTYPE>();
      for (ssize_t i = 0; i < n && error == Error::Ok; ++i) {
        if (!is_close(a[i], b[i], rtol, atol)) {
          error = Error::NotFound;
          ET_REPORT_ERROR("Output %zu: element %zd is %g, expected %g", index, i,
                          static_cast<double>(a[i]), static_cast<double>(b[i]));
        }
      }
    });
    return error;
  }
  ET_CHECK_OR_RETURN_ERROR(
      n == 0 ||
          std::memcmp(actual.const_data_ptr(), expected.const_data_ptr(), actual.nbytes()) == 0,
      NotFound, "Output %zu: the elements differ from the expected ones", index);
  return Error::Ok;
}

/// An integer, double or Bool as double.
double to_number(const EValue& value) {
  return value.isInt()      ? static_cast<double>(value.toInt())
         : value.isDouble() ? value.toDouble()
                            : static_cast<double>(value.toBool());
}

/// Calls f(index, actual output, expected output), two values of one kind, for each output of a
/// test case until it returns an error.
template <typename F>
Error for_each_output(Method& method, SerializedBundledProgram* file, size_t testset_idx,
                      const F& f) {
  const auto test_case = find_test_case(method, file, testset_idx);
  ET_CHECK_OK_OR_RETURN_ERROR(test_case.error());
  const auto* expected = (*test_case)->expected_outputs();
  ET_CHECK_OR_RETURN_ERROR(length(expected) > 0, NotSupported,
                           "Test case %zu has no expected outputs", testset_idx);
  ET_CHECK_OR_RETURN_ERROR(length(expected) == method.outputs_size(), NotFound,
                           "Test case %zu expects %" PRIu32 " outputs, the method has %zu",
                           testset_idx, length(expected), method.outputs_size());
  for (uint32_t i = 0; i < expected->size(); ++i) {
    BundledTensor storage;
    const Result<EValue> value = read_value(*expected->Get(i), storage);
    ET_CHECK_OK_OR_RETURN_ERROR(value.error());
    const EValue& actual = method.get_output(i);
    ET_CHECK_OR_RETURN_ERROR(actual.tag == value->tag, NotFound,
                             "Output %" PRIu32 ": expected kind %d, got %d", i,
                             static_cast<int>(value->tag), static_cast<int>(actual.tag));
    ET_CHECK_OK_OR_RETURN_ERROR(f(i, actual, *value));
  }
  return Error::Ok;
}

/// Running sums of ErrorStats.
struct Errors {
  void add(double actual, double expected) {
    const double error = std::abs(actual - expected);
    abs_sum += error;
    max_abs = std::max(max_abs, error);
    ++count;
    if (expected != 0) {
      const double relative = error / std::abs(expected);
      relative_sum += relative;
      max_relative = std::max(max_relative, relative);
      ++relative_count;
    }
  }

  double abs_sum = 0;
  double max_abs = 0;
  double relative_sum = 0;
  double max_relative = 0;
  size_t count = 0;
  size_t relative_count = 0;
};

}  // namespace

Error load_bundled_input(Method& method, SerializedBundledProgram* bundled_program_ptr,
                         size_t testset_idx) {
  const auto test_case = find_test_case(method, bundled_program_ptr, testset_idx);
  ET_CHECK_OK_OR_RETURN_ERROR(test_case.error());
  const auto* inputs = (*test_case)->inputs();
  ET_CHECK_OR_RETURN_ERROR(length(inputs) == method.inputs_size(), InvalidArgument,
                           "Test case %zu has %" PRIu32 " inputs, the method takes %zu",
                           testset_idx, length(inputs), method.inputs_size());
  for (uint32_t i = 0; i < length(inputs); ++i) {
    BundledTensor storage;
    const Result<EValue> input = read_value(*inputs->Get(i), storage);
    ET_CHECK_OK_OR_RETURN_ERROR(input.error());
    if (method.set_input(*input, i) != Error::Ok) {
      return Error::NotSupported;  // With the sentence of set_input().
    }
  }
  runtime::internal::event_tracer_set_bundled_input_index(method.get_event_tracer(),
                                                          static_cast<int>(testset_idx));
  return Error::Ok;
}

Error verify_method_outputs(Method& method, SerializedBundledProgram* bundled_program_ptr,
                            size_t testset_idx, double rtol, double atol) {
  return for_each_output(
      method, bundled_program_ptr, testset_idx,
      [&](size_t i, const EValue& actual, const EValue& expected) {
        if (expected.isTensor()) {
          return compare_tensors(actual.toTensor(), expected.toTensor(), i, rtol, atol);
        }
        const double a = to_number(actual);
        const double b = to_number(expected);
        ET_CHECK_OR_RETURN_ERROR(expected.isDouble() ? is_close(a, b, rtol, atol) : a == b,
                                 NotFound, "Output %zu: expected the number %g, got %g", i, b, a);
        return Error::Ok;
      });
}

ErrorStats compute_method_output_error_stats(Method& method,
                                             SerializedBundledProgram* bundled_program_ptr,
                                             size_t testset_idx) {
  Errors errors;
  const Error status = for_each_output(
      method, bundled_program_ptr, testset_idx,
      [&](size_t i, const EValue& actual, const EValue& expected) {
        if (!expected.isTensor()) {
          errors.add(to_number(actual), to_number(expected));
          return Error::Ok;
        }
        const Tensor& a = actual.toTensor();
        const Tensor& b = expected.toTensor();
        const ScalarType dtype = b.scalar_type();
        ET_CHECK_OR_RETURN_ERROR(a.scalar_type() == dtype && a.numel() == b.numel(), NotFound,
                                 "Output %zu: expected %zd elements of %s, got %zd of %s", i,
                                 static_cast<ssize_t>(b.numel()), runtime::toString(dtype),
                                 static_cast<ssize_t>(a.numel()),
                                 runtime::toString(a.scalar_type()));
        ET_CHECK_OR_RETURN_ERROR(runtime::isRealHBBF16Type(dtype), NotSupported,
                                 "Output %zu: no statistics over elements of %s", i,
                                 runtime::toString(dtype));
        runtime::KernelRuntimeContext context;
        ET_SWITCH_REALHBBF16_TYPES(dtype, context, "error_stats", CTYPE, [&] {
          const CTYPE* actual_data = a.const_data_ptr<CTYPE>();
          const CTYPE* expected_data = b.const_data_ptr<CTYPE>();
          for (ssize_t j = 0; j < b.numel(); ++j) {
            errors.add(static_cast<double>(actual_data[j]), static_cast<double>(expected_data[j]));
          }
        });
        return Error::Ok;
      });
  if (status != Error::Ok) {
    return {status, 0, 0, 0, 0};
  }
  const auto mean = [](double sum, size_t count) {
    return count == 0 ? 0 : sum / static_cast<double>(count);
  };
  return {Error::Ok, mean(errors.abs_sum, errors.count), errors.max_abs,
          mean(errors.relative_sum, errors.relative_count), errors.max_relative};
}

Error get_program_data(void* file_data, size_t file_data_len, const void** out_program_data,
                       size_t* out_program_data_len) {
  ET_CHECK_OR_RETURN_ERROR(
      file_data != nullptr && out_program_data != nullptr && out_program_data_len != nullptr,
      InvalidArgument, "get_program_data: null argument");
  if (is_bundled_program(file_data, file_data_len)) {
    ET_CHECK_OR_RETURN_ERROR(reinterpret_cast<uintptr_t>(file_data) % 16 == 0, InvalidArgument,
                             "The bundled program at %p is not aligned to 16 bytes", file_data);
    ET_CHECK_OR_RETURN_ERROR(runtime::flatbuffer::verify(file_data, file_data_len, tables::kSchema),
                             InvalidProgram, "The bundled program of %zu bytes is damaged",
                             file_data_len);
    const auto* program = fb::GetBundledProgram(file_data)->program();
    ET_CHECK_OR_RETURN_ERROR(length(program) > 0, InvalidProgram,
                             "The bundled program holds no program");
    *out_program_data = program->data();
    *out_program_data_len = program->size();
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(runtime::Program::check_header(file_data, file_data_len) ==
                               runtime::Program::HeaderStatus::CompatibleVersion,
                           NotSupported, "Neither a program nor a bundled program");
  *out_program_data = file_data;
  *out_program_data_len = file_data_len;
  return Error::Ok;
}

bool is_bundled_program(void* file_data, size_t file_data_len) {
  return file_data != nullptr && file_data_len >= 8 &&
         fb::BundledProgramBufferHasIdentifier(file_data);
}

}  // namespace bundled_program
}  // namespace executorch
