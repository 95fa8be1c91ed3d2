// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/platform_memory_allocator.h>

#include <cstring>

#include <gtest/gtest.h>

using namespace executorch::runtime;

namespace {

TEST(PlatformMemoryAllocatorTest, AllocatesAndFrees) {
  internal::PlatformMemoryAllocator allocator;
  for (const size_t alignment : {1, 8, 64, 4096}) {
    void* memory = allocator.allocate(100, alignment);
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % alignment, 0u);
    memset(memory, 1, 100);
  }
  allocator.reset();
  EXPECT_NE(allocator.allocate(0), nullptr);
  EXPECT_EQ(allocator.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(allocator.allocate(1, 3), nullptr);
}

}  // namespace
