// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace executorch::runtime::etensor {

/// Where a tensor's bytes live.
enum class DeviceType : int8_t {
  CPU = 0,
  CUDA = 1,
};

constexpr int kNumDeviceTypes = 2;

/// Ordinal of a device among those of its type; 0 for the CPU.
using DeviceIndex = int8_t;

/// A device type with an index.
struct Device final {
  using Type = DeviceType;

  /* implicit */ constexpr Device(DeviceType type, DeviceIndex index = 0)
      : type_(type), index_(index) {}

  constexpr DeviceType type() const noexcept { return type_; }
  constexpr DeviceIndex index() const noexcept { return index_; }
  constexpr bool is_cpu() const noexcept { return type_ == DeviceType::CPU; }

  friend constexpr bool operator==(const Device& a, const Device& b) noexcept {
    return a.type_ == b.type_ && a.index_ == b.index_;
  }
  friend constexpr bool operator!=(const Device& a, const Device& b) noexcept { return !(a == b); }

 private:
  DeviceType type_;
  DeviceIndex index_ = 0;
};

}  // namespace executorch::runtime::etensor
