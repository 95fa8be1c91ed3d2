// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Shapes of the values of a graph, and the rules by which nodes derive them from each other.
 *
 * XNNPACK trusts the shapes that it is given in many places, so every node is checked here first,
 * when a delegate is loaded (with the shapes in the file) and whenever the shape of an input
 * changes.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include <xnnpack.h>

#include <executorch/runtime/core/error.h>

namespace executorch::backends::xnnpack {

/// Physical sizes of a value, outermost first.
struct Shape {
  size_t num_dims = 0;
  size_t dims[XNN_MAX_TENSOR_DIMS] = {};

  Shape() = default;
  Shape(std::initializer_list<size_t> sizes) {
    for (const size_t size : sizes) {
      dims[num_dims++] = size;
    }
  }

  size_t operator[](size_t dim) const { return dims[dim]; }
  size_t& operator[](size_t dim) { return dims[dim]; }
  size_t last() const { return dims[num_dims - 1]; }

  /// Number of elements; kTooMany if it is beyond what is supported.
  size_t numel() const;
  static constexpr size_t kTooMany = SIZE_MAX;

  bool operator==(const Shape& other) const;
  bool operator!=(const Shape& other) const { return !(*this == other); }

  /// "[1, 2, 3]"
  std::string to_string() const;
};

/// Shapes by the library's value ids.
using Shapes = std::vector<Shape>;

/// Checks the input shapes of one node and writes its output shapes.
using ShapeRule = std::function<runtime::Error(Shapes&)>;

}  // namespace executorch::backends::xnnpack
