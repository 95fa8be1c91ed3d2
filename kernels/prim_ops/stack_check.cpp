// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/prim_ops/stack_check.h>

#include <cstring>

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

namespace torch::executor::function {

using ::executorch::runtime::EValue;
using ::executorch::runtime::KernelRuntimeContext;
using ::executorch::runtime::Span;
using ::executorch::runtime::Tag;

bool stack_holds(KernelRuntimeContext& context, Span<EValue*> stack, const char* kinds) {
  ET_KERNEL_CHECK_MSG(context, stack.size() == std::strlen(kinds), InvalidProgram, false,
                      "Expected %zu values, got %zu", std::strlen(kinds), stack.size());
  for (size_t i = 0; i < stack.size(); ++i) {
    const EValue& value = *stack[i];
    Tag expected = value.tag;
    switch (kinds[i]) {
      case 't':
        expected = Tag::Tensor;
        break;
      case 'l':
        expected = Tag::ListInt;
        break;
      case 'b':
        expected = Tag::Bool;
        break;
      case 'n':
        expected = value.isScalar() ? value.tag : Tag::Double;
        break;
      case 'i':
        expected = Tag::Int;
        break;
      default:
        break;
    }
    ET_KERNEL_CHECK_MSG(context, value.tag == expected, InvalidType, false,
                        "Argument %zu: expected a value of kind %s, got %s", i,
                        tag_to_string(expected), tag_to_string(value.tag));
  }
  return true;
}

}  // namespace torch::executor::function
