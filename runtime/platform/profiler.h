// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The interface of the profiler that preceded the event tracer: programs written for it compile,
 * and get no events. Use runtime/core/event_tracer.h.
 */
#pragma once

#include <cstdint>

namespace executorch {
namespace runtime {

/// What EXECUTORCH_DUMP_PROFILE_RESULTS() fills in.
typedef struct prof_result {
  uint8_t* prof_data;
  uint32_t num_bytes;
  uint32_t num_blocks;
} prof_result_t;

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::prof_result_t;
}  // namespace executor
}  // namespace torch

#define EXECUTORCH_BEGIN_PROF(name) 0
#define EXECUTORCH_END_PROF(token_id) (void)(token_id)
#define EXECUTORCH_SCOPE_PROF(name) ((void)0)
#define EXECUTORCH_PROFILE_CREATE_BLOCK(name) ((void)0)
#define EXECUTORCH_PROFILE_INSTRUCTION_SCOPE(chain_idx, instruction_idx) ((void)0)
#define EXECUTORCH_RESET_PROFILE_RESULTS() ((void)0)
/// There are never any: `result`, a prof_result_t*, becomes empty.
#define EXECUTORCH_DUMP_PROFILE_RESULTS(result) \
  ((void)(*(result) = ::executorch::runtime::prof_result_t{nullptr, 0, 0}))
#define EXECUTORCH_TRACK_ALLOCATOR(name) -1
#define EXECUTORCH_TRACK_ALLOCATION(id, size) ((void)(id), (void)(size))
