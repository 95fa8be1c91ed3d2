// SPDX-License-Identifier: BSD-3-Clause

// Runs a program on ones and prints its outputs: `cmake_app model.pte`.

#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include <executorch/extension/evalue_util/print_evalue.h>
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

using executorch::extension::Module;
using executorch::extension::TensorPtr;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::last_error_message;

namespace {
bool pal_is_ours = false;
}  // namespace

// Replaces the runtime's own, which is weak, in static and in shared libraries.
extern "C" void et_pal_init(void) {
  pal_is_ours = true;
}

int main(int argc, char** argv) {
  executorch::runtime::runtime_init();
  if (!pal_is_ours) {
    std::fprintf(stderr, "et_pal_init was not replaced\n");
    return 1;
  }
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s model.pte\n", argv[0]);
    return 2;
  }
  Module module(argv[1], Module::LoadMode::Mmap);
  const auto meta = module.method_meta("forward");
  if (!meta.ok()) {
    std::fprintf(stderr, "%s\n", last_error_message());
    return 1;
  }
  std::vector<TensorPtr> inputs;
  for (size_t i = 0; i < meta->num_inputs(); ++i) {
    const auto info = meta->input_tensor_meta(i);
    if (!info.ok()) {
      std::fprintf(stderr, "%s\n", last_error_message());
      return 1;
    }
    inputs.push_back(executorch::extension::ones({info->sizes().begin(), info->sizes().end()},
                                                 info->scalar_type()));
  }
  const auto outputs = module.forward(std::vector<EValue>(inputs.begin(), inputs.end()));
  if (!outputs.ok()) {
    std::fprintf(stderr, "%s\n", last_error_message());
    return 1;
  }
  for (const EValue& output : *outputs) {
    std::cout << output << '\n';
  }
  return 0;
}
