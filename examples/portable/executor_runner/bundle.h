// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>

#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/executor/method.h>

/// The program in a file, and the test case that --testset_idx chooses if it is a bundled program.
class Bundle final {
 public:
  /// Ends the program with a sentence if a bundled program is damaged, or this build has no
  /// developer tools to read it with.
  explicit Bundle(executorch::runtime::DataLoader* file);
  ~Bundle();

  /// What the program is loaded from.
  executorch::runtime::DataLoader* program() const;

  bool is_bundled() const;

  /// Sets the inputs of the test case.
  void set_inputs(executorch::runtime::Method& method) const;

  /// Ends the program with a sentence unless the outputs are those of the test case, within
  /// --bundleio_rtol and --bundleio_atol.
  void verify(executorch::runtime::Method& method) const;

 private:
  struct Content;

  executorch::runtime::DataLoader* file_;
  std::unique_ptr<Content> content_;
};
