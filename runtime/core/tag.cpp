// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/tag.h>

#include <cstring>

namespace executorch::runtime {

#define ET_CHECK_NAME_SIZE(name) \
  static_assert(sizeof(#name) <= kTagNameBufferSize, "kTagNameBufferSize is too small");
EXECUTORCH_FORALL_TAGS(ET_CHECK_NAME_SIZE)
#undef ET_CHECK_NAME_SIZE

const char* tag_to_string(Tag tag) {
  switch (tag) {
#define ET_NAME_CASE(name) \
  case Tag::name:          \
    return #name;
    EXECUTORCH_FORALL_TAGS(ET_NAME_CASE)
#undef ET_NAME_CASE
  }
  return "Unknown";
}

size_t tag_to_string(Tag tag, char* buffer, size_t buffer_size) {
  if (buffer == nullptr || buffer_size == 0) {
    return 0;
  }
  const char* name = tag_to_string(tag);
  const size_t length = strnlen(name, buffer_size - 1);
  std::memcpy(buffer, name, length);
  buffer[length] = '\0';
  return length;
}

}  // namespace executorch::runtime
