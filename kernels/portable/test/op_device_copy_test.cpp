// SPDX-License-Identifier: BSD-3-Clause
/// Copies between the host and a device, whose memory is in truth the host's.
#include <executorch/kernels/portable/Functions.h>
#include <executorch/runtime/core/device_allocator.h>

#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace {

using ::executorch::aten::ScalarType;
using ::executorch::aten::Tensor;
using ::executorch::aten::TensorImpl;
using ::executorch::runtime::DeviceAllocator;
using ::executorch::runtime::Error;
using ::executorch::runtime::KernelRuntimeContext;
using ::executorch::runtime::Result;
using ::executorch::runtime::TensorShapeDynamism;
using ::executorch::runtime::etensor::DeviceIndex;
using ::executorch::runtime::etensor::DeviceType;

/// Remembers which way it copied last, and for which device.
class FakeDevice final : public DeviceAllocator {
 public:
  std::string last;
  Error status = Error::Ok;

  Result<void*> allocate(size_t, DeviceIndex, size_t) override { return Error::NotSupported; }
  void deallocate(void*, DeviceIndex) override {}
  Error copy_host_to_device(void* dst, const void* src, size_t nbytes, DeviceIndex index) override {
    return copy("to", dst, src, nbytes, index);
  }
  Error copy_device_to_host(void* dst, const void* src, size_t nbytes, DeviceIndex index) override {
    return copy("from", dst, src, nbytes, index);
  }
  DeviceType device_type() const override { return DeviceType::CUDA; }

 private:
  Error copy(const char* direction, void* dst, const void* src, size_t nbytes, DeviceIndex index) {
    last = direction + std::to_string(index);
    std::memcpy(dst, src, nbytes);
    return status;
  }
};

class OpDeviceCopyTest : public ::testing::Test {
 protected:
  TensorImpl make(float* data, DeviceType type, DeviceIndex index = 0) {
    return TensorImpl(ScalarType::Float, 1, sizes_, data, dim_order_, strides_,
                      TensorShapeDynamism::STATIC, type, index);
  }

  TensorImpl::SizesType sizes_[1] = {3};
  TensorImpl::DimOrderType dim_order_[1] = {0};
  TensorImpl::StridesType strides_[1] = {1};
  float a_[3] = {1, 2, 3};
  float b_[3] = {};
  KernelRuntimeContext ctx_;
};

// The order matters: there is no way to take an allocator out of the registry.
TEST_F(OpDeviceCopyTest, NeedsAnAllocatorThenCopies) {
  TensorImpl host = make(a_, DeviceType::CPU);
  TensorImpl device = make(b_, DeviceType::CUDA, 1);
  {
    KernelRuntimeContext ctx;
    Tensor out(&device);
    torch::executor::et_copy::_h2d_copy_outf(ctx, Tensor(&host), out);
    EXPECT_EQ(ctx.failure_state(), Error::NotFound);
  }
  static FakeDevice fake;
  ::executorch::runtime::register_device_allocator(&fake);
  Tensor to_device(&device);
  torch::executor::et_copy::_h2d_copy_outf(ctx_, Tensor(&host), to_device);
  EXPECT_EQ(ctx_.failure_state(), Error::Ok);
  EXPECT_EQ(fake.last, "to1");
  EXPECT_EQ(b_[2], 3);

  b_[0] = 7;
  Tensor to_host(&host);
  torch::executor::et_copy::_d2h_copy_outf(ctx_, Tensor(&device), to_host);
  EXPECT_EQ(ctx_.failure_state(), Error::Ok);
  EXPECT_EQ(fake.last, "from1");
  EXPECT_EQ(a_[0], 7);

  fake.status = Error::InvalidState;
  torch::executor::et_copy::_d2h_copy_outf(ctx_, Tensor(&device), to_host);
  EXPECT_EQ(ctx_.failure_state(), Error::InvalidState);
}

TEST_F(OpDeviceCopyTest, TheHostsTensorMustBeOnTheHost) {
  TensorImpl host = make(a_, DeviceType::CPU);
  TensorImpl device = make(b_, DeviceType::CUDA);
  Tensor out(&host);
  torch::executor::et_copy::_h2d_copy_outf(ctx_, Tensor(&device), out);
  EXPECT_EQ(ctx_.failure_state(), Error::InvalidArgument);
}

}  // namespace
