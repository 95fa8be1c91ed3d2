// SPDX-License-Identifier: BSD-3-Clause
#include "expression_backend.h"

#include <cstdint>
#include <cstring>
#include <new>

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/core/last_error.h>

namespace example {
namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::ArrayRef;
using executorch::runtime::BackendExecutionContext;
using executorch::runtime::BackendInitContext;
using executorch::runtime::CompileSpec;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::NamedDataMap;
using executorch::runtime::Result;
using executorch::runtime::set_last_error;
using executorch::runtime::Span;

constexpr size_t kMaxValues = 64;
constexpr char kMagic[4] = {'E', 'X', 'P', '1'};

struct Counts {
  uint32_t inputs;
  uint32_t constants;
  uint32_t steps;
  uint32_t outputs;
};

enum Opcode : uint32_t { kAdd, kSub, kMul, kRelu, kNumOpcodes };

struct Step {
  uint32_t opcode;
  uint32_t left;
  uint32_t right;
};

// What init() prepares. It lies in the method's own memory; what it points to is in the payload.
struct Expression {
  Counts counts;
  const uint8_t* steps;
  const uint8_t* outputs;
  FreeableBuffer constants[kMaxValues];
  float slope;
};

uint32_t word(const uint8_t* data, size_t index) {
  uint32_t value;
  std::memcpy(&value, data + index * sizeof(value), sizeof(value));
  return value;
}

Step step_at(const Expression& expression, size_t index) {
  return {word(expression.steps, index * 3), word(expression.steps, index * 3 + 1),
          word(expression.steps, index * 3 + 2)};
}

// Everything in a file may be wrong, also what one's own compiler wrote.
Error parse(const uint8_t* data, size_t size, Expression* expression, const char** names,
            size_t* names_size) {
  if (size < sizeof(kMagic) + sizeof(Counts) || std::memcmp(data, kMagic, sizeof(kMagic)) != 0) {
    set_last_error("ExpressionBackend: the payload does not start with EXP1 and four counts");
    return Error::DelegateInvalidCompatibility;
  }
  std::memcpy(&expression->counts, data + sizeof(kMagic), sizeof(Counts));
  const Counts& counts = expression->counts;
  // Each is checked before they are added, so that the sum can't overflow.
  if (counts.inputs > kMaxValues || counts.constants > kMaxValues || counts.steps > kMaxValues ||
      counts.outputs > kMaxValues || counts.inputs + counts.constants + counts.steps > kMaxValues) {
    set_last_error("ExpressionBackend: the payload has more than %zu values", kMaxValues);
    return Error::DelegateInvalidCompatibility;
  }
  const size_t fixed = sizeof(kMagic) + sizeof(Counts) +
                       (3 * size_t{counts.steps} + counts.outputs) * sizeof(uint32_t);
  if (size < fixed) {
    set_last_error("ExpressionBackend: the payload has %zu bytes, but needs %zu", size, fixed);
    return Error::DelegateInvalidCompatibility;
  }
  expression->steps = data + sizeof(kMagic) + sizeof(Counts);
  expression->outputs = expression->steps + 3 * size_t{counts.steps} * sizeof(uint32_t);
  size_t values = size_t{counts.inputs} + counts.constants;
  for (size_t i = 0; i < counts.steps; ++i, ++values) {
    const Step step = step_at(*expression, i);
    if (step.opcode >= kNumOpcodes || step.left >= values || step.right >= values) {
      set_last_error("ExpressionBackend: step %zu of the payload is not valid", i);
      return Error::DelegateInvalidCompatibility;
    }
  }
  for (size_t i = 0; i < counts.outputs; ++i) {
    if (word(expression->outputs, i) >= values) {
      set_last_error("ExpressionBackend: output %zu of the payload is not valid", i);
      return Error::DelegateInvalidCompatibility;
    }
  }
  *names = reinterpret_cast<const char*>(data + fixed);
  *names_size = size - fixed;
  return Error::Ok;
}

Error load_constants(const NamedDataMap* data, const char* names, size_t names_size,
                     Expression* expression) {
  for (size_t i = 0; i < expression->counts.constants; ++i) {
    const void* end = std::memchr(names, 0, names_size);
    if (end == nullptr || data == nullptr) {
      set_last_error("ExpressionBackend: constant %zu has no name or there is no named data", i);
      return Error::DelegateInvalidCompatibility;
    }
    const size_t length = static_cast<size_t>(static_cast<const char*>(end) - names);
    Result<FreeableBuffer> buffer = data->get_data({names, length});
    if (!buffer.ok()) {
      return buffer.error();
    }
    new (&expression->constants[i]) FreeableBuffer(std::move(*buffer));
    names += length + 1;
    names_size -= length + 1;
  }
  return Error::Ok;
}

float slope_of(ArrayRef<CompileSpec> specs) {
  float slope = 0;
  for (const CompileSpec& spec : specs) {
    if (std::strcmp(spec.key, "slope") == 0 && spec.value.nbytes == sizeof(slope)) {
      std::memcpy(&slope, spec.value.buffer, sizeof(slope));
    }
  }
  return slope;
}

float apply(const Step& step, const float* values, float slope) {
  const float a = values[step.left];
  const float b = values[step.right];
  switch (step.opcode) {
    case kAdd:
      return a + b;
    case kSub:
      return a - b;
    case kMul:
      return a * b;
    default:
      return a > 0 ? a : a * slope;
  }
}

// The numbers of the first input decide the shape; all others must have it, and outputs get it.
Error check_arguments(const Expression& expression, Span<EValue*> args) {
  const Counts& counts = expression.counts;
  if (args.size() != size_t{counts.inputs} + counts.outputs || counts.inputs == 0) {
    set_last_error("ExpressionBackend: %zu arguments, expected %u inputs and %u outputs",
                   args.size(), counts.inputs, counts.outputs);
    return Error::InvalidArgument;
  }
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i]->isTensor() || args[i]->toTensor().scalar_type() != ScalarType::Float) {
      set_last_error("ExpressionBackend: argument %zu is not a float tensor", i);
      return Error::InvalidArgument;
    }
  }
  const Tensor first = args[0]->toTensor();
  for (size_t i = 1; i < args.size(); ++i) {
    Tensor tensor = args[i]->toTensor();
    if (i >= counts.inputs) {
      const Error error = executorch::runtime::resize_tensor(tensor, first.sizes());
      if (error != Error::Ok) {
        return error;
      }
    } else if (tensor.numel() != first.numel()) {
      set_last_error("ExpressionBackend: input %zu has %zd elements, input 0 has %zd", i,
                     static_cast<ssize_t>(tensor.numel()), static_cast<ssize_t>(first.numel()));
      return Error::InvalidArgument;
    }
  }
  const size_t nbytes = static_cast<size_t>(first.nbytes());
  for (size_t i = 0; i < counts.constants; ++i) {
    if (expression.constants[i].size() != nbytes) {
      set_last_error("ExpressionBackend: constant %zu has %zu bytes, the inputs have %zu", i,
                     expression.constants[i].size(), nbytes);
      return Error::InvalidArgument;
    }
  }
  return Error::Ok;
}

}  // namespace

Result<DelegateHandle*> ExpressionBackend::init(BackendInitContext& context,
                                                FreeableBuffer* processed,
                                                ArrayRef<CompileSpec> compile_specs) const {
  void* memory = context.get_runtime_allocator()->allocate(sizeof(Expression), alignof(Expression));
  if (memory == nullptr) {
    return Error::MemoryAllocationFailed;
  }
  Expression* expression = new (memory) Expression{};
  const char* names = nullptr;
  size_t names_size = 0;
  Error error = parse(static_cast<const uint8_t*>(processed->data()), processed->size(), expression,
                      &names, &names_size);
  if (error == Error::Ok) {
    error = load_constants(context.get_named_data_map(), names, names_size, expression);
  }
  if (error != Error::Ok) {
    destroy(expression);
    return error;
  }
  expression->slope = slope_of(compile_specs);
  return expression;
}

Error ExpressionBackend::execute(BackendExecutionContext&, DelegateHandle* handle,
                                 Span<EValue*> args) const {
  const Expression& expression = *static_cast<const Expression*>(handle);
  const Counts& counts = expression.counts;
  const Error error = check_arguments(expression, args);
  if (error != Error::Ok) {
    return error;
  }
  const size_t numel = static_cast<size_t>(args[0]->toTensor().numel());
  for (size_t element = 0; element < numel; ++element) {
    float values[kMaxValues];
    size_t count = 0;
    for (size_t i = 0; i < counts.inputs; ++i) {
      values[count++] = args[i]->toTensor().const_data_ptr<float>()[element];
    }
    for (size_t i = 0; i < counts.constants; ++i) {
      values[count++] = static_cast<const float*>(expression.constants[i].data())[element];
    }
    for (size_t i = 0; i < counts.steps; ++i) {
      values[count++] = apply(step_at(expression, i), values, expression.slope);
    }
    for (size_t i = 0; i < counts.outputs; ++i) {
      float* out = args[counts.inputs + i]->toTensor().mutable_data_ptr<float>();
      out[element] = values[word(expression.outputs, i)];
    }
  }
  return Error::Ok;
}

void ExpressionBackend::destroy(DelegateHandle* handle) const {
  static_cast<Expression*>(handle)->~Expression();
}

}  // namespace example
