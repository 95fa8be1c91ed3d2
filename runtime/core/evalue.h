// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/tag.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch::runtime {

struct EValue;

/// A list whose elements are other values of a method: reading it copies the elements' present
/// contents into a scratch array. Owns neither array.
template <typename T>
class BoxedEvalueList {
 public:
  BoxedEvalueList() = default;

  /// `wrapped_vals` and `unwrapped_vals` have `size` elements and outlive the list. A null element
  /// of `wrapped_vals` means "none", which only lists of optional elements can hold.
  BoxedEvalueList(EValue** wrapped_vals, T* unwrapped_vals, int size)
      : wrapped_vals_(wrapped_vals, static_cast<size_t>(size)), unwrapped_vals_(unwrapped_vals) {
    ET_CHECK_MSG(size >= 0, "Length of a list is negative: %d", size);
    ET_CHECK_MSG(size == 0 || (wrapped_vals != nullptr && unwrapped_vals != nullptr),
                 "The arrays of a list are null");
  }

  /// The elements; aborts when one is of another kind.
  ArrayRef<T> get() const;
  /// The elements, or InvalidType when one is of another kind.
  Result<ArrayRef<T>> tryGet() const;

  size_t size() const { return wrapped_vals_.size(); }
  EValue* wrapped(size_t i) const { return wrapped_vals_[i]; }

  /// Ends the lifetime of the scratch elements, for owners whose memory is not reused.
  void destroy_elements() {
    for (size_t i = 0; i < wrapped_vals_.size(); ++i) {
      unwrapped_vals_[i].~T();
    }
  }

 private:
  ArrayRef<EValue*> wrapped_vals_;
  T* unwrapped_vals_ = nullptr;
};

namespace internal {
template <typename T>
struct is_optional : std::false_type {};
template <typename T>
struct is_optional<std::optional<T>> : std::true_type {};

/// Reports that a value of kind `got` was read as `expected`; returns InvalidType.
Error wrong_tag(Tag got, Tag expected);
/// Aborts with the same sentence.
[[noreturn]] void abort_wrong_tag(Tag got, Tag expected);
}  // namespace internal

/// A value of a method: nothing, a number, a string, a tensor, or a list. Tensors and lists are
/// referred to, not owned; copying copies the reference.
///
/// toX() aborts when the value is of another kind; tryToX() answers Error::InvalidType.
struct EValue {
  union Payload {
    union TriviallyCopyablePayload {
      TriviallyCopyablePayload() : as_int(0) {}
      int64_t as_int;
      double as_double;
      bool as_bool;
      ArrayRef<char>* as_string_ptr;
      ArrayRef<double>* as_double_list_ptr;
      ArrayRef<bool>* as_bool_list_ptr;
      BoxedEvalueList<int64_t>* as_int_list_ptr;
      BoxedEvalueList<::executorch::aten::Tensor>* as_tensor_list_ptr;
      BoxedEvalueList<std::optional<::executorch::aten::Tensor>>* as_list_optional_tensor_ptr;
    } copyable_union;
    ::executorch::aten::Tensor as_tensor;

    Payload() : copyable_union() {}
  } payload;

  Tag tag = Tag::None;

  EValue() = default;
  /* implicit */ EValue(int64_t value) : tag(Tag::Int) { payload.copyable_union.as_int = value; }
  /* implicit */ EValue(double value) : tag(Tag::Double) {
    payload.copyable_union.as_double = value;
  }
  /* implicit */ EValue(bool value) : tag(Tag::Bool) { payload.copyable_union.as_bool = value; }
  /* implicit */ EValue(::executorch::aten::Scalar value) {
    if (value.isBoolean()) {
      *this = EValue(value.to<bool>());
    } else if (value.isFloatingPoint()) {
      *this = EValue(value.to<double>());
    } else {
      *this = EValue(value.to<int64_t>());
    }
  }
  /* implicit */ EValue(::executorch::aten::Tensor value) : tag(Tag::Tensor) {
    payload.as_tensor = value;
  }
  /// What a smart pointer points to.
  template <typename T, typename = std::enable_if_t<
                            !std::is_same_v<std::decay_t<T>, EValue> &&
                            std::is_convertible_v<typename std::decay_t<T>::element_type, EValue>>>
  /* implicit */ EValue(T&& value) {
    ET_CHECK_MSG(value != nullptr, "The pointer is null");
    *this = EValue(*value);
  }
  // Pointers to list types are taken by the constructors below; any other would become a bool.
  template <typename T>
  explicit EValue(T* value) = delete;
  explicit EValue(ArrayRef<char>* value) : tag(Tag::String) {
    ET_CHECK_MSG(value != nullptr, "The pointer is null");
    payload.copyable_union.as_string_ptr = value;
  }
  explicit EValue(ArrayRef<bool>* value) : tag(Tag::ListBool) {
    ET_CHECK_MSG(value != nullptr, "The pointer is null");
    payload.copyable_union.as_bool_list_ptr = value;
  }
  explicit EValue(ArrayRef<double>* value) : tag(Tag::ListDouble) {
    ET_CHECK_MSG(value != nullptr, "The pointer is null");
    payload.copyable_union.as_double_list_ptr = value;
  }
  explicit EValue(BoxedEvalueList<int64_t>* value) : tag(Tag::ListInt) {
    ET_CHECK_MSG(value != nullptr, "The pointer is null");
    payload.copyable_union.as_int_list_ptr = value;
  }
  explicit EValue(BoxedEvalueList<::executorch::aten::Tensor>* value) : tag(Tag::ListTensor) {
    ET_CHECK_MSG(value != nullptr, "The pointer is null");
    payload.copyable_union.as_tensor_list_ptr = value;
  }
  explicit EValue(BoxedEvalueList<std::optional<::executorch::aten::Tensor>>* value)
      : tag(Tag::ListOptionalTensor) {
    ET_CHECK_MSG(value != nullptr, "The pointer is null");
    payload.copyable_union.as_list_optional_tensor_ptr = value;
  }

  bool isNone() const { return tag == Tag::None; }
  bool isInt() const { return tag == Tag::Int; }
  bool isDouble() const { return tag == Tag::Double; }
  bool isBool() const { return tag == Tag::Bool; }
  bool isScalar() const { return isInt() || isDouble() || isBool(); }
  bool isTensor() const { return tag == Tag::Tensor; }
  bool isString() const { return tag == Tag::String; }
  bool isIntList() const { return tag == Tag::ListInt; }
  bool isBoolList() const { return tag == Tag::ListBool; }
  bool isDoubleList() const { return tag == Tag::ListDouble; }
  bool isTensorList() const { return tag == Tag::ListTensor; }
  bool isListOptionalTensor() const { return tag == Tag::ListOptionalTensor; }

  int64_t toInt() const {
    check_tag(Tag::Int);
    return payload.copyable_union.as_int;
  }
  Result<int64_t> tryToInt() const {
    if (tag != Tag::Int) {
      return internal::wrong_tag(tag, Tag::Int);
    }
    return int64_t(payload.copyable_union.as_int);
  }

  double toDouble() const {
    check_tag(Tag::Double);
    return payload.copyable_union.as_double;
  }
  Result<double> tryToDouble() const {
    if (tag != Tag::Double) {
      return internal::wrong_tag(tag, Tag::Double);
    }
    return double(payload.copyable_union.as_double);
  }

  bool toBool() const {
    check_tag(Tag::Bool);
    return payload.copyable_union.as_bool;
  }
  Result<bool> tryToBool() const {
    if (tag != Tag::Bool) {
      return internal::wrong_tag(tag, Tag::Bool);
    }
    return bool(payload.copyable_union.as_bool);
  }

  std::string_view toString() const {
    check_tag(Tag::String);
    return std::string_view(payload.copyable_union.as_string_ptr->data(),
                            payload.copyable_union.as_string_ptr->size());
  }
  Result<std::string_view> tryToString() const {
    if (tag != Tag::String) {
      return internal::wrong_tag(tag, Tag::String);
    }
    return std::string_view(std::string_view(payload.copyable_union.as_string_ptr->data(),
                                             payload.copyable_union.as_string_ptr->size()));
  }

  ArrayRef<bool> toBoolList() const {
    check_tag(Tag::ListBool);
    return *payload.copyable_union.as_bool_list_ptr;
  }
  Result<ArrayRef<bool>> tryToBoolList() const {
    if (tag != Tag::ListBool) {
      return internal::wrong_tag(tag, Tag::ListBool);
    }
    return ArrayRef<bool>(*payload.copyable_union.as_bool_list_ptr);
  }

  ArrayRef<double> toDoubleList() const {
    check_tag(Tag::ListDouble);
    return *payload.copyable_union.as_double_list_ptr;
  }
  Result<ArrayRef<double>> tryToDoubleList() const {
    if (tag != Tag::ListDouble) {
      return internal::wrong_tag(tag, Tag::ListDouble);
    }
    return ArrayRef<double>(*payload.copyable_union.as_double_list_ptr);
  }

  // toTensor() of an lvalue gives access to the handle that the value holds.
  ::executorch::aten::Tensor toTensor() && {
    check_tag(Tag::Tensor);
    return payload.as_tensor;
  }
  ::executorch::aten::Tensor& toTensor() & {
    check_tag(Tag::Tensor);
    return payload.as_tensor;
  }
  const ::executorch::aten::Tensor& toTensor() const& {
    check_tag(Tag::Tensor);
    return payload.as_tensor;
  }
  Result<::executorch::aten::Tensor> tryToTensor() const {
    if (tag != Tag::Tensor) {
      return internal::wrong_tag(tag, Tag::Tensor);
    }
    return payload.as_tensor;
  }

  ArrayRef<int64_t> toIntList() const {
    check_tag(Tag::ListInt);
    return payload.copyable_union.as_int_list_ptr->get();
  }
  Result<ArrayRef<int64_t>> tryToIntList() const {
    if (tag != Tag::ListInt) {
      return internal::wrong_tag(tag, Tag::ListInt);
    }
    return payload.copyable_union.as_int_list_ptr->tryGet();
  }

  ArrayRef<::executorch::aten::Tensor> toTensorList() const {
    check_tag(Tag::ListTensor);
    return payload.copyable_union.as_tensor_list_ptr->get();
  }
  Result<ArrayRef<::executorch::aten::Tensor>> tryToTensorList() const {
    if (tag != Tag::ListTensor) {
      return internal::wrong_tag(tag, Tag::ListTensor);
    }
    return payload.copyable_union.as_tensor_list_ptr->tryGet();
  }

  ArrayRef<std::optional<::executorch::aten::Tensor>> toListOptionalTensor() const {
    check_tag(Tag::ListOptionalTensor);
    return payload.copyable_union.as_list_optional_tensor_ptr->get();
  }
  Result<ArrayRef<std::optional<::executorch::aten::Tensor>>> tryToListOptionalTensor() const {
    if (tag != Tag::ListOptionalTensor) {
      return internal::wrong_tag(tag, Tag::ListOptionalTensor);
    }
    return payload.copyable_union.as_list_optional_tensor_ptr->tryGet();
  }

  /// A number of any of the three kinds.
  ::executorch::aten::Scalar toScalar() const {
    if (isDouble()) {
      return payload.copyable_union.as_double;
    }
    if (isBool()) {
      return payload.copyable_union.as_bool;
    }
    return toInt();
  }
  Result<::executorch::aten::Scalar> tryToScalar() const {
    if (!isScalar()) {
      return internal::wrong_tag(tag, Tag::Int);
    }
    return toScalar();
  }

  // Enumerations travel as integers.
  ::executorch::aten::ScalarType toScalarType() const {
    return static_cast<::executorch::aten::ScalarType>(toInt());
  }
  Result<::executorch::aten::ScalarType> tryToScalarType() const {
    if (!isInt()) {
      return internal::wrong_tag(tag, Tag::Int);
    }
    return toScalarType();
  }
  ::executorch::aten::MemoryFormat toMemoryFormat() const {
    return static_cast<::executorch::aten::MemoryFormat>(toInt());
  }
  Result<::executorch::aten::MemoryFormat> tryToMemoryFormat() const {
    if (!isInt()) {
      return internal::wrong_tag(tag, Tag::Int);
    }
    return toMemoryFormat();
  }
  ::executorch::aten::Layout toLayout() const {
    return static_cast<::executorch::aten::Layout>(toInt());
  }
  Result<::executorch::aten::Layout> tryToLayout() const {
    if (!isInt()) {
      return internal::wrong_tag(tag, Tag::Int);
    }
    return toLayout();
  }
  ::executorch::aten::Device toDevice() const {
    return ::executorch::aten::Device(static_cast<::executorch::aten::DeviceType>(toInt()), -1);
  }
  Result<::executorch::aten::Device> tryToDevice() const {
    if (!isInt()) {
      return internal::wrong_tag(tag, Tag::Int);
    }
    return toDevice();
  }

  /// toX() for the C++ type T: bool, int64_t, double, Scalar, string_view, Tensor, ScalarType,
  /// MemoryFormat, Layout, Device, ArrayRef of int64_t, double, bool, Tensor or optional<Tensor>,
  /// and optional<T> of all of them, where None gives nullopt.
  template <typename T>
  T to() const& {
    if constexpr (internal::is_optional<T>::value) {
      return toOptional<typename T::value_type>();
    } else {
      auto result = tryTo<T>();
      if (!result.ok()) {
        internal::abort_wrong_tag(tag, Converter<T>::kTag);
      }
      return *result;
    }
  }
  template <typename T>
  T to() && {
    return static_cast<const EValue&>(*this).template to<T>();
  }
  template <typename T>
  std::conditional_t<std::is_same_v<T, ::executorch::aten::Tensor>, T&, T> to() & {
    if constexpr (std::is_same_v<T, ::executorch::aten::Tensor>) {
      return toTensor();
    } else {
      return static_cast<const EValue&>(*this).template to<T>();
    }
  }

  template <typename T>
  Result<T> tryTo() const {
    if constexpr (internal::is_optional<T>::value) {
      return tryToOptional<typename T::value_type>();
    } else {
      return Converter<T>::convert(*this);
    }
  }

  template <typename T>
  std::optional<T> toOptional() const {
    if (isNone()) {
      return std::nullopt;
    }
    return to<T>();
  }
  template <typename T>
  Result<std::optional<T>> tryToOptional() const {
    if (isNone()) {
      return std::optional<T>(std::nullopt);
    }
    auto value = tryTo<T>();
    if (!value.ok()) {
      return value.error();
    }
    return std::optional<T>(std::move(*value));
  }

 private:
  template <typename T>
  struct Converter;

  void check_tag(Tag expected) const {
    if (ET_UNLIKELY(tag != expected)) {
      internal::abort_wrong_tag(tag, expected);
    }
  }
};

#define ET_DEFINE_CONVERTER(T, method, tag_name)                                    \
  template <>                                                                       \
  struct EValue::Converter<T> {                                                     \
    static constexpr Tag kTag = Tag::tag_name;                                      \
    static Result<T> convert(const EValue& value) { return value.tryTo##method(); } \
  };
ET_DEFINE_CONVERTER(int64_t, Int, Int)
ET_DEFINE_CONVERTER(double, Double, Double)
ET_DEFINE_CONVERTER(bool, Bool, Bool)
ET_DEFINE_CONVERTER(std::string_view, String, String)
ET_DEFINE_CONVERTER(::executorch::aten::Scalar, Scalar, Int)
ET_DEFINE_CONVERTER(::executorch::aten::Tensor, Tensor, Tensor)
ET_DEFINE_CONVERTER(::executorch::aten::ScalarType, ScalarType, Int)
ET_DEFINE_CONVERTER(::executorch::aten::MemoryFormat, MemoryFormat, Int)
ET_DEFINE_CONVERTER(::executorch::aten::Layout, Layout, Int)
ET_DEFINE_CONVERTER(::executorch::aten::Device, Device, Int)
ET_DEFINE_CONVERTER(ArrayRef<int64_t>, IntList, ListInt)
ET_DEFINE_CONVERTER(ArrayRef<double>, DoubleList, ListDouble)
ET_DEFINE_CONVERTER(ArrayRef<bool>, BoolList, ListBool)
ET_DEFINE_CONVERTER(ArrayRef<::executorch::aten::Tensor>, TensorList, ListTensor)
ET_DEFINE_CONVERTER(ArrayRef<std::optional<::executorch::aten::Tensor>>, ListOptionalTensor,
                    ListOptionalTensor)
#undef ET_DEFINE_CONVERTER

template <typename T>
Result<ArrayRef<T>> BoxedEvalueList<T>::tryGet() const {
  for (size_t i = 0; i < wrapped_vals_.size(); ++i) {
    if (wrapped_vals_[i] == nullptr) {
      if constexpr (internal::is_optional<T>::value) {
        unwrapped_vals_[i] = std::nullopt;
        continue;
      } else {
        return internal::wrong_tag(Tag::None, Tag::Tensor);
      }
    } else {
      auto value = wrapped_vals_[i]->template tryTo<T>();
      if (!value.ok()) {
        return value.error();
      }
      unwrapped_vals_[i] = *value;
    }
  }
  return ArrayRef<T>(unwrapped_vals_, wrapped_vals_.size());
}

template <typename T>
ArrayRef<T> BoxedEvalueList<T>::get() const {
  auto result = tryGet();
  ET_CHECK_MSG(result.ok(), "A list holds an element of another kind");
  return *result;
}

}  // namespace executorch::runtime

namespace torch {
namespace executor {
using ::executorch::runtime::BoxedEvalueList;
using ::executorch::runtime::EValue;
}  // namespace executor
}  // namespace torch
