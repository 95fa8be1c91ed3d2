// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/kernel/operator_registry.h>

#include <cinttypes>
#include <cstring>
#include <new>

#include <executorch/runtime/platform/platform.h>

namespace executorch::runtime {

namespace {

// Kernels that register_kernels() copies live here until there are more; then in memory from
// et_pal_allocate(). A target without that hook enlarges the table at build time.
#ifdef MAX_KERNEL_NUM
constexpr size_t kInlineKernels = MAX_KERNEL_NUM;
#else
constexpr size_t kInlineKernels = 8;
#endif

// Zero-initialized, so that registration may run before any constructor.
alignas(Kernel) unsigned char inline_kernels[kInlineKernels * sizeof(Kernel)];
Kernel* grown_kernels;
size_t grown_capacity;
size_t num_copied_kernels;
KernelLibrary* libraries;

Kernel* copied_kernels() {
  return grown_kernels != nullptr ? grown_kernels : reinterpret_cast<Kernel*>(inline_kernels);
}

bool make_room_for_a_kernel() {
  const size_t capacity = grown_kernels != nullptr ? grown_capacity : kInlineKernels;
  if (num_copied_kernels < capacity) {
    return true;
  }
  const size_t new_capacity = capacity * 2 < 64 ? 64 : capacity * 2;
  void* memory = pal_allocate(new_capacity * sizeof(Kernel));
  if (memory == nullptr) {
    return false;
  }
  std::memcpy(memory, static_cast<const void*>(copied_kernels()),
              num_copied_kernels * sizeof(Kernel));
  if (grown_kernels != nullptr) {
    pal_free(grown_kernels);
  }
  grown_kernels = static_cast<Kernel*>(memory);
  grown_capacity = new_capacity;
  return true;
}

/// The first kernel that is not less than `name`.
size_t lower_bound(Span<const Kernel> sorted_kernels, const char* name) {
  size_t begin = 0;
  size_t end = sorted_kernels.size();
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if (std::strcmp(sorted_kernels[middle].name_, name) < 0) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

/// The kernel with this name and exactly this key, or null.
/// @param has_specialized if not null, set to true where a kernel of this name is no fallback.
const Kernel* find_in(Span<const Kernel> kernels, bool is_sorted, const char* name,
                      const KernelKey& key, bool* has_specialized = nullptr) {
  const Kernel* found = nullptr;
  for (size_t i = is_sorted ? lower_bound(kernels, name) : 0; i < kernels.size(); ++i) {
    const Kernel& kernel = kernels[i];
    if (std::strcmp(kernel.name_, name) != 0) {
      if (is_sorted) {
        break;
      }
      continue;
    }
    if (found == nullptr && kernel.kernel_key_.equals(key)) {
      found = &kernel;
    }
    if (has_specialized != nullptr) {
      *has_specialized = *has_specialized || !kernel.kernel_key_.is_fallback();
    } else if (found != nullptr) {
      break;
    }
  }
  return found;
}

const Kernel* find_registered(const char* name, const KernelKey& key,
                              bool* has_specialized = nullptr) {
  const Kernel* found = find_in(get_registered_kernels(), false, name, key, has_specialized);
  for (const KernelLibrary* library = libraries;
       library != nullptr && (found == nullptr || has_specialized != nullptr);
       library = library->next) {
    const Kernel* kernel =
        find_in(library->kernels, library->is_sorted, name, key, has_specialized);
    found = found == nullptr ? kernel : found;
  }
  return found;
}

}  // namespace

bool TensorMeta::equals(const TensorMeta& other) const {
  if (dtype_ != other.dtype_ || dim_order_.size() != other.dim_order_.size()) {
    return false;
  }
  for (size_t i = 0; i < dim_order_.size(); ++i) {
    if (dim_order_[i] != other.dim_order_[i]) {
      return false;
    }
  }
  return true;
}

void register_kernel_library(KernelLibrary& library) {
  for (const KernelLibrary* known = libraries; known != nullptr; known = known->next) {
    if (known == &library) {
      return;
    }
  }
  library.next = libraries;
  libraries = &library;
}

Error register_kernels(Span<const Kernel> kernels) {
  for (const Kernel& kernel : kernels) {
    ET_CHECK_OR_RETURN_ERROR(kernel.name_ != nullptr && kernel.op_ != nullptr, InvalidArgument,
                             "A kernel without a name or a function cannot be registered");
    if (const Kernel* known =
            find_in(get_registered_kernels(), false, kernel.name_, kernel.kernel_key_)) {
      ET_CHECK_OR_RETURN_ERROR(known->op_ == kernel.op_, RegistrationAlreadyRegistered,
                               "Another kernel is registered as %s", kernel.name_);
      continue;
    }
    ET_CHECK_OR_RETURN_ERROR(make_room_for_a_kernel(), RegistrationExceedingMaxKernels,
                             "The registry is full at %zu kernels, %s does not fit",
                             num_copied_kernels, kernel.name_);
    new (copied_kernels() + num_copied_kernels) Kernel(kernel);
    ++num_copied_kernels;
  }
  return Error::Ok;
}

Error register_kernel(const Kernel& kernel) {
  return register_kernels({&kernel, 1});
}

Span<const Kernel> get_registered_kernels() {
  return {copied_kernels(), num_copied_kernels};
}

const KernelLibrary* get_kernel_libraries() {
  return libraries;
}

bool registry_has_op_function(const char* name, Span<const TensorMeta> meta_list) {
  char buffer[KernelKey::MAX_SIZE];
  if (!meta_list.empty() &&
      internal::make_kernel_key_string(meta_list, buffer, sizeof(buffer)) == Error::Ok &&
      find_registered(name, KernelKey(buffer)) != nullptr) {
    return true;
  }
  return find_registered(name, KernelKey()) != nullptr;
}

Result<OpFunction> get_op_function_from_registry(const char* name,
                                                 Span<const TensorMeta> meta_list) {
  return get_op_function_from_registry(name, meta_list, {});
}

Result<OpFunction> get_op_function_from_registry(const char* name, Span<const TensorMeta> meta_list,
                                                 Span<const Kernel> kernels) {
  const Kernel* kernel = nullptr;
  if (!meta_list.empty()) {
    char buffer[KernelKey::MAX_SIZE];
    ET_CHECK_OK_OR_RETURN_ERROR(
        internal::make_kernel_key_string(meta_list, buffer, sizeof(buffer)));
    const KernelKey key(buffer);
    kernel = find_in(kernels, false, name, key);
    if (kernel == nullptr) {
      kernel = find_in(kernels, false, name, KernelKey());
    }
    if (kernel == nullptr) {
      kernel = find_registered(name, key);
    }
  } else {
    kernel = find_in(kernels, false, name, KernelKey());
  }
  if (kernel == nullptr) {
    kernel = find_registered(name, KernelKey());
  }
  ET_CHECK_OR_RETURN_ERROR(kernel != nullptr, OperatorMissing, "No kernel is registered for %s",
                           name);
  return kernel->op_;
}

namespace internal {

KernelChoice find_kernels(const char* name, Span<const Kernel> kernels) {
  bool has_specialized = false;
  const Kernel* kernel = find_in(kernels, false, name, KernelKey(), &has_specialized);
  const Kernel* registered = find_registered(name, KernelKey(), &has_specialized);
  kernel = kernel == nullptr ? registered : kernel;
  return {kernel == nullptr ? nullptr : kernel->op_, has_specialized};
}

size_t find_arity(const char* name) {
  for (const KernelLibrary* library = libraries; library != nullptr; library = library->next) {
    if (library->arities != nullptr) {
      const Kernel* kernel = find_in(library->kernels, library->is_sorted, name, KernelKey());
      if (kernel != nullptr) {
        return library->arities[kernel - library->kernels.data()];
      }
    }
  }
  return 0;
}

namespace {
/// Appends a character, keeping room for the final NUL.
bool append(char c, char*& buf, size_t& room) {
  if (room < 2) {
    return false;
  }
  *buf++ = c;
  --room;
  return true;
}

bool append_number(uint8_t number, char*& buf, size_t& room) {
  return (number < 10 || append(static_cast<char>('0' + number / 10 % 10), buf, room)) &&
         append(static_cast<char>('0' + number % 10), buf, room);
}
}  // namespace

Error make_kernel_key_string(Span<const TensorMeta> key, char* buf, size_t buf_size) {
  if (key.empty()) {
    if (buf_size > 0) {
      *buf = '\0';
    }
    return Error::Ok;
  }
  bool fits =
      append('v', buf, buf_size) && append('1', buf, buf_size) && append('/', buf, buf_size);
  for (size_t i = 0; i < key.size() && fits; ++i) {
    const auto dtype = static_cast<int8_t>(key[i].dtype_);
    ET_CHECK_OR_RETURN_ERROR(dtype >= 0 && dtype <= 99, InvalidArgument,
                             "Element type %d has no place in a kernel key", dtype);
    fits = (i == 0 || append('|', buf, buf_size)) &&
           append_number(static_cast<uint8_t>(dtype), buf, buf_size) && append(';', buf, buf_size);
    for (size_t d = 0; d < key[i].dim_order_.size() && fits; ++d) {
      const uint8_t dim = key[i].dim_order_[d];
      ET_CHECK_OR_RETURN_ERROR(dim <= 99, InvalidArgument,
                               "Dimension %u has no place in a kernel key", dim);
      fits = (d == 0 || append(',', buf, buf_size)) && append_number(dim, buf, buf_size);
    }
  }
  ET_CHECK_OR_RETURN_ERROR(fits, InvalidArgument, "The kernel key of %zu tensors is too long",
                           key.size());
  *buf = '\0';
  return Error::Ok;
}

}  // namespace internal

}  // namespace executorch::runtime
