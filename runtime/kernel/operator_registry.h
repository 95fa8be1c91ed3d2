// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/platform/compiler.h>

#define ET_LOG_KERNEL_KEY(k) \
  ET_LOG(Error, "key: %s, is_fallback: %s", (k).data(), (k).is_fallback() ? "true" : "false")

namespace executorch::runtime {

/// A kernel as the executor calls it: one EValue per argument of the operator's schema, then one
/// for the result (see docs/kernels.md).
using OpFunction = void (*)(KernelRuntimeContext&, Span<EValue*>);

/// Element type and dim order of a tensor argument, for choosing among specialized kernels.
struct TensorMeta {
  ::executorch::aten::ScalarType dtype_;
  Span<::executorch::aten::DimOrderType> dim_order_;

  TensorMeta() = default;
  TensorMeta(::executorch::aten::ScalarType dtype, Span<::executorch::aten::DimOrderType> dim_order)
      : dtype_(dtype), dim_order_(dim_order) {}

  bool operator==(const TensorMeta& other) const { return equals(other); }
  bool equals(const TensorMeta& other) const;
};

/// Which tensor arguments a kernel is specialized for: "v1/" and per tensor
/// "<dtype>;<dim>,<dim>,...", joined by "|", all numbers in decimal. A fallback kernel takes any.
struct KernelKey {
  /// The fallback.
  constexpr KernelKey() = default;
  /// `kernel_key_data` outlives the registry.
  constexpr KernelKey(const char* kernel_key_data)
      : kernel_key_data_(kernel_key_data), is_fallback_(false) {}

  /// Longest key, with its NUL: 16 tensors of rank 16.
  constexpr static int MAX_SIZE = 659;

  bool operator==(const KernelKey& other) const { return equals(other); }
  bool equals(const KernelKey& other) const {
    return is_fallback_ == other.is_fallback_ &&
           (is_fallback_ || std::strcmp(kernel_key_data_, other.kernel_key_data_) == 0);
  }
  constexpr bool is_fallback() const { return is_fallback_; }
  constexpr const char* data() const { return kernel_key_data_; }

 private:
  const char* kernel_key_data_ = nullptr;
  bool is_fallback_ = true;
};

/// An operator's name with overload ("aten::add.out"), a key, and the function.
struct Kernel {
  /// Outlives the registry.
  const char* name_;
  KernelKey kernel_key_;
  OpFunction op_;

  constexpr Kernel() : name_(nullptr), op_(nullptr) {}
  constexpr explicit Kernel(const char* name, OpFunction func) : name_(name), op_(func) {}
  constexpr explicit Kernel(const char* name, KernelKey key, OpFunction func)
      : name_(name), kernel_key_(key), op_(func) {}
};

/// A table of kernels that stays where it is: registering it links it into a list and copies
/// nothing, so the registry costs what is linked. This is what generated registration code uses.
struct KernelLibrary {
  constexpr explicit KernelLibrary(Span<const Kernel> library_kernels,
                                   const uint8_t* kernel_arities = nullptr)
      : kernels(library_kernels),
        arities(kernel_arities),
        next(nullptr),
        is_sorted(is_sorted_by_name(library_kernels)) {}

  Span<const Kernel> kernels;
  /// Per kernel, how many values it takes, the result included; null if that is not known.
  const uint8_t* arities;
  KernelLibrary* next;
  /// By name, in the order of strcmp(): such a table is searched in logarithmic time. Of a constant
  /// table the compiler knows it.
  bool is_sorted;

 private:
  // As strcmp() would compare them, which no compiler evaluates in a constant expression.
  static constexpr bool is_less(const char* a, const char* b) {
    while (*a != '\0' && *a == *b) {
      ++a;
      ++b;
    }
    return static_cast<unsigned char>(*a) < static_cast<unsigned char>(*b);
  }

  static constexpr bool is_sorted_by_name(Span<const Kernel> table) {
    for (size_t i = 1; i < table.size(); ++i) {
      if (is_less(table.data()[i].name_, table.data()[i - 1].name_)) {
        return false;
      }
    }
    return true;
  }
};

/// Adds a table with static storage duration. Where two tables name the same kernel, the one that
/// was registered last is used. Adding a table twice is harmless.
void register_kernel_library(KernelLibrary& library);

/// Copies kernels into the registry; names and keys are referred to, not copied.
/// RegistrationAlreadyRegistered for a name and key that a different function was registered for
/// (registering the same one again is harmless); RegistrationExceedingMaxKernels when the registry
/// is full and et_pal_allocate() gives no memory to enlarge it. Not thread-safe.
ET_NODISCARD Error register_kernels(Span<const Kernel> kernels);
ET_NODISCARD Error register_kernel(const Kernel& kernel);

/// Whether a kernel for these arguments, specialized or fallback, is registered.
bool registry_has_op_function(const char* name, Span<const TensorMeta> meta_list = {});

/// The kernel specialized for the arguments' element types and dim orders, else the fallback:
/// first among `kernels`, then in the registry. OperatorMissing when there is none.
Result<OpFunction> get_op_function_from_registry(const char* name,
                                                 Span<const TensorMeta> meta_list = {});
Result<OpFunction> get_op_function_from_registry(const char* name, Span<const TensorMeta> meta_list,
                                                 Span<const Kernel> kernels);

/// All kernels that register_kernels() copied. Tables are listed by get_kernel_libraries().
Span<const Kernel> get_registered_kernels();

/// Head of the list of registered tables, the latest first; null when there is none.
const KernelLibrary* get_kernel_libraries();

namespace internal {
/// Bytes of a buffer for any kernel key.
constexpr size_t kKernelKeyBufSize = KernelKey::MAX_SIZE;

/// What is registered for an operator, whatever its arguments.
struct KernelChoice {
  /// For arguments that no kernel is specialized for; null when there is none.
  OpFunction fallback;
  /// Whether there are specialized kernels, so that get_op_function_from_registry() has to choose.
  bool has_specialized;
};

/// Looks first among `kernels`, then in the registry.
KernelChoice find_kernels(const char* name, Span<const Kernel> kernels);

/// How many values the kernels of an operator take, the result included; 0 if that is not known.
size_t find_arity(const char* name);

/// Writes the key of a list of tensors. InvalidArgument when it does not fit `buf_size` bytes.
ET_NODISCARD Error make_kernel_key_string(Span<const TensorMeta> key, char* buf, size_t buf_size);
}  // namespace internal

}  // namespace executorch::runtime

namespace torch {
namespace executor {
using ::executorch::runtime::Kernel;
using ::executorch::runtime::KernelKey;
using ::executorch::runtime::OpFunction;
using ::executorch::runtime::TensorMeta;
using KernelRuntimeContext = ::executorch::runtime::KernelRuntimeContext;

inline ::executorch::runtime::Error register_kernels(ArrayRef<Kernel> kernels) {
  return ::executorch::runtime::register_kernels({kernels.data(), kernels.size()});
}
inline OpFunction getOpsFn(const char* name, ArrayRef<TensorMeta> meta_list = {}) {
  auto result = ::executorch::runtime::get_op_function_from_registry(
      name, {meta_list.data(), meta_list.size()});
  ET_CHECK(result.ok());
  return *result;
}
inline bool hasOpsFn(const char* name, ArrayRef<TensorMeta> meta_list = {}) {
  return ::executorch::runtime::registry_has_op_function(name,
                                                         {meta_list.data(), meta_list.size()});
}
inline ArrayRef<Kernel> get_kernels() {
  const auto kernels = ::executorch::runtime::get_registered_kernels();
  return {kernels.data(), kernels.size()};
}
}  // namespace executor
}  // namespace torch
