// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstdint>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch_flatbuffer {
struct ExecutionPlan;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

/// Bytes [begin, end) of an arena.
struct PlannedPlace {
  uint32_t arena;
  uint64_t begin;
  uint64_t end;

  bool overlaps(const PlannedPlace& other) const {
    return arena == other.arena && begin < other.end && other.begin < end;
  }
};

/// Where a value lies; false if it is no planned tensor.
bool get_planned_place(const executorch_flatbuffer::ExecutionPlan* plan, uint32_t value,
                       PlannedPlace* place);

/**
 * Whether no instruction of a plan overwrites a planned tensor that another one still reads. Views
 * share the memory of what they view, and an operator that works in place that of its argument.
 * Follows the instructions in order, and the body of a loop once more from its end; what only one
 * side of a branch has written is not checked after the branch. Needs scratch memory of 4 bytes per
 * value from et_pal_allocate(); where there is none, nothing is checked.
 * @param plan one that validate_plan() accepted.
 * @returns InvalidProgram, with a sentence that names the two values and instructions.
 */
ET_NODISCARD Error validate_memory_overlap(const executorch_flatbuffer::ExecutionPlan* plan);

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
