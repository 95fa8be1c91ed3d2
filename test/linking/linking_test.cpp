// SPDX-License-Identifier: BSD-3-Clause

// Exit status 0: a prim op and a portable kernel are registered, although nothing refers to them.

#include <cstdio>

#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/runtime.h>

int main() {
  executorch::runtime::runtime_init();
  int status = 0;
  for (const char* name : {"executorch_prim::add.Scalar", "aten::add.out"}) {
    if (!executorch::runtime::registry_has_op_function(name)) {
      std::fprintf(stderr, "%s is not registered\n", name);
      status = 1;
    }
  }
  return status;
}
