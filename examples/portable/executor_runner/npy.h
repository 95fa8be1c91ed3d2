// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * NumPy's file format: a header that says what the elements are, and the elements.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <executorch/runtime/core/exec_aten/exec_aten.h>

/// An array in a file's bytes.
struct NpyArray {
  /// NumPy's name of the element type, such as "<f4".
  std::string descr;
  std::vector<int32_t> sizes;
  /// Where the elements start; they end with the file.
  size_t offset = 0;
};

/// Whether the bytes start as an .npy file does.
bool is_npy(const char* data, size_t size);

/// Reads the header. Ends the program with a sentence that names the file if it is damaged, or the
/// elements are in Fortran's order or not as many as the header says.
NpyArray parse_npy(const char* data, size_t size, const std::string& path);

/// NumPy's name of an element type ("<u2" for bfloat16, which it does not have); "" if there is
/// none.
std::string npy_descr(executorch::aten::ScalarType type);

/// The header of a file with these elements.
std::string npy_header(const std::string& descr, const std::vector<int32_t>& sizes);
