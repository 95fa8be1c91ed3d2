// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/device_copy_util.h>

#include <cstring>

#include <executorch/runtime/core/device_allocator.h>

namespace torch::executor::native::utils {

namespace etensor = ::executorch::runtime::etensor;

Tensor& copy_between_devices(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& host,
                             const Tensor& device, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, host.device_type() == etensor::DeviceType::CPU, InvalidArgument, out,
                      "The host's tensor is in the memory of device type %d",
                      static_cast<int>(host.device_type()));
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(self, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, self.sizes()) == Error::Ok, InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensors_have_same_dim_order(self, out), InvalidArgument, out);
  const size_t nbytes = self.nbytes();
  if (nbytes == 0) {
    return out;
  }
  ET_KERNEL_CHECK_MSG(ctx, self.const_data_ptr() != nullptr && out.const_data_ptr() != nullptr,
                      InvalidArgument, out, "A tensor has no data");
  void* const to = out.mutable_data_ptr();
  const void* const from = self.const_data_ptr();
  if (device.device_type() == etensor::DeviceType::CPU) {
    std::memmove(to, from, nbytes);
    return out;
  }
  auto* const allocator = ::executorch::runtime::get_device_allocator(device.device_type());
  ET_KERNEL_CHECK_MSG(ctx, allocator != nullptr, NotFound, out,
                      "No allocator is registered for device type %d",
                      static_cast<int>(device.device_type()));
  const Error error = &device == &out
                          ? allocator->copy_host_to_device(to, from, nbytes, device.device_index())
                          : allocator->copy_device_to_host(to, from, nbytes, device.device_index());
  if (error != Error::Ok) {
    ctx.fail(error);
  }
  return out;
}

}  // namespace torch::executor::native::utils
