// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/evalue_util/print_evalue.h>

#include <cmath>
#include <cstdint>
#include <type_traits>

#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

namespace executorch {

namespace {

constexpr long kDefaultEdgeItems = 3;

// Where a stream keeps the number of edge items.
int edge_items_slot() {
  static const int slot = std::ios_base::xalloc();
  return slot;
}

long edge_items(std::ostream& os) {
  const long items = os.iword(edge_items_slot());
  return items > 0 ? items : kDefaultEdgeItems;
}

// Prints "[<element 0>, ..., <element n-1>]" without those in the middle.
template <typename PrintElement>
void print_elements(std::ostream& os, size_t n, PrintElement print_element) {
  const auto edge = static_cast<size_t>(edge_items(os));
  os << "[";
  for (size_t i = 0; i < n; ++i) {
    os << (i > 0 ? ", " : "");
    if (i == edge && n - edge > edge) {
      os << "..., ";
      i = n - edge;
    }
    print_element(i);
  }
  os << "]";
}

template <typename T>
void print_number(std::ostream& os, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    os << (value ? "True" : "False");
  } else if constexpr (std::is_integral_v<T>) {
    os << +value;
  } else {
    const auto number =
        static_cast<std::conditional_t<std::is_same_v<T, double>, double, float>>(value);
    os << number;
    // As in Python, a point tells a whole float from an integer.
    if (std::isfinite(number) && number == std::trunc(number) && std::fabs(number) < 1e6) {
      os << ".";
    }
  }
}

template <typename T>
void print_list(std::ostream& os, runtime::ArrayRef<T> list) {
  os << "(len=" << list.size() << ")";
  print_elements(os, list.size(), [&](size_t i) { os << runtime::EValue(list[i]); });
}

// Position in memory, in elements, of an element that is given by its logical number.
size_t position_in_memory(const aten::Tensor& tensor, size_t index) {
  size_t position = 0;
  for (ssize_t dim = tensor.dim(); dim-- > 0;) {
    const auto size = static_cast<size_t>(tensor.size(dim));
    position += index % size * static_cast<size_t>(tensor.strides()[dim]);
    index /= size;
  }
  return position;
}

void print_tensor(std::ostream& os, const aten::Tensor& tensor) {
  os << "tensor(sizes=";
  print_elements(os, tensor.dim(), [&](size_t i) { os << tensor.sizes()[i]; });
  os << ", ";
  const auto numel = static_cast<size_t>(tensor.numel());
  if (numel > 0 && tensor.const_data_ptr() == nullptr) {
    os << "no data)";
    return;
  }
  switch (tensor.scalar_type()) {
#define PRINT_CASE(T, name)                                      \
  case aten::ScalarType::name:                                   \
    print_elements(os, numel, [&](size_t i) {                    \
      const size_t position = position_in_memory(tensor, i);     \
      print_number<T>(os, tensor.const_data_ptr<T>()[position]); \
    });                                                          \
    break;
    ET_FORALL_REALHBBF16_TYPES(PRINT_CASE)
    PRINT_CASE(uint16_t, UInt16)
    PRINT_CASE(uint32_t, UInt32)
    PRINT_CASE(uint64_t, UInt64)
#undef PRINT_CASE
    default:
      os << "dtype=" << runtime::toString(tensor.scalar_type());
  }
  os << ")";
}

}  // namespace

namespace runtime {

std::ostream& operator<<(std::ostream& os, const EValue& value) {
  switch (value.tag) {
    case Tag::None:
      return os << "None";
    case Tag::Bool:
      print_number(os, value.toBool());
      return os;
    case Tag::Int:
      return os << value.toInt();
    case Tag::Double:
      print_number(os, value.toDouble());
      return os;
    case Tag::String:
      return os << '"' << value.toString() << '"';
    case Tag::Tensor:
      print_tensor(os, value.toTensor());
      return os;
    case Tag::ListBool:
      print_list(os, value.toBoolList());
      return os;
    case Tag::ListDouble:
      print_list(os, value.toDoubleList());
      return os;
    case Tag::ListInt:
      print_list(os, value.toIntList());
      return os;
    case Tag::ListTensor:
      print_list(os, value.toTensorList());
      return os;
    case Tag::ListOptionalTensor: {
      const auto list = value.toListOptionalTensor();
      os << "(len=" << list.size() << ")";
      print_elements(os, list.size(),
                     [&](size_t i) { os << (list[i] ? EValue(*list[i]) : EValue()); });
      return os;
    }
    default:
      return os << "<value of unknown tag " << static_cast<uint32_t>(value.tag) << ">";
  }
}

}  // namespace runtime

namespace extension {

std::ostream& operator<<(std::ostream& os, const evalue_edge_items& manipulator) {
  os.iword(edge_items_slot()) = manipulator.edge_items_;
  return os;
}

}  // namespace extension
}  // namespace executorch
