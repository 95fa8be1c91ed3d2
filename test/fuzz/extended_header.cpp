// SPDX-License-Identifier: BSD-3-Clause

/// Fuzz target: the header of a program file.

#include <executorch/schema/extended_header.h>

#include <memory>

#include <executorch/runtime/executor/program.h>

#include "target.h"

using namespace executorch::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A block of exactly this size, so that a sanitizer sees a read beyond it; at each alignment.
  const size_t shift = size == 0 ? 0 : data[0] % 8;
  const std::unique_ptr<uint8_t[]> block(new uint8_t[size + shift]);
  std::copy(data, data + size, block.get() + shift);
  const Result<ExtendedHeader> header = ExtendedHeader::Parse(block.get() + shift, size);
  const Program::HeaderStatus status = Program::check_header(block.get() + shift, size);
  const bool is_short = size < ExtendedHeader::kNumHeadBytes;
  if ((is_short && header.error() != Error::InvalidArgument) ||
      is_short != (status == Program::HeaderStatus::ShortData)) {
    __builtin_trap();
  }
  return 0;
}
