// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The checks between a well-formed flatbuffer (see schema/flatbuffer_verifier.h) and a program
 * whose numbers can be used without looking at them again.
 */
#pragma once

#include <cstddef>

#include <executorch/runtime/core/error.h>

namespace executorch_flatbuffer {
struct ExecutionPlan;
struct Program;
struct Tensor;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

namespace internal {
/// The bytes of a tensor at its stored sizes; true if that overflows.
bool nbytes_overflow(const executorch_flatbuffer::Tensor* tensor, size_t* nbytes);
}  // namespace internal

/**
 * Sizes and dim_order are there and of one length up to the rank limit, no size is negative, the
 * type exists, and the number of bytes fits size_t. InvalidProgram otherwise.
 */
ET_NODISCARD Error validate_tensor(const executorch_flatbuffer::Tensor* tensor);

/**
 * All that a method needs is there, and every index (of values, operators, delegates) is in range.
 * Done for every method that is loaded. InvalidType if an element of a list is of the wrong kind,
 * else InvalidProgram.
 */
ET_NODISCARD Error validate_plan(const executorch_flatbuffer::ExecutionPlan* plan);

/**
 * validate_plan() for all methods; moreover, tensors fit their arenas and constants their segments,
 * no instruction overwrites memory that is still needed (see memory_overlap.h), every operator is
 * given as many values as its kernel takes, and every jump and every reference to a segment or to
 * inline data is in range. InvalidProgram otherwise.
 * @param program a verified flatbuffer.
 */
ET_NODISCARD Error validate_program(const executorch_flatbuffer::Program* program);

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
