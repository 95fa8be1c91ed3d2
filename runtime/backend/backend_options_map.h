// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstring>

#include <executorch/runtime/backend/options.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace runtime {

/// Options for the backends of one Program::load_method() call, by backend. Does not own the
/// options.
class LoadBackendOptionsMap final {
 public:
  static constexpr size_t kMaxBackends = 8;
  /// Bytes of a backend's name, with the terminating NUL.
  static constexpr size_t kMaxBackendIdLength = 64;

  struct Entry {
    char backend_id[kMaxBackendIdLength] = {};
    Span<BackendOption> options;
  };

  /**
   * Sets, or replaces, the options of a backend. They must outlive the map.
   * InvalidArgument if the name is null, empty or too long, or if the map is full.
   */
  Error set_options(const char* backend_id, Span<BackendOption> options) {
    ET_CHECK_OR_RETURN_ERROR(
        backend_id != nullptr && backend_id[0] != '\0' && strlen(backend_id) < kMaxBackendIdLength,
        InvalidArgument, "a backend's name must have 1 to %" ET_PRIsize_t " characters",
        kMaxBackendIdLength - 1);
    const Entry* found = find(backend_id);
    Entry* entry = nullptr;
    if (found != nullptr) {
      entry = &entries_[found - entries_];
    } else {
      ET_CHECK_OR_RETURN_ERROR(size_ < kMaxBackends, InvalidArgument,
                               "options for '%s': the map holds at most %" ET_PRIsize_t " backends",
                               backend_id, kMaxBackends);
      entry = &entries_[size_++];
      strcpy(entry->backend_id, backend_id);
    }
    entry->options = options;
    return Error::Ok;
  }

  /// From a builder of a backend's own that has backend_id() and view().
  template <typename Builder>
  Error set_options(Builder& builder) {
    return set_options(builder.backend_id(), builder.view());
  }

  /// The options of a backend; empty if none were set.
  Span<const BackendOption> get_options(const char* backend_id) const {
    const Entry* entry = find(backend_id);
    if (entry == nullptr) {
      return {};
    }
    return {entry->options.data(), entry->options.size()};
  }

  bool has_options(const char* backend_id) const { return find(backend_id) != nullptr; }

  /// Number of backends.
  size_t size() const { return size_; }

  /// InvalidArgument if `index` is out of range.
  Result<Entry> entry_at(size_t index) const {
    ET_CHECK_OR_RETURN_ERROR(index < size_, InvalidArgument,
                             "entry %" ET_PRIsize_t " of %" ET_PRIsize_t, index, size_);
    return entries_[index];
  }

 private:
  const Entry* find(const char* backend_id) const {
    for (size_t i = 0; backend_id != nullptr && i < size_; ++i) {
      if (strcmp(entries_[i].backend_id, backend_id) == 0) {
        return &entries_[i];
      }
    }
    return nullptr;
  }

  Entry entries_[kMaxBackends];
  size_t size_ = 0;
};

}  // namespace runtime
}  // namespace executorch
