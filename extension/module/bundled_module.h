// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <executorch/extension/module/module.h>

/// The namespace of BundledModule, which also is a name of executorch::extension.
#ifndef ET_BUNDLED_MODULE_NAMESPACE
#define ET_BUNDLED_MODULE_NAMESPACE bundled_module
#endif

namespace executorch {
namespace extension {
namespace ET_BUNDLED_MODULE_NAMESPACE {

/**
 * The module of a bundled program: a program with test cases around it, see
 * devtools/bundled_program/bundled_program.h.
 *
 *   auto module = BundledModule::from_file("model.bpte");
 *   auto outputs = (*module)->execute("forward", 0);
 *   Error error = (*module)->verify_method_outputs("forward", 0);
 *
 * In the target extension_bundled_module.
 */
class BundledModule : public Module {
 public:
  /**
   * @param bundled_program_ptr a bundled program in memory, 16-byte aligned, that outlives the
   * module. Its structure is not verified, as its size is not known: from_file() does that.
   * The other arguments are Module's.
   */
  explicit BundledModule(const void* bundled_program_ptr,
                         std::unique_ptr<runtime::MemoryAllocator> memory_allocator = nullptr,
                         std::unique_ptr<runtime::MemoryAllocator> temp_allocator = nullptr,
                         std::unique_ptr<runtime::EventTracer> event_tracer = nullptr,
                         std::unique_ptr<runtime::DataLoader> data_map_loader = nullptr);
  ~BundledModule() override;

  /// Reads a file into memory. AccessFailed if that fails, NotSupported if it is no bundled
  /// program, InvalidProgram if it is damaged.
  static runtime::Result<std::unique_ptr<BundledModule>> from_file(
      const std::string& file_path,
      std::unique_ptr<runtime::MemoryAllocator> memory_allocator = nullptr,
      std::unique_ptr<runtime::MemoryAllocator> temp_allocator = nullptr,
      std::unique_ptr<runtime::EventTracer> event_tracer = nullptr,
      std::unique_ptr<runtime::DataLoader> data_map_loader = nullptr);

  using Module::execute;

  /// Runs a method on the inputs of a test case. InvalidArgument if there is none with this index.
  ET_NODISCARD runtime::Result<std::vector<runtime::EValue>> execute(const std::string& method_name,
                                                                     const size_t testset_idx);

  /**
   * Compares the outputs of the latest execution with those that a test case expects: see
   * bundled_program::verify_method_outputs(). NotFound if they differ.
   */
  ET_NODISCARD runtime::Error verify_method_outputs(const std::string& method_name,
                                                    const size_t testset_idx, double rtol = 1e-5,
                                                    double atol = 1e-8);

 private:
  const void* bundled_program_ptr_;
  /// Set by from_file().
  std::unique_ptr<std::max_align_t[]> file_;
};

}  // namespace ET_BUNDLED_MODULE_NAMESPACE

using ET_BUNDLED_MODULE_NAMESPACE::BundledModule;

}  // namespace extension
}  // namespace executorch
