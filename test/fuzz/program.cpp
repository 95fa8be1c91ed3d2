// SPDX-License-Identifier: BSD-3-Clause

/// Fuzz target: loads a program with each mode of verification and asks everything about it.

#include <executorch/runtime/executor/test/test_program.h>

#include "target.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // num_instructions() is experimental.

using namespace executorch::runtime;
using executorch::runtime::testing::MemoryLoader;

namespace {

void ask_tensor(const Result<TensorInfo>& info) {
  if (!info.ok()) {
    return;
  }
  volatile size_t sum = info->nbytes() + info->name().size();
  for (size_t d = 0; d < info->sizes().size(); ++d) {
    sum = sum + static_cast<size_t>(info->sizes()[d]) + info->dim_order()[d];
  }
}

void ask_method(const MethodMeta& meta) {
  // Indices one beyond the end must be refused.
  for (size_t i = 0; i <= meta.num_inputs(); ++i) {
    (void)meta.input_tag(i);
    ask_tensor(meta.input_tensor_meta(i));
  }
  for (size_t i = 0; i <= meta.num_outputs(); ++i) {
    (void)meta.output_tag(i);
    ask_tensor(meta.output_tensor_meta(i));
  }
  // Each of these looks for its answer from the start of the list.
  const size_t num_attributes = meta.num_attributes();
  for (size_t i = 0; i <= num_attributes && i < 16; ++i) {
    ask_tensor(meta.attribute_tensor_meta(i));
  }
  const size_t num_backends = meta.num_backends();
  for (size_t i = 0; i <= num_backends && i < 16; ++i) {
    const Result<const char*> name = meta.get_backend_name(i);
    if (name.ok() != meta.uses_backend(name.ok() ? *name : "no such backend")) {
      __builtin_trap();
    }
  }
  for (size_t i = 0; i <= meta.num_memory_planned_buffers(); ++i) {
    (void)meta.memory_planned_buffer_size(i);
    (void)meta.memory_planned_buffer_device(i);
  }
  (void)meta.num_instructions();
}

void ask_named_data(const NamedDataMap& map) {
  const Result<uint32_t> count = map.get_num_keys();
  for (uint32_t i = 0; count.ok() && i <= *count && i < 64; ++i) {
    const Result<const char*> key = map.get_key(i);
    if (key.ok()) {
      (void)map.get_data(*key);
      (void)map.get_tensor_layout(*key);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)Program::check_header(data, size);
  MemoryLoader loader({data, data + size});
  for (const auto verification :
       {Program::Verification::Minimal, Program::Verification::InternalConsistency}) {
    const Result<Program> program = Program::load(&loader, verification);
    if (!program.ok()) {
      continue;
    }
    for (size_t i = 0; i <= program->num_methods() && i < 16; ++i) {
      const Result<const char*> name = program->get_method_name(i);
      const Result<MethodMeta> meta = program->method_meta(name.ok() ? *name : "no such method");
      if (meta.ok()) {
        ask_method(*meta);
      }
    }
    (void)program->get_constant_buffer_data(1, 16);
    const Result<const NamedDataMap*> named_data = program->get_named_data_map();
    if (named_data.ok()) {
      ask_named_data(**named_data);
    }
  }
  return 0;
}
