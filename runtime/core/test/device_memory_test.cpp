// SPDX-License-Identifier: BSD-3-Clause

#include <cstdlib>
#include <cstring>

#include <executorch/runtime/core/device_memory_buffer.h>
#include <gtest/gtest.h>

using namespace executorch::runtime;
using executorch::runtime::etensor::DeviceIndex;
using executorch::runtime::etensor::DeviceType;

namespace {

/// A device whose memory is the heap.
class HeapDevice final : public DeviceAllocator {
 public:
  Result<void*> allocate(size_t nbytes, DeviceIndex, size_t) override {
    ET_CHECK_OR_RETURN_ERROR(nbytes < 1000, MemoryAllocationFailed, "too much");
    ++live;
    return malloc(nbytes);
  }
  void deallocate(void* ptr, DeviceIndex) override {
    --live;
    free(ptr);
  }
  Error copy_host_to_device(void* dst, const void* src, size_t nbytes, DeviceIndex) override {
    memcpy(dst, src, nbytes);
    return Error::Ok;
  }
  Error copy_device_to_host(void* dst, const void* src, size_t nbytes, DeviceIndex) override {
    memcpy(dst, src, nbytes);
    return Error::Ok;
  }
  DeviceType device_type() const override { return DeviceType::CUDA; }

  int live = 0;
};

TEST(DeviceMemoryTest, BuffersGiveTheirMemoryBack) {
  static HeapDevice device;
  EXPECT_EQ(DeviceMemoryBuffer::create(8, DeviceType::CUDA).error(), Error::NotFound);
  EXPECT_EQ(get_device_allocator(static_cast<DeviceType>(-1)), nullptr);
  EXPECT_EQ(get_device_allocator(static_cast<DeviceType>(9)), nullptr);
  register_device_allocator(nullptr);
  register_device_allocator(&device);
  ASSERT_EQ(get_device_allocator(DeviceType::CUDA), &device);
  {
    Result<DeviceMemoryBuffer> buffer = DeviceMemoryBuffer::create(8, DeviceType::CUDA);
    ASSERT_TRUE(buffer.ok());
    EXPECT_EQ(buffer->size(), 8u);
    EXPECT_EQ(buffer->as_span().data(), buffer->data());
    DeviceMemoryBuffer moved(std::move(*buffer));
    DeviceMemoryBuffer assigned;
    assigned = std::move(moved);
    EXPECT_EQ(device.live, 1);
    EXPECT_EQ(moved.data(), nullptr);  // NOLINT: a moved-from buffer is empty.
    assigned = DeviceMemoryBuffer();
    EXPECT_EQ(device.live, 0);
  }
  EXPECT_EQ(device.live, 0);
  EXPECT_EQ(DeviceMemoryBuffer::create(1000, DeviceType::CUDA).error(),
            Error::MemoryAllocationFailed);
}

}  // namespace
