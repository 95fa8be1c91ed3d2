// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/error.h>

namespace executorch::runtime {

/// Calls _(name) for each kind of value, in the order of their numbers.
#define EXECUTORCH_FORALL_TAGS(_) \
  _(None)                         \
  _(Tensor)                       \
  _(String)                       \
  _(Double)                       \
  _(Int)                          \
  _(Bool)                         \
  _(ListBool)                     \
  _(ListDouble)                   \
  _(ListInt)                      \
  _(ListTensor)                   \
  _(ListScalar)                   \
  _(ListOptionalTensor)

/// The kind of value that an EValue holds.
enum class Tag : uint32_t {
#define ET_DEFINE_TAG(name) name,
  EXECUTORCH_FORALL_TAGS(ET_DEFINE_TAG)
#undef ET_DEFINE_TAG
};

/// A buffer of this many bytes holds every name that tag_to_string writes.
constexpr size_t kTagNameBufferSize = 19;

/// Name of a tag; "Unknown" for a number that is none.
const char* tag_to_string(Tag tag);

/// Writes the name and a NUL into `buffer` and returns the number of characters without it; what
/// does not fit is cut off.
size_t tag_to_string(Tag tag, char* buffer, size_t buffer_size);

}  // namespace executorch::runtime

namespace torch {
namespace executor {
using ::executorch::runtime::kTagNameBufferSize;
using ::executorch::runtime::Tag;
using ::executorch::runtime::tag_to_string;
}  // namespace executor
}  // namespace torch
