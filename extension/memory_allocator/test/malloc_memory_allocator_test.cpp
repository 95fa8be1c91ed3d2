// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace executorch {
namespace extension {
namespace {

TEST(MallocMemoryAllocatorTest, GivesAlignedMemoryOfItsOwn) {
  MallocMemoryAllocator allocator;
  for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
    auto* a = static_cast<uint8_t*>(allocator.allocate(100, alignment));
    auto* b = static_cast<uint8_t*>(allocator.allocate(100, alignment));
    ASSERT_NE(a, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(a) % alignment, 0u);
    std::memset(a, 1, 100);
    std::memset(b, 2, 100);
    EXPECT_EQ(a[99], 1);
  }
  allocator.reset();
  int64_t* numbers = allocator.allocateList<int64_t>(1000);
  numbers[999] = 5;
  EXPECT_EQ(numbers[999], 5);
}

TEST(MallocMemoryAllocatorTest, RefusesWhatCannotBe) {
  MallocMemoryAllocator allocator;
  EXPECT_EQ(allocator.allocate(10, 0), nullptr);
  EXPECT_EQ(allocator.allocate(10, 24), nullptr);
  EXPECT_EQ(allocator.allocateList<int64_t>(SIZE_MAX), nullptr);
}

}  // namespace
}  // namespace extension
}  // namespace executorch
