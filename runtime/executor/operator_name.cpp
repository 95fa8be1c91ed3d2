// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/operator_name.h>

#include <cstdio>
#include <cstring>

#include <executorch/schema/program_generated.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace internal {

Error get_operator_name(const executorch_flatbuffer::Operator* op,
                        char (&name)[kOperatorNameSize]) {
  const flatbuffers::String* overload = op->overload();
  const bool has_overload = overload != nullptr && overload->size() > 0;
  const int length = snprintf(name, sizeof(name), "%s%s%s", op->name()->c_str(),
                              has_overload ? "." : "", has_overload ? overload->c_str() : "");
  ET_CHECK_OR_RETURN_ERROR(length >= 0 && static_cast<size_t>(length) < sizeof(name), Internal,
                           "the name of operator '%s' has more than %" ET_PRIsize_t " characters",
                           op->name()->c_str(), sizeof(name) - 1);
  return Error::Ok;
}

bool is_in_place(const char* name) {
  const size_t length = strcspn(name, ".");
  return (length >= 2 && name[length - 1] == '_' && name[length - 2] != '_') ||
         strcmp(name, "executorch_prim::et_copy_index.tensor") == 0;
}

bool is_view(const char* name) {
  return strcmp(name, "executorch_prim::et_view.default") == 0;
}

}  // namespace internal
}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
