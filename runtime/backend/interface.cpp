// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/backend/interface.h>

#include <cstring>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace {

constexpr size_t kMaxBackends = 16;

// Zero-initialised, so that backends can register from static constructors.
Backend registered_backends[kMaxBackends];
size_t num_registered_backends = 0;

}  // namespace

BackendInterface::~BackendInterface() {}

BackendInterface* get_backend_class(const char* name) {
  for (size_t i = 0; name != nullptr && i < num_registered_backends; ++i) {
    if (strcmp(registered_backends[i].name, name) == 0) {
      return registered_backends[i].backend;
    }
  }
  return nullptr;
}

Error register_backend(const Backend& backend) {
  ET_CHECK_OR_RETURN_ERROR(backend.name != nullptr && backend.backend != nullptr, InvalidArgument,
                           "a backend needs a name and an object");
  const BackendInterface* existing = get_backend_class(backend.name);
  if (existing == backend.backend) {
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(existing == nullptr, InvalidArgument,
                           "another backend named '%s' is registered already", backend.name);
  ET_CHECK_OR_RETURN_ERROR(num_registered_backends < kMaxBackends, Internal,
                           "backend '%s' cannot be registered: there are %" ET_PRIsize_t " already",
                           backend.name, kMaxBackends);
  registered_backends[num_registered_backends++] = backend;
  return Error::Ok;
}

size_t get_num_registered_backends() {
  return num_registered_backends;
}

Result<const char*> get_backend_name(size_t index) {
  ET_CHECK_OR_RETURN_ERROR(index < num_registered_backends, NotFound,
                           "backend %" ET_PRIsize_t " of %" ET_PRIsize_t, index,
                           num_registered_backends);
  return registered_backends[index].name;
}

Error set_option(const char* backend_name, Span<BackendOption> backend_options) {
  BackendInterface* backend = get_backend_class(backend_name);
  ET_CHECK_OR_RETURN_ERROR(backend != nullptr, NotFound, "backend '%s' is not registered",
                           backend_name == nullptr ? "(null)" : backend_name);
  BackendOptionContext context;
  return backend->set_option(context, backend_options);
}

Error get_option(const char* backend_name, Span<BackendOption> backend_options) {
  BackendInterface* backend = get_backend_class(backend_name);
  ET_CHECK_OR_RETURN_ERROR(backend != nullptr, NotFound, "backend '%s' is not registered",
                           backend_name == nullptr ? "(null)" : backend_name);
  BackendOptionContext context;
  return backend->get_option(context, backend_options);
}

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
