// SPDX-License-Identifier: BSD-3-Clause

/// The primitive operators: arithmetic on the numbers of a program, which stand for symbolic sizes,
/// and what programs need between kernels. Every program may use them, so the runtime brings them
/// along. Numbers follow Python: an operation on integers is exact or fails, mixed operands are
/// computed in double, a bool counts as an integer.

#include <executorch/kernels/prim_ops/register_prim_ops.h>

#include <cinttypes>
#include <cmath>
#include <cstdint>
#include <limits>

#include <executorch/kernels/prim_ops/et_copy_index.h>
#include <executorch/kernels/prim_ops/et_view.h>
#include <executorch/kernels/prim_ops/stack_check.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace torch::executor::function {
namespace {

using ::executorch::aten::ScalarType;
using ::executorch::aten::Tensor;
using ::executorch::runtime::EValue;
using ::executorch::runtime::Kernel;
using ::executorch::runtime::KernelLibrary;
using ::executorch::runtime::KernelRuntimeContext;
using ::executorch::runtime::Result;
using ::executorch::runtime::Span;

enum class Binary : uint8_t { Add, Sub, Mul, FloorDiv, TrueDiv, Mod, Eq, Gt, Lt, Ge, Le, Max, Min };
enum class Unary : uint8_t { Neg, Float, Int, Ceil, Round, Trunc };

int64_t as_int(const EValue& value) {
  return value.isBool() ? static_cast<int64_t>(value.toBool()) : value.toInt();
}

double as_double(const EValue& value) {
  return value.isDouble() ? value.toDouble() : static_cast<double>(as_int(value));
}

template <typename T>
EValue compare(Binary op, T a, T b) {
  switch (op) {
    case Binary::Eq:
      return EValue(a == b);
    case Binary::Gt:
      return EValue(a > b);
    case Binary::Lt:
      return EValue(a < b);
    case Binary::Ge:
      return EValue(a >= b);
    case Binary::Le:
      return EValue(a <= b);
    case Binary::Max:
      return EValue(a < b ? b : a);
    default:
      return EValue(b < a ? b : a);
  }
}

Result<EValue> compute(Binary op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflows = false;
  switch (op) {
    case Binary::Add:
      overflows = __builtin_add_overflow(a, b, &result);
      break;
    case Binary::Sub:
      overflows = __builtin_sub_overflow(a, b, &result);
      break;
    case Binary::Mul:
      overflows = __builtin_mul_overflow(a, b, &result);
      break;
    case Binary::FloorDiv:
    case Binary::TrueDiv:
    case Binary::Mod:
      ET_CHECK_OR_RETURN_ERROR(b != 0, InvalidArgument, "Division of %" PRId64 " by zero", a);
      if (op == Binary::TrueDiv) {
        return EValue(static_cast<double>(a) / static_cast<double>(b));
      }
      if (b == -1) {
        // Of all quotients only this one can overflow; the remainder is zero.
        overflows = op == Binary::FloorDiv && __builtin_sub_overflow(int64_t{0}, a, &result);
        break;
      }
      result = op == Binary::Mod ? a % b : a / b;
      if (a % b != 0 && (a < 0) != (b < 0)) {
        result += op == Binary::Mod ? b : -1;
      }
      break;
    default:
      return compare(op, a, b);
  }
  ET_CHECK_OR_RETURN_ERROR(!overflows, InvalidArgument,
                           "The result for %" PRId64 " and %" PRId64 " exceeds 64 bits", a, b);
  return EValue(result);
}

Result<EValue> compute(Binary op, double a, double b) {
  switch (op) {
    case Binary::Add:
      return EValue(a + b);
    case Binary::Sub:
      return EValue(a - b);
    case Binary::Mul:
      return EValue(a * b);
    case Binary::FloorDiv:
    case Binary::TrueDiv:
    case Binary::Mod: {
      ET_CHECK_OR_RETURN_ERROR(b != 0, InvalidArgument, "Division of %f by zero", a);
      if (op == Binary::TrueDiv) {
        return EValue(a / b);
      }
      // As in Python: the remainder has the sign of the divisor, the quotient is an integer.
      double remainder = std::fmod(a, b);
      const bool adjust = remainder != 0 && (remainder < 0) != (b < 0);
      remainder = adjust ? remainder + b : remainder;
      if (op == Binary::Mod) {
        return EValue(remainder != 0 ? remainder : std::copysign(0.0, b));
      }
      return EValue(std::nearbyint((a - remainder) / b));
    }
    default:
      return compare(op, a, b);
  }
}

void binary(Binary op, KernelRuntimeContext& context, Span<EValue*> stack) {
  // Sizes are integers: what most programs compute with is recognized at once.
  const bool ints = stack.size() == 3 && stack[0]->isInt() && stack[1]->isInt();
  if (ET_UNLIKELY(!ints) && !stack_holds(context, stack, "nn*")) {
    return;
  }
  const EValue& a = *stack[0];
  const EValue& b = *stack[1];
  const Result<EValue> result = a.isDouble() || b.isDouble()
                                    ? compute(op, as_double(a), as_double(b))
                                    : compute(op, as_int(a), as_int(b));
  if (!result.ok()) {
    context.fail(result.error());
    return;
  }
  *stack[2] = *result;
}

Result<EValue> compute(Unary op, const EValue& value) {
  if (op == Unary::Float) {
    return EValue(as_double(value));
  }
  if (op == Unary::Neg) {
    if (value.isDouble()) {
      return EValue(-value.toDouble());
    }
    return compute(Binary::Sub, int64_t{0}, as_int(value));
  }
  if (!value.isDouble()) {
    return EValue(as_int(value));
  }
  double result = value.toDouble();
  if (op == Unary::Ceil) {
    result = std::ceil(result);
  } else if (op == Unary::Round) {
    result = std::nearbyint(result);  // half to even
  } else {
    result = std::trunc(result);
  }
  // Both limits are powers of two, hence exact; NaN compares false.
  ET_CHECK_OR_RETURN_ERROR(result >= -0x1p63 && result < 0x1p63, InvalidArgument,
                           "%f is not a 64-bit integer", result);
  return EValue(static_cast<int64_t>(result));
}

void unary(Unary op, KernelRuntimeContext& context, Span<EValue*> stack) {
  if (!stack_holds(context, stack, "n*")) {
    return;
  }
  const Result<EValue> result = compute(op, *stack[0]);
  if (!result.ok()) {
    context.fail(result.error());
    return;
  }
  *stack[1] = *result;
}

template <Binary op>
constexpr Kernel binary_kernel(const char* name) {
  return Kernel(
      name, [](KernelRuntimeContext& context, Span<EValue*> stack) { binary(op, context, stack); });
}

template <Unary op>
constexpr Kernel unary_kernel(const char* name) {
  return Kernel(
      name, [](KernelRuntimeContext& context, Span<EValue*> stack) { unary(op, context, stack); });
}

/// bool -> bool
void sym_not(KernelRuntimeContext& context, Span<EValue*> stack) {
  if (stack_holds(context, stack, "b*")) {
    *stack[1] = EValue(!stack[0]->toBool());
  }
}

/// condition, value if true, value if false
void sym_ite(KernelRuntimeContext& context, Span<EValue*> stack) {
  if (stack_holds(context, stack, "bnn*")) {
    *stack[3] = stack[0]->toBool() ? *stack[1] : *stack[2];
  }
}

void sym_numel(KernelRuntimeContext& context, Span<EValue*> stack) {
  if (stack_holds(context, stack, "t*")) {
    *stack[1] = EValue(static_cast<int64_t>(stack[0]->toTensor().numel()));
  }
}

void sym_size(KernelRuntimeContext& context, Span<EValue*> stack) {
  if (!stack_holds(context, stack, "ti*")) {
    return;
  }
  const Tensor& self = stack[0]->toTensor();
  const int64_t dim = stack[1]->toInt();
  ET_KERNEL_CHECK_MSG(context, dim >= -self.dim() && dim < self.dim(), InvalidArgument, ,
                      "Dimension %" PRId64 " is out of range for rank %zd", dim, self.dim());
  *stack[2] = EValue(static_cast<int64_t>(self.size(dim < 0 ? dim + self.dim() : dim)));
}

/// The only element of a tensor, as a number.
void local_scalar_dense(KernelRuntimeContext& context, Span<EValue*> stack) {
  if (!stack_holds(context, stack, "t*")) {
    return;
  }
  const Tensor& self = stack[0]->toTensor();
  ET_KERNEL_CHECK_MSG(context, self.numel() == 1 && self.const_data_ptr() != nullptr,
                      InvalidArgument, , "A tensor of %zd elements cannot be read as a number",
                      self.numel());
  switch (self.scalar_type()) {
#define ET_READ_INT_CASE(T, name)                                        \
  case ScalarType::name:                                                 \
    *stack[1] = EValue(static_cast<int64_t>(*self.const_data_ptr<T>())); \
    break;
#define ET_READ_FLOAT_CASE(T, name)                                     \
  case ScalarType::name:                                                \
    *stack[1] = EValue(static_cast<double>(*self.const_data_ptr<T>())); \
    break;
    ET_FORALL_INT_TYPES(ET_READ_INT_CASE)
    ET_FORALL_FLOATHBF16_TYPES(ET_READ_FLOAT_CASE)
    case ScalarType::Bool:
      *stack[1] = EValue(*self.const_data_ptr<uint8_t>() != 0);
      break;
#undef ET_READ_INT_CASE
#undef ET_READ_FLOAT_CASE
    default:
      ET_KERNEL_CHECK_MSG(context, false, InvalidArgument, ,
                          "A tensor of element type %d cannot be read as a number",
                          static_cast<int>(self.scalar_type()));
  }
}

// Sorted by name.
constexpr Kernel kPrimOps[] = {
    Kernel("aten::_local_scalar_dense", local_scalar_dense),
    Kernel("aten::sym_numel", sym_numel),
    Kernel("aten::sym_size.int", sym_size),
    binary_kernel<Binary::Add>("executorch_prim::add.Scalar"),
    unary_kernel<Unary::Ceil>("executorch_prim::ceil.Scalar"),
    binary_kernel<Binary::Eq>("executorch_prim::eq.Scalar"),
    Kernel("executorch_prim::et_copy_index.tensor", et_copy_index),
    Kernel("executorch_prim::et_view.default", et_view),
    binary_kernel<Binary::FloorDiv>("executorch_prim::floordiv.Scalar"),
    binary_kernel<Binary::FloorDiv>("executorch_prim::floordiv.int"),
    binary_kernel<Binary::Ge>("executorch_prim::ge.Scalar"),
    binary_kernel<Binary::Gt>("executorch_prim::gt.Scalar"),
    binary_kernel<Binary::Le>("executorch_prim::le.Scalar"),
    binary_kernel<Binary::Lt>("executorch_prim::lt.Scalar"),
    binary_kernel<Binary::Mod>("executorch_prim::mod.Scalar"),
    binary_kernel<Binary::Mod>("executorch_prim::mod.int"),
    binary_kernel<Binary::Mul>("executorch_prim::mul.Scalar"),
    unary_kernel<Unary::Neg>("executorch_prim::neg.Scalar"),
    unary_kernel<Unary::Round>("executorch_prim::round.Scalar"),
    binary_kernel<Binary::Sub>("executorch_prim::sub.Scalar"),
    unary_kernel<Unary::Float>("executorch_prim::sym_float.Scalar"),
    unary_kernel<Unary::Int>("executorch_prim::sym_int.Scalar"),
    Kernel("executorch_prim::sym_ite.Scalar", sym_ite),
    binary_kernel<Binary::Max>("executorch_prim::sym_max.Scalar"),
    binary_kernel<Binary::Min>("executorch_prim::sym_min.Scalar"),
    Kernel("executorch_prim::sym_not.Scalar", sym_not),
    binary_kernel<Binary::TrueDiv>("executorch_prim::truediv.Scalar"),
    unary_kernel<Unary::Trunc>("executorch_prim::trunc.Scalar"),
};

// In the same order.
constexpr uint8_t kArities[] = {
    2, 2, 3,           // _local_scalar_dense, sym_numel, sym_size
    3, 2, 3,           // add, ceil, eq
    3, 3,              // et_copy_index, et_view
    3, 3, 3, 3, 3, 3,  // floordiv (2), ge, gt, le, lt
    3, 3, 3, 2, 2, 3,  // mod (2), mul, neg, round, sub
    2, 2, 4, 3, 3, 2,  // sym_float, sym_int, sym_ite, sym_max, sym_min, sym_not
    3, 2,              // truediv, trunc
};
static_assert(sizeof(kArities) == sizeof(kPrimOps) / sizeof(kPrimOps[0]));

KernelLibrary library(kPrimOps, kArities);

[[maybe_unused]] const bool registered = (::executorch::kernels::register_prim_ops(), true);

}  // namespace
}  // namespace torch::executor::function

void executorch::kernels::register_prim_ops() {
  ::executorch::runtime::register_kernel_library(::torch::executor::function::library);
}
