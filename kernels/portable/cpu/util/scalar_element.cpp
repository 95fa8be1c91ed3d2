// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/scalar_element.h>

#include <cmath>

namespace torch::executor::native::utils {

using ::executorch::runtime::isFloatingType;
using ::executorch::runtime::isIntegralTypeExcludingBool;
using ::executorch::runtime::isSignedType;
using ::executorch::runtime::toRealValueType;

bool ScalarElement::assign(const Scalar& value, ScalarType dtype) {
  const ScalarType source = value.isFloatingPoint() ? ScalarType::Double : ScalarType::Long;
  ET_LOG_MSG_AND_RETURN_IF_FALSE(can_convert(source, dtype), "a number cannot become a %s",
                                 ::executorch::runtime::toString(dtype));
  dtype_ = dtype;
  const double number = value.to<double>();
  const int64_t integer = value.isFloatingPoint() ? 0 : value.to<int64_t>();
  const TensorView from = value.isFloatingPoint() ? TensorView(&number, ScalarType::Double)
                                                  : TensorView(&integer, ScalarType::Long);
  copy(from, view());

  bool fits = true;
  if (isFloatingType(toRealValueType(dtype))) {
    double stored = 0;
    copy(view(), TensorView(&stored, ScalarType::Double));
    fits = !std::isfinite(number) || std::isfinite(stored);
  } else if (isIntegralTypeExcludingBool(dtype)) {
    const int bits = static_cast<int>(8 * view().element_size());
    const double limit = std::ldexp(1.0, isSignedType(dtype) ? bits - 1 : bits);
    fits = (bits == 64 && !value.isFloatingPoint()) || (number >= -limit && number < limit);
  }
  ET_LOG_MSG_AND_RETURN_IF_FALSE(fits, "%g does not fit an element of %s", number,
                                 ::executorch::runtime::toString(dtype));
  return true;
}

}  // namespace torch::executor::native::utils
