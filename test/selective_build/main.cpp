// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Checks which operators are registered: those named on the command line are, those after a '!'
 * are not.
 */

#include <cstdio>

#include <executorch/runtime/kernel/operator_registry.h>

int main(int argc, char** argv) {
  int status = 0;
  for (int i = 1; i < argc; ++i) {
    const bool expected = argv[i][0] != '!';
    const char* name = expected ? argv[i] : argv[i] + 1;
    if (executorch::runtime::registry_has_op_function(name) != expected) {
      std::printf("%s is %s\n", name, expected ? "missing" : "registered");
      status = 1;
    }
  }
  return status;
}
