// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/tensor/tensor_ptr_maker.h>

#include <algorithm>
#include <limits>
#include <random>

#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

namespace executorch {
namespace extension {

using aten::Scalar;
using aten::ScalarType;
using aten::SizesType;
using aten::StridesType;
using aten::TensorShapeDynamism;

namespace {

// The value as T; ends the process if T cannot hold it.
template <typename T>
T checked_value(const Scalar& value) {
  if constexpr (std::is_same_v<T, bool>) {
    ET_CHECK_MSG(value.isIntegral(/*include_bool=*/true), "%f is no value of a Bool tensor",
                 value.to<double>());
    return value.to<int64_t>() != 0;
  } else if constexpr (std::is_integral_v<T>) {
    ET_CHECK_MSG(value.isIntegral(/*include_bool=*/true), "%f is no value of a tensor of integers",
                 value.to<double>());
    const int64_t number = value.to<int64_t>();
    const T element = static_cast<T>(number);
    const bool fits =
        (std::is_signed_v<T> || number >= 0) && static_cast<int64_t>(element) == number;
    ET_CHECK_MSG(fits, "%lld does not fit the element type", static_cast<long long>(number));
    return element;
  } else if constexpr (std::is_same_v<T, double>) {
    return value.to<double>();
  } else {
    return T(static_cast<float>(value.to<double>()));
  }
}

// Calls `f` with the elements, as a pointer and a number. Ends the process if they are no numbers.
template <typename F>
void with_elements(const TensorPtr& tensor, const F& f) {
  const auto count = static_cast<size_t>(tensor->numel());
  switch (tensor->scalar_type()) {
#define ELEMENTS_CASE(T, name)               \
  case ScalarType::name:                     \
    f(tensor->mutable_data_ptr<T>(), count); \
    break;
    ET_FORALL_REALHBBF16_AND_UINT_TYPES(ELEMENTS_CASE)
#undef ELEMENTS_CASE
    default:
      ET_CHECK_MSG(false, "Elements of type %s cannot be filled",
                   runtime::toString(tensor->scalar_type()));
  }
}

// Fills the tensor with numbers of the distribution, converted to its type.
template <typename Distribution>
TensorPtr random_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides,
                         ScalarType type, TensorShapeDynamism dynamism, Distribution distribution) {
  static thread_local std::mt19937_64 generator{std::random_device{}()};
  TensorPtr tensor = empty_strided(std::move(sizes), std::move(strides), type, dynamism);
  with_elements(tensor, [&](auto* elements, size_t count) {
    using T = std::remove_pointer_t<decltype(elements)>;
    std::generate_n(elements, count, [&] { return runtime::convert<T>(distribution(generator)); });
  });
  return tensor;
}

}  // namespace

TensorPtr empty_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides,
                        ScalarType type, TensorShapeDynamism dynamism) {
  ET_CHECK_MSG(runtime::isValid(type), "Invalid element type %d", static_cast<int>(type));
  size_t nbytes = 0;
  ET_CHECK_MSG(
      !__builtin_mul_overflow(internal::checked_numel(sizes), runtime::elementSize(type), &nbytes),
      "The number of bytes overflows");
  return make_tensor_ptr(std::move(sizes), std::vector<uint8_t>(nbytes), {}, std::move(strides),
                         type, dynamism);
}

TensorPtr full_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides,
                       Scalar fill_value, ScalarType type, TensorShapeDynamism dynamism) {
  TensorPtr tensor = empty_strided(std::move(sizes), std::move(strides), type, dynamism);
  with_elements(tensor, [&](auto* elements, size_t count) {
    using T = std::remove_pointer_t<decltype(elements)>;
    std::fill_n(elements, count, checked_value<T>(fill_value));
  });
  return tensor;
}

TensorPtr rand_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides,
                       ScalarType type, TensorShapeDynamism dynamism) {
  return random_strided(std::move(sizes), std::move(strides), type, dynamism,
                        std::uniform_real_distribution<float>());
}

TensorPtr randn_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides,
                        ScalarType type, TensorShapeDynamism dynamism) {
  return random_strided(std::move(sizes), std::move(strides), type, dynamism,
                        std::normal_distribution<float>());
}

TensorPtr randint_strided(int64_t low, int64_t high, std::vector<SizesType> sizes,
                          std::vector<StridesType> strides, ScalarType type,
                          TensorShapeDynamism dynamism) {
  ET_CHECK_MSG(low < high, "No integer is in [%lld, %lld)", static_cast<long long>(low),
               static_cast<long long>(high));
  return random_strided(std::move(sizes), std::move(strides), type, dynamism,
                        std::uniform_int_distribution<int64_t>(low, high - 1));
}

}  // namespace extension
}  // namespace executorch
