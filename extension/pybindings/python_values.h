// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Python objects as inputs of a method, and outputs as Python objects. All functions need the GIL.
 *
 * Tensors belong to a family: NumPy (anything with the buffer protocol, or that numpy.asarray()
 * takes) or torch. torch is never imported: an object can only be a torch tensor if somebody else
 * has imported torch. Where NumPy has no element type, an unsigned integer array of the same width
 * holds the bits: uint16 for bfloat16, uint8 for the 8-bit floating point types.
 */
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/executor/method_meta.h>

namespace executorch {
namespace extension {
namespace pybindings {

enum class TensorFamily { NumPy, Torch };

/// The family of tensors when no input decides it: torch if it is loaded, else NumPy.
TensorFamily default_tensor_family();

/// The inputs of one call. Refers to the memory of the Python objects where it can, and keeps them.
class Inputs final {
 public:
  /**
   * @param inputs a sequence of tensors, numbers, bools, strings and None, or a single tensor.
   * Throws PythonError, naming the input, if their number, a kind or an element type is wrong.
   */
  Inputs(pybind11::handle inputs, const runtime::MethodMeta& meta);
  ~Inputs();

  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;

  runtime::ArrayRef<runtime::EValue> values() const { return {values_.data(), values_.size()}; }

  /// What outputs should be: torch if a tensor among the inputs is, NumPy if all are.
  TensorFamily family() const { return family_; }

 private:
  struct Tensor;
  struct String {
    std::string text;
    runtime::ArrayRef<char> ref;
  };

  void add_tensor(pybind11::handle object, const runtime::MethodMeta& meta, size_t index);

  std::vector<runtime::EValue> values_;
  TensorFamily family_;
  // What values_ refer to; neither moves. There is room for as many tensors as there are inputs.
  std::unique_ptr<Tensor[]> tensors_;
  size_t num_tensors_ = 0;
  std::vector<std::unique_ptr<String>> strings_;
};

/**
 * @param keep_alive if not None, tensors are views of the runtime's memory that hold this object;
 * otherwise they are copies.
 */
pybind11::object to_python(const runtime::EValue& value, TensorFamily family,
                           const pybind11::object& keep_alive);

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch
