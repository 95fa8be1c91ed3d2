// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/kernel/boxing.h>

#include <executorch/runtime/core/last_error.h>

namespace executorch::runtime::internal {

ArgumentReader::ArgumentReader(KernelRuntimeContext& context, Span<EValue*> stack,
                               size_t num_arguments, BoxedArity arity)
    : context_(context), stack_(stack) {
  const bool without_result = arity == BoxedArity::ResultOptional && stack.size() == num_arguments;
  if (ET_UNLIKELY(stack.size() != num_arguments + 1 && !without_result)) {
    ET_REPORT_ERROR("Expected %zu values (the arguments and the result), got %zu",
                    num_arguments + 1, stack.size());
    context.fail(Error::InvalidProgram);
    ok_ = false;
  }
}

void ArgumentReader::fail(Error error) {
  ok_ = false;
  // The conversion has left a sentence that says what was expected and found.
  ET_REPORT_ERROR("Argument %zu: %s", index_ - 1, last_error_message());
  context_.fail(error);
}

}  // namespace executorch::runtime::internal
