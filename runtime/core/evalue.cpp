// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/evalue.h>

namespace executorch::runtime::internal {

Error wrong_tag(Tag got, Tag expected) {
  ET_REPORT_ERROR("expected a value of kind %s, got %s", tag_to_string(expected),
                  tag_to_string(got));
  return Error::InvalidType;
}

void abort_wrong_tag(Tag got, Tag expected) {
  ET_CHECK_MSG(false, "expected a value of kind %s, got %s", tag_to_string(expected),
               tag_to_string(got));
  ET_UNREACHABLE();
}

}  // namespace executorch::runtime::internal
