// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/exec_aten/testing_util/tensor_util.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

namespace executorch::runtime::testing {

namespace {

using ::executorch::aten::ScalarType;
using ::executorch::aten::Tensor;
using ::executorch::aten::TensorList;
using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

template <typename T>
double to_double(T value) {
  return static_cast<double>(value);
}

/// Element `offset` as up to two numbers; false for a type without numbers.
bool read(const Tensor& tensor, size_t offset, double* real, double* imaginary) {
  *imaginary = 0;
  switch (tensor.scalar_type()) {
#define ET_READ_REAL(T, name)                              \
  case ScalarType::name:                                   \
    *real = to_double(tensor.const_data_ptr<T>()[offset]); \
    return true;
    ET_FORALL_REALHBBF16_AND_UINT_TYPES(ET_READ_REAL)
#undef ET_READ_REAL
#define ET_READ_COMPLEX(T, name)                                       \
  case ScalarType::name:                                               \
    *real = to_double(tensor.const_data_ptr<T>()[offset].real());      \
    *imaginary = to_double(tensor.const_data_ptr<T>()[offset].imag()); \
    return true;
    ET_FORALL_COMPLEXH_TYPES(ET_READ_COMPLEX)
#undef ET_READ_COMPLEX
    default:
      return false;
  }
}

bool is_close(double a, double b, double rtol, double atol) {
  if (std::isnan(a) || std::isnan(b)) {
    return std::isnan(a) && std::isnan(b);
  }
  return a == b ||
         (std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= atol + rtol * std::abs(b));
}

bool elements_are_close(const Tensor& a, size_t a_offset, const Tensor& b, size_t b_offset,
                        double rtol, double atol) {
  const auto size = static_cast<size_t>(a.element_size());
  // What is equal bit by bit is so as numbers: 64-bit integers do not all fit a double.
  if (std::memcmp(static_cast<const char*>(a.const_data_ptr()) + a_offset * size,
                  static_cast<const char*>(b.const_data_ptr()) + b_offset * size, size) == 0) {
    return true;
  }
  const bool exact = rtol == 0 && atol == 0;
  double a_parts[2];
  double b_parts[2];
  if ((exact && isIntegralType(a.scalar_type(), /*include_bool=*/false)) ||
      !read(a, a_offset, &a_parts[0], &a_parts[1]) ||
      !read(b, b_offset, &b_parts[0], &b_parts[1])) {
    return false;
  }
  return is_close(a_parts[0], b_parts[0], rtol, atol) &&
         is_close(a_parts[1], b_parts[1], rtol, atol);
}

/// Calls f(coordinate) for each coordinate of a shape in logical order, until it returns false.
template <typename F>
void for_each_coordinate(const Tensor& shape, const F& f) {
  const auto rank = static_cast<size_t>(shape.dim());
  std::vector<size_t> coordinate(rank, 0);
  for (ssize_t i = 0; i < shape.numel() && f(coordinate); ++i) {
    for (size_t d = rank; d-- > 0;) {
      if (++coordinate[d] < static_cast<size_t>(shape.sizes()[d])) {
        break;
      }
      coordinate[d] = 0;
    }
  }
}

size_t offset_of(const Tensor& tensor, const std::vector<size_t>& coordinate) {
  size_t offset = 0;
  for (size_t d = 0; d < coordinate.size(); ++d) {
    offset += coordinate[d] * static_cast<size_t>(tensor.strides()[d]);
  }
  return offset;
}

template <typename T>
void print_list(std::ostream& os, const T& items) {
  os << "(";
  const char* separator = "";
  for (const auto& item : items) {
    os << separator << +item;
    separator = ", ";
  }
  os << ")";
}

AssertionResult difference(const Tensor& a, const Tensor& b) {
  return AssertionFailure() << "\n  first:  " << a << "\n  second: " << b << "\n  ";
}

}  // namespace

namespace internal {

double default_atol(ScalarType type) {
  switch (type) {
    case ScalarType::Half:
      return kDefaultHalfAtol;
    case ScalarType::BFloat16:
      return kDefaultBFloat16Atol;
    default:
      return kDefaultAtol;
  }
}

double default_atol_for_type(Tensor a, Tensor b) {
  return std::max(default_atol(a.scalar_type()), default_atol(b.scalar_type()));
}

AssertionResult tensors_are_close(Tensor a, Tensor b) {
  return testing::tensors_are_close(a, b, kDefaultRtol, default_atol_for_type(a, b));
}

AssertionResult tensor_data_is_close(Tensor a, Tensor b) {
  return testing::tensor_data_is_close(a, b, kDefaultRtol, default_atol_for_type(a, b));
}

AssertionResult tensor_lists_are_close(TensorList a, TensorList b) {
  double atol = kDefaultAtol;
  for (const Tensor& tensor : a) {
    atol = std::max(atol, default_atol(tensor.scalar_type()));
  }
  return testing::tensor_lists_are_close(a, b, kDefaultRtol, atol);
}

}  // namespace internal

AssertionResult tensors_are_close(Tensor a, Tensor b, double rtol, double atol) {
  if (a.scalar_type() != b.scalar_type()) {
    return difference(a, b) << "the element types differ";
  }
  if (!a.sizes().equals(b.sizes())) {
    return difference(a, b) << "the shapes differ";
  }
  AssertionResult result = AssertionSuccess();
  for_each_coordinate(a, [&](const std::vector<size_t>& coordinate) {
    if (!elements_are_close(a, offset_of(a, coordinate), b, offset_of(b, coordinate), rtol, atol)) {
      std::ostringstream where;
      print_list(where, coordinate);
      result = difference(a, b) << "the elements at " << where.str() << " differ";
    }
    return static_cast<bool>(result);
  });
  return result;
}

AssertionResult tensor_data_is_close(Tensor a, Tensor b, double rtol, double atol) {
  if (a.scalar_type() != b.scalar_type() || a.numel() != b.numel()) {
    return difference(a, b) << "the element types or numbers of elements differ";
  }
  for (ssize_t i = 0; i < a.numel(); ++i) {
    if (!elements_are_close(a, static_cast<size_t>(i), b, static_cast<size_t>(i), rtol, atol)) {
      return difference(a, b) << "the data differ at position " << i;
    }
  }
  return AssertionSuccess();
}

AssertionResult tensor_lists_are_close(TensorList a, TensorList b, double rtol, double atol) {
  if (a.size() != b.size()) {
    return AssertionFailure() << "the lists have " << a.size() << " and " << b.size() << " tensors";
  }
  for (size_t i = 0; i < a.size(); ++i) {
    AssertionResult result = tensors_are_close(a[i], b[i], rtol, atol);
    if (!result) {
      return result << " in tensor " << i;
    }
  }
  return AssertionSuccess();
}

}  // namespace executorch::runtime::testing

namespace executorch::runtime::etensor {

std::ostream& operator<<(std::ostream& os, ScalarType type) {
  return os << ::executorch::runtime::toString(type);
}

std::ostream& operator<<(std::ostream& os, const Tensor& tensor) {
  os << tensor.scalar_type() << " of sizes ";
  testing::print_list(os, tensor.sizes());
  os << ", strides ";
  testing::print_list(os, tensor.strides());
  os << ": [";
  const char* separator = "";
  testing::for_each_coordinate(tensor, [&](const std::vector<size_t>& coordinate) {
    double real = 0;
    double imaginary = 0;
    os << separator;
    separator = ", ";
    if (!testing::read(tensor, testing::offset_of(tensor, coordinate), &real, &imaginary)) {
      os << "?";
    } else if (isComplexType(tensor.scalar_type())) {
      os << real << (imaginary < 0 ? "" : "+") << imaginary << "i";
    } else {
      os << real;
    }
    return true;
  });
  return os << "]";
}

}  // namespace executorch::runtime::etensor
