// SPDX-License-Identifier: BSD-3-Clause

#include "bundle.h"

#include <cstring>
#include <limits>
#include <utility>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/core/last_error.h>
#ifdef ET_RUNNER_DEVTOOLS
#include <executorch/devtools/bundled_program/bundled_program.h>
#endif

#include "flags.h"

using executorch::extension::BufferDataLoader;
using executorch::runtime::DataLoader;
using executorch::runtime::Error;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::Method;
using executorch::runtime::Result;

struct Bundle::Content {
  Content(FreeableBuffer bytes_in, const void* program, size_t size)
      : bytes(std::move(bytes_in)), loader(program, size) {}

  FreeableBuffer bytes;
  BufferDataLoader loader;
  size_t test_case = 0;
  double rtol = 0;
  double atol = 0;
};

namespace {

// Identifies a bundled program, at byte 4 of the file.
constexpr char kIdentifier[] = {'B', 'P', '0', '8'};

[[maybe_unused]] void check(Error error, const std::string& what) {
  if (error != Error::Ok) {
    fail(what + ": " + executorch::runtime::last_error_message());
  }
}

bool has_identifier(DataLoader* file) {
  const size_t size = 4 + sizeof(kIdentifier);
  const Result<size_t> total = file->size();
  if (!total.ok() || *total < size) {
    return false;
  }
  const Result<FreeableBuffer> head = file->load(0, size, DataLoader::SegmentInfo());
  return head.ok() && std::memcmp(static_cast<const char*>(head->data()) + 4, kIdentifier,
                                  sizeof(kIdentifier)) == 0;
}

}  // namespace

Bundle::~Bundle() = default;

DataLoader* Bundle::program() const {
  return content_ == nullptr ? file_ : &content_->loader;
}

bool Bundle::is_bundled() const {
  return content_ != nullptr;
}

#ifdef ET_RUNNER_DEVTOOLS

Bundle::Bundle(DataLoader* file) : file_(file) {
  const long long test_case = integer_flag("testset_idx", 0, std::numeric_limits<int>::max());
  const double rtol = number_flag("bundleio_rtol", 0, 1e300);
  const double atol = number_flag("bundleio_atol", 0, 1e300);
  if (!has_identifier(file)) {
    return;
  }
  const std::string what = "cannot load '" + flag("model_path") + "'";
  const Result<size_t> size = file->size();
  check(size.error(), what);
  Result<FreeableBuffer> bytes = file->load(0, *size, DataLoader::SegmentInfo());
  check(bytes.error(), what);
  const void* program = nullptr;
  size_t program_size = 0;
  check(executorch::bundled_program::get_program_data(const_cast<void*>(bytes->data()),
                                                      bytes->size(), &program, &program_size),
        what);
  content_ = std::make_unique<Content>(std::move(*bytes), program, program_size);
  content_->test_case = static_cast<size_t>(test_case);
  content_->rtol = rtol;
  content_->atol = atol;
}

void Bundle::set_inputs(Method& method) const {
  check(executorch::bundled_program::load_bundled_input(method, content_->bytes.data(),
                                                        content_->test_case),
        "cannot set the inputs of test case " + std::to_string(content_->test_case));
}

void Bundle::verify(Method& method) const {
  check(executorch::bundled_program::verify_method_outputs(
            method, content_->bytes.data(), content_->test_case, content_->rtol, content_->atol),
        "test case " + std::to_string(content_->test_case) + " fails");
}

#else

Bundle::Bundle(DataLoader* file) : file_(file) {
  if (has_identifier(file)) {
    fail("'" + flag("model_path") + "' is a bundled program, for which this build has no code: " +
         "it takes EXECUTORCH_BUILD_DEVTOOLS");
  }
}

void Bundle::set_inputs(Method&) const {}
void Bundle::verify(Method&) const {}

#endif
