// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/tensor/tensor_ptr.h>

#include <cstring>
#include <numeric>

#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

namespace executorch {
namespace extension {

using aten::Device;
using aten::DimOrderType;
using aten::ScalarType;
using aten::SizesType;
using aten::StridesType;
using aten::Tensor;
using aten::TensorImpl;
using aten::TensorShapeDynamism;
using runtime::Error;

namespace {

// What a TensorPtr points into: the tensor and all that it refers to, in one allocation.
struct Storage final {
  Storage(std::vector<SizesType> sizes_in, void* data, std::vector<DimOrderType> dim_order_in,
          std::vector<StridesType> strides_in, ScalarType type, Device device,
          TensorShapeDynamism dynamism, std::function<void(void*)> deleter_in)
      : sizes(std::move(sizes_in)),
        dim_order(std::move(dim_order_in)),
        strides(std::move(strides_in)),
        deleter(std::move(deleter_in)),
        impl(type, static_cast<ssize_t>(sizes.size()), sizes.data(), data, dim_order.data(),
             strides.data(), dynamism, device.type(), device.index()),
        tensor(&impl) {}

  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  ~Storage() {
    if (deleter) {
      deleter(impl.mutable_data());
    }
  }

  std::vector<SizesType> sizes;
  std::vector<DimOrderType> dim_order;
  std::vector<StridesType> strides;
  std::function<void(void*)> deleter;
  TensorImpl impl;
  Tensor tensor;
};

template <typename From, typename To>
void cast_all(const From* from, size_t count, To* to) {
  for (size_t i = 0; i < count; ++i) {
    to[i] = runtime::convert<To>(from[i]);
  }
}

// Calls `f(pointer)` with `data` as a pointer to elements of `type`. False if it is not a number.
template <typename F>
bool with_typed_pointer(ScalarType type, const void* data, const F& f) {
  switch (type) {
#define TYPED_POINTER_CASE(T, name) \
  case ScalarType::name:            \
    f(static_cast<const T*>(data)); \
    return true;
    ET_FORALL_REALHBBF16_AND_UINT_TYPES(TYPED_POINTER_CASE)
#undef TYPED_POINTER_CASE
    default:
      return false;
  }
}

template <typename T>
std::vector<T> to_vector(const aten::ArrayRef<T>& list) {
  return std::vector<T>(list.begin(), list.end());
}

}  // namespace

namespace internal {

std::vector<uint8_t> cast_elements(const void* data, size_t count, ScalarType from, ScalarType to) {
  ET_CHECK_MSG(runtime::canCast(from, to), "Elements of type %s cannot become %s",
               runtime::toString(from), runtime::toString(to));
  std::vector<uint8_t> bytes(count * runtime::elementSize(to));
  bool is_done = false;
  with_typed_pointer(from, data, [&](const auto* source) {
    is_done = with_typed_pointer(to, bytes.data(), [&](const auto* destination) {
      using To = std::remove_cv_t<std::remove_pointer_t<decltype(destination)>>;
      cast_all(source, count, const_cast<To*>(destination));
    });
  });
  ET_CHECK_MSG(is_done, "No conversion of elements from %s to %s", runtime::toString(from),
               runtime::toString(to));
  return bytes;
}

size_t checked_numel(const std::vector<SizesType>& sizes) {
  return static_cast<size_t>(aten::compute_numel(sizes.data(), static_cast<ssize_t>(sizes.size())));
}

}  // namespace internal

TensorPtr make_tensor_ptr(std::vector<SizesType> sizes, void* data,
                          std::vector<DimOrderType> dim_order, std::vector<StridesType> strides,
                          ScalarType type, Device device, TensorShapeDynamism dynamism,
                          std::function<void(void*)> deleter) {
  const size_t rank = sizes.size();
  internal::checked_numel(sizes);
  ET_CHECK_MSG(rank <= runtime::kTensorDimensionLimit, "Rank %zu exceeds the limit of %zu", rank,
               runtime::kTensorDimensionLimit);
  ET_CHECK_MSG(strides.empty() || strides.size() == rank,
               "%zu strides were given for a tensor of rank %zu", strides.size(), rank);
  ET_CHECK_MSG(dim_order.empty() || dim_order.size() == rank,
               "A dim order of %zu dimensions was given for a tensor of rank %zu", dim_order.size(),
               rank);
  if (dim_order.empty()) {
    dim_order.resize(rank);
    if (strides.empty()) {
      std::iota(dim_order.begin(), dim_order.end(), 0);
    } else {
      const Error error = runtime::stride_to_dim_order(strides.data(), rank, dim_order.data());
      ET_CHECK_MSG(error == Error::Ok, "%s", runtime::last_error_message());
    }
  }
  std::vector<StridesType> dense(rank);
  const Error error =
      runtime::dim_order_to_stride(sizes.data(), dim_order.data(), rank, dense.data());
  ET_CHECK_MSG(error == Error::Ok, "%s", runtime::last_error_message());
  for (size_t i = 0; i < strides.size(); ++i) {
    // The stride of a dimension of one element is never used.
    ET_CHECK_MSG(strides[i] == dense[i] || sizes[i] == 1,
                 "Stride %d of dimension %zu leaves a gap or overlaps; it should be %d",
                 static_cast<int>(strides[i]), i, static_cast<int>(dense[i]));
  }
  auto storage =
      std::make_shared<Storage>(std::move(sizes), data, std::move(dim_order), std::move(dense),
                                type, device, dynamism, std::move(deleter));
  Tensor* tensor = &storage->tensor;
  return TensorPtr(storage, tensor);
}

TensorPtr make_tensor_ptr(std::vector<SizesType> sizes, std::vector<uint8_t> data,
                          std::vector<DimOrderType> dim_order, std::vector<StridesType> strides,
                          ScalarType type, TensorShapeDynamism dynamism) {
  ET_CHECK_MSG(runtime::isValid(type), "Invalid element type %d", static_cast<int>(type));
  size_t nbytes = 0;
  ET_CHECK_MSG(
      !__builtin_mul_overflow(internal::checked_numel(sizes), runtime::elementSize(type), &nbytes),
      "The number of bytes overflows");
  ET_CHECK_MSG(data.size() == nbytes, "%zu bytes were given for a tensor of %zu", data.size(),
               nbytes);
  auto owner = std::make_shared<std::vector<uint8_t>>(std::move(data));
  void* bytes = owner->data();
  return make_tensor_ptr(std::move(sizes), bytes, std::move(dim_order), std::move(strides), type,
                         aten::DeviceType::CPU, dynamism, [owner = std::move(owner)](void*) {});
}

TensorPtr make_tensor_ptr(const Tensor& tensor, std::vector<SizesType> sizes,
                          std::vector<DimOrderType> dim_order, std::vector<StridesType> strides,
                          std::function<void(void*)> deleter) {
  if (sizes.empty()) {
    sizes = to_vector(tensor.sizes());
  } else {
    const size_t numel = internal::checked_numel(sizes);
    ET_CHECK_MSG(numel <= static_cast<size_t>(tensor.numel()),
                 "A view of %zu elements exceeds the %zd of the tensor", numel, tensor.numel());
  }
  if (dim_order.empty() && strides.empty() && tensor.dim_order().data() != nullptr &&
      sizes.size() == tensor.dim_order().size()) {
    dim_order = to_vector(tensor.dim_order());
  }
  return make_tensor_ptr(std::move(sizes), tensor.mutable_data_ptr(), std::move(dim_order),
                         std::move(strides), tensor.scalar_type(), tensor.device(),
                         tensor.shape_dynamism(), std::move(deleter));
}

TensorPtr clone_tensor_ptr(const Tensor& tensor, ScalarType type) {
  std::vector<SizesType> sizes = to_vector(tensor.sizes());
  std::vector<DimOrderType> dim_order;
  if (tensor.dim_order().data() != nullptr) {
    dim_order = to_vector(tensor.dim_order());
  }
  const void* data = tensor.const_data_ptr();
  if (data == nullptr) {
    return make_tensor_ptr(std::move(sizes), nullptr, std::move(dim_order), {}, type,
                           tensor.shape_dynamism());
  }
  ET_CHECK_MSG(tensor.device().is_cpu(), "The data of the tensor is in the memory of a device");
  const auto* bytes = static_cast<const uint8_t*>(data);
  return make_tensor_ptr(std::move(sizes),
                         type == tensor.scalar_type()
                             ? std::vector<uint8_t>(bytes, bytes + tensor.nbytes())
                             : internal::cast_elements(data, static_cast<size_t>(tensor.numel()),
                                                       tensor.scalar_type(), type),
                         std::move(dim_order), {}, type, tensor.shape_dynamism());
}

TensorPtr clone_tensor_ptr_to(const TensorPtr& tensor, Device device) {
  ET_CHECK_MSG(tensor != nullptr, "The tensor to copy is null");
  const Device source = tensor->device();
  if (device.is_cpu() && source.is_cpu()) {
    return clone_tensor_ptr(tensor);
  }
  ET_CHECK_MSG(device.is_cpu() || source.is_cpu(), "One of the two devices has to be the CPU");
  const Device other = device.is_cpu() ? source : device;
  runtime::DeviceAllocator* allocator = runtime::get_device_allocator(other.type());
  ET_CHECK_MSG(allocator != nullptr, "No allocator is registered for device type %d",
               static_cast<int>(other.type()));
  std::vector<SizesType> sizes = to_vector(tensor->sizes());
  std::vector<DimOrderType> dim_order = to_vector(tensor->dim_order());
  const size_t nbytes = tensor->nbytes();
  ET_CHECK_MSG(tensor->const_data_ptr() != nullptr, "The tensor to copy has no data");
  if (device.is_cpu()) {
    std::vector<uint8_t> bytes(nbytes);
    const Error error = allocator->copy_device_to_host(bytes.data(), tensor->const_data_ptr(),
                                                       nbytes, source.index());
    ET_CHECK_MSG(error == Error::Ok, "Copy from the device: %s", runtime::to_string(error));
    return make_tensor_ptr(std::move(sizes), std::move(bytes), std::move(dim_order), {},
                           tensor->scalar_type(), tensor->shape_dynamism());
  }
  const auto memory = allocator->allocate(nbytes, device.index());
  ET_CHECK_MSG(memory.ok(), "No memory for %zu bytes on the device", nbytes);
  void* data = *memory;
  const Error error =
      allocator->copy_host_to_device(data, tensor->const_data_ptr(), nbytes, device.index());
  ET_CHECK_MSG(error == Error::Ok, "Copy to the device: %s", runtime::to_string(error));
  return make_tensor_ptr(std::move(sizes), data, std::move(dim_order), {}, tensor->scalar_type(),
                         device, tensor->shape_dynamism(), [allocator, device](void* memory) {
                           allocator->deallocate(memory, device.index());
                         });
}

Error resize_tensor_ptr(TensorPtr& tensor, const std::vector<SizesType>& sizes) {
  ET_CHECK_OR_RETURN_ERROR(tensor != nullptr, InvalidArgument, "the tensor to resize is null");
  return runtime::resize_tensor(*tensor, aten::ArrayRef<SizesType>(sizes.data(), sizes.size()));
}

}  // namespace extension
}  // namespace executorch
