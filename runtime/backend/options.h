// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <variant>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace runtime {

/// Bytes of a key, and of a text value, with the terminating NUL.
static constexpr size_t kMaxOptionKeyLength = 64;
static constexpr size_t kMaxOptionValueLength = 256;

/// A text is stored in the option itself, NUL terminated.
using OptionValue = std::variant<bool, int, std::array<char, kMaxOptionValueLength>>;

/// A named setting of a backend.
struct BackendOption {
  char key[kMaxOptionKeyLength] = {};
  OptionValue value;
};

namespace internal {

template <typename Option>
Option* find_option(Option* options, size_t num_options, const char* key) {
  for (size_t i = 0; i < num_options; ++i) {
    if (strcmp(options[i].key, key) == 0) {
      return &options[i];
    }
  }
  return nullptr;
}

/// Reads an option as bool, int or const char* (which stays valid as long as the option).
/// InvalidArgument if it is of another type.
template <typename T>
Error read_option(const BackendOption& option, T* out) {
  if constexpr (std::is_same<T, const char*>::value) {
    if (const auto* text = std::get_if<std::array<char, kMaxOptionValueLength>>(&option.value)) {
      *out = text->data();
      return Error::Ok;
    }
  } else {
    static_assert(std::is_same<T, bool>::value || std::is_same<T, int>::value,
                  "an option is a bool, an int or a const char*");
    if (const T* value = std::get_if<T>(&option.value)) {
      *out = *value;
      return Error::Ok;
    }
  }
  ET_REPORT_ERROR("option '%s' is of another type than the one asked for", option.key);
  return Error::InvalidArgument;
}

}  // namespace internal

/// A list of at most MaxCapacity options, stored in the object.
template <size_t MaxCapacity>
class BackendOptions {
 public:
  BackendOptions() = default;

  /// The options that were set; valid as long as this object.
  Span<BackendOption> view() { return Span<BackendOption>(options_, size_); }
  Span<const BackendOption> view() const { return Span<const BackendOption>(options_, size_); }

  /// Sets an option, replacing an earlier value. InvalidArgument if the list is full.
  template <size_t N>
  Error set_option(const char (&key)[N], bool value) noexcept {
    return set_value(key, value);
  }

  template <size_t N>
  Error set_option(const char (&key)[N], int value) noexcept {
    return set_value(key, value);
  }

  /// InvalidArgument if the text has kMaxOptionValueLength or more characters.
  template <size_t N>
  Error set_option(const char (&key)[N], const char* value) noexcept {
    ET_CHECK_OR_RETURN_ERROR(value != nullptr && strlen(value) < kMaxOptionValueLength,
                             InvalidArgument, "option '%s': the text is null or too long", key);
    std::array<char, kMaxOptionValueLength> text = {};
    strcpy(text.data(), value);
    return set_value(key, text);
  }

  /// Reads a bool, an int or a const char*. NotFound, or InvalidArgument if it is of another type.
  template <typename T, size_t N>
  Error get_option(const char (&key)[N], T& out) const {
    const BackendOption* option = internal::find_option(options_, size_, key);
    ET_CHECK_OR_RETURN_ERROR(option != nullptr, NotFound, "option '%s' is not set", key);
    return internal::read_option(*option, &out);
  }

 private:
  template <size_t N, typename T>
  Error set_value(const char (&key)[N], const T& value) {
    static_assert(N <= kMaxOptionKeyLength, "the option's key is too long");
    BackendOption* option = internal::find_option(options_, size_, key);
    if (option == nullptr) {
      ET_CHECK_OR_RETURN_ERROR(size_ < MaxCapacity, InvalidArgument,
                               "option '%s': there is room for only %" ET_PRIsize_t " options", key,
                               MaxCapacity);
      option = &options_[size_++];
      strcpy(option->key, key);
    }
    option->value = value;
    return Error::Ok;
  }

  BackendOption options_[MaxCapacity];
  size_t size_ = 0;
};

}  // namespace runtime
}  // namespace executorch
