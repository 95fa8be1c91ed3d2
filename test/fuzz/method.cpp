// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Fuzz target: loads each method of a program with the portable kernels, gives it inputs of the
 * largest shape, and executes it, all within little memory and few instructions.
 */

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/executor/test/test_program.h>

#include "target.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // step() is experimental.

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using namespace executorch::runtime;
using namespace executorch::runtime::testing;

namespace {

constexpr int64_t kMaxPlannedBytes = 256 * 1024;
constexpr size_t kMaxTensorBytes = 64 * 1024;
constexpr size_t kTempBytes = 256 * 1024;
constexpr size_t kMaxMethods = 4;
constexpr size_t kMaxInputs = 32;
constexpr int kMaxInstructions = 300;

/// Reads its payload and every argument, and computes nothing.
class ReadingBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }
  Result<DelegateHandle*> init(BackendInitContext&, FreeableBuffer* payload,
                               ArrayRef<CompileSpec> specs) const override {
    read(payload->data(), payload->size());
    for (const CompileSpec& spec : specs) {
      read(spec.value.buffer, spec.value.nbytes);
    }
    return static_cast<DelegateHandle*>(nullptr);
  }
  Error execute(BackendExecutionContext&, DelegateHandle*, Span<EValue*> args) const override {
    for (const EValue* arg : args) {
      if (arg->isTensor()) {
        read(arg->toTensor().const_data_ptr(), arg->toTensor().nbytes());
      }
    }
    return Error::Ok;
  }

 private:
  static void read(const void* data, size_t size) {
    volatile unsigned sum = 0;
    for (size_t i = 0; i < size; ++i) {
      sum = sum + static_cast<const uint8_t*>(data)[i];
    }
  }
};

/// A block of the heap whose end a sanitizer sees.
class Block {
 public:
  explicit Block(size_t size)
      : data_(static_cast<uint8_t*>(::operator new(size, std::align_val_t(16)))) {}
  uint8_t* get() const { return data_.get(); }

 private:
  struct Free {
    void operator()(uint8_t* data) const { ::operator delete(data, std::align_val_t(16)); }
  };
  std::unique_ptr<uint8_t, Free> data_;
};

/// Small numbers of both signs; they serve as indices, too.
void fill(ScalarType type, size_t nbytes, uint8_t salt, uint8_t* data) {
  memset(data, 0, nbytes);
  const size_t element = elementSize(type);
  for (size_t i = 0; i < nbytes / element; ++i) {
    const int value = static_cast<int>((i * 7 + salt) % 8) - (salt % 4 == 3 ? 2 : 0);
    uint8_t* at = data + i * element;
    if (type == ScalarType::Bool) {
      *at = value & 1;
    } else if (type == ScalarType::Float) {
      const float number = static_cast<float>(value) * 0.75f;
      memcpy(at, &number, sizeof(number));
    } else if (type == ScalarType::Double) {
      const double number = value * 0.75;
      memcpy(at, &number, sizeof(number));
    } else {
      const int64_t number = value;
      memcpy(at, &number, std::min(element, sizeof(number)));
    }
  }
}

bool set_inputs(Method& method, const MethodMeta& meta, uint8_t salt, std::vector<Block>* blocks) {
  for (size_t i = 0; i < meta.num_inputs(); ++i) {
    const Result<TensorInfo> info = meta.input_tensor_meta(i);
    if (!info.ok()) {
      const Result<Tag> tag = meta.input_tag(i);
      // The program's own value is the only one that it takes.
      if (!tag.ok() || method.set_input(EValue(method.get_input(i)), i) != Error::Ok) {
        return false;
      }
      continue;
    }
    if (info->nbytes() > kMaxTensorBytes) {
      return false;
    }
    blocks->emplace_back(info->nbytes());
    fill(info->scalar_type(), info->nbytes(), salt, blocks->back().get());
    std::vector<int32_t> sizes(info->sizes().begin(), info->sizes().end());
    std::vector<uint8_t> dim_order(info->dim_order().begin(), info->dim_order().end());
    TensorImpl impl(info->scalar_type(), static_cast<ssize_t>(sizes.size()), sizes.data(),
                    blocks->back().get(), dim_order.data());
    if (method.set_input(EValue(Tensor(&impl)), i) != Error::Ok) {
      return false;
    }
  }
  return true;
}

void run_method(const Program& program, const char* name, uint8_t salt) {
  const Result<MethodMeta> meta = program.method_meta(name);
  if (!meta.ok() || meta->num_inputs() > kMaxInputs || meta->num_outputs() > kMaxInputs) {
    return;
  }
  int64_t planned = 0;
  for (size_t i = 0; i < meta->num_memory_planned_buffers(); ++i) {
    const int64_t size = *meta->memory_planned_buffer_size(i);
    if (size > kMaxPlannedBytes || (planned += size) > kMaxPlannedBytes || i > 16) {
      return;
    }
  }
  MethodMemory memory(*meta, 256 * 1024);
  const Block temp(kTempBytes);
  MemoryAllocator temp_allocator(kTempBytes, temp.get());
  MemoryManager manager(&memory.method_allocator(), memory.manager()->planned_memory(),
                        &temp_allocator);
  Result<Method> method = program.load_method(name, &manager);
  if (!method.ok()) {
    return;
  }
  std::vector<Block> blocks;
  for (size_t i = 0; i < meta->num_outputs(); ++i) {
    const Result<TensorInfo> info = meta->output_tensor_meta(i);
    if (info.ok() && !info->is_memory_planned() && info->nbytes() <= kMaxTensorBytes) {
      blocks.emplace_back(info->nbytes());
      (void)method->set_output_data_ptr(blocks.back().get(), info->nbytes(), i);
    }
  }
  if (!set_inputs(*method, *meta, salt, &blocks)) {
    return;
  }
  // A failure resets the method, so the second one of two may come from the same instruction.
  for (int i = 0; i < kMaxInstructions && method->step() == Error::Ok; ++i) {
  }
  for (size_t i = 0; i < method->outputs_size(); ++i) {
    const EValue& output = method->get_output(i);
    if (output.isTensor() && output.toTensor().const_data_ptr() != nullptr) {
      volatile uint8_t sum = 0;
      for (size_t k = 0; k < output.toTensor().nbytes(); ++k) {
        sum = sum + static_cast<const uint8_t*>(output.toTensor().const_data_ptr())[k];
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static ReadingBackend backend;
  static const Error registered = register_backend({"XnnpackBackend", &backend});
  (void)registered;
  uint8_t salt = 0;
  for (size_t i = 0; i < size; ++i) {
    salt = static_cast<uint8_t>(salt * 31 + data[i]);
  }
  MemoryLoader loader({data, data + size});
  const Result<Program> program =
      Program::load(&loader, salt % 2 == 0 ? Program::Verification::Minimal
                                           : Program::Verification::InternalConsistency);
  for (size_t i = 0; program.ok() && i < program->num_methods() && i < kMaxMethods; ++i) {
    const Result<const char*> name = program->get_method_name(i);
    if (name.ok()) {
      run_method(*program, *name, salt);
    }
  }
  return 0;
}
