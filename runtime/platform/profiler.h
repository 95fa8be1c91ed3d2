// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Macros of the profiler that preceded the event tracer. They expand to nothing; use
 * runtime/core/event_tracer.h.
 */
#pragma once

#define EXECUTORCH_BEGIN_PROF(name) 0
#define EXECUTORCH_END_PROF(token_id) (void)(token_id)
#define EXECUTORCH_SCOPE_PROF(name) ((void)0)
#define EXECUTORCH_PROFILE_CREATE_BLOCK(name) ((void)0)
#define EXECUTORCH_PROFILE_INSTRUCTION_SCOPE(chain_idx, instruction_idx) ((void)0)
#define EXECUTORCH_RESET_PROFILE_RESULTS() ((void)0)
#define EXECUTORCH_DUMP_PROFILE_RESULTS(result) ((void)0)
#define EXECUTORCH_TRACK_ALLOCATOR(name) -1
#define EXECUTORCH_TRACK_ALLOCATION(id, size) ((void)(id), (void)(size))
