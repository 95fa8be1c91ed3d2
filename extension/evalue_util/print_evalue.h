// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Values as text:
 *
 *   std::cout << extension::evalue_edge_items(2) << method->get_output(0);
 *
 * prints "tensor(sizes=[2, 3], [1., 2., ..., 5., 6.])". Elements are in logical order, whatever
 * their order in memory.
 */
#pragma once

#include <ostream>

#include <executorch/runtime/core/evalue.h>

namespace executorch {
namespace runtime {

/// Prints a value, of a long list or tensor only the elements at both ends (see evalue_edge_items).
std::ostream& operator<<(std::ostream& os, const EValue& value);

}  // namespace runtime

namespace extension {

/**
 * Stream manipulator: how many elements to print at either end of a list or tensor; one that has no
 * more than twice as many is printed whole. Holds until it is set again; 3 on a new stream, which
 * 0 or less stands for as well.
 */
class evalue_edge_items final {
 public:
  explicit evalue_edge_items(long edge_items) : edge_items_(edge_items) {}
  friend std::ostream& operator<<(std::ostream& os, const evalue_edge_items& manipulator);

 private:
  long edge_items_;
};

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::evalue_edge_items;
}  // namespace util
}  // namespace executor
}  // namespace torch
