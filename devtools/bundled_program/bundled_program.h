// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Bundled programs: a .pte with test cases around it (file identifier "BP08"). A test case has
 * inputs for one call of a method and the outputs that the call has to give.
 *
 * A SerializedBundledProgram is such a file in memory, 16-byte aligned. Where only its address is
 * passed, get_program_data() must have accepted it: that is where its structure is verified.
 */
#pragma once

#include <cstddef>

#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch {
namespace bundled_program {

using SerializedBundledProgram = const void;

/// How far the outputs of a method are from the expected ones, over all elements of all outputs.
struct ErrorStats {
  /// Ok, or why there are no numbers.
  runtime::Error status;
  double mean_abs_error;
  double max_abs_error;
  /// Relative to the expected value, where that is not zero.
  double mean_relative_error;
  double max_relative_error;
};

/**
 * Sets all inputs of `method` to those of its test case.
 * @param testset_idx the test case, from 0.
 * NotSupported if this is no bundled program or an input cannot be set; InvalidArgument if it has
 * no such test case for the method.
 */
ET_NODISCARD runtime::Error load_bundled_input(runtime::Method& method,
                                               SerializedBundledProgram* bundled_program_ptr,
                                               size_t testset_idx);

/**
 * Compares the outputs of `method` with the expected ones: |a - b| <= atol + |rtol * b| for
 * floating-point elements, where NaN equals NaN; equality for others, and for type and shape.
 * NotFound if they differ, in a sentence that says where; NotSupported if the test case has no
 * outputs; InvalidArgument as above.
 */
ET_NODISCARD runtime::Error verify_method_outputs(runtime::Method& method,
                                                  SerializedBundledProgram* bundled_program_ptr,
                                                  size_t testset_idx, double rtol = 1e-5,
                                                  double atol = 1e-8);

/// Measures the outputs of `method` against the expected ones. Tensors of real, Half, BFloat16 and
/// Bool elements count; others are NotSupported.
ET_NODISCARD ErrorStats compute_method_output_error_stats(
    runtime::Method& method, SerializedBundledProgram* bundled_program_ptr, size_t testset_idx);

/**
 * Finds the program in a file: the file itself if it is a .pte, else what the bundled program
 * holds.
 * @param[out] out_program_data points into `file_data`.
 * NotSupported if it is neither; InvalidProgram if the bundled program is damaged.
 */
ET_NODISCARD runtime::Error get_program_data(void* file_data, size_t file_data_len,
                                             const void** out_program_data,
                                             size_t* out_program_data_len);

/// Whether the file has the identifier of a bundled program.
bool is_bundled_program(void* file_data, size_t file_data_len);

}  // namespace bundled_program
}  // namespace executorch

namespace torch {
namespace executor {
namespace bundled_program {

using serialized_bundled_program = const void;

ET_DEPRECATED ET_NODISCARD inline ::executorch::runtime::Error LoadBundledInput(
    ::executorch::runtime::Method& method, serialized_bundled_program* bundled_program_ptr,
    size_t testset_idx) {
  return ::executorch::bundled_program::load_bundled_input(method, bundled_program_ptr,
                                                           testset_idx);
}

ET_DEPRECATED ET_NODISCARD inline ::executorch::runtime::Error
VerifyResultWithBundledExpectedOutput(::executorch::runtime::Method& method,
                                      serialized_bundled_program* bundled_program_ptr,
                                      size_t testset_idx, double rtol = 1e-5, double atol = 1e-8) {
  return ::executorch::bundled_program::verify_method_outputs(method, bundled_program_ptr,
                                                              testset_idx, rtol, atol);
}

ET_DEPRECATED ET_NODISCARD inline ::executorch::runtime::Error GetProgramData(
    void* file_data, size_t file_data_len, const void** out_program_data,
    size_t* out_program_data_len) {
  return ::executorch::bundled_program::get_program_data(file_data, file_data_len, out_program_data,
                                                         out_program_data_len);
}

ET_DEPRECATED inline bool IsBundledProgram(void* file_data, size_t file_data_len) {
  return ::executorch::bundled_program::is_bundled_program(file_data, file_data_len);
}

}  // namespace bundled_program
}  // namespace executor
}  // namespace torch
