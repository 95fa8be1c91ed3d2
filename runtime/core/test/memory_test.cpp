// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/hierarchical_allocator.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <gtest/gtest.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using namespace executorch::runtime;

namespace {

bool is_aligned(const void* pointer, size_t alignment) {
  return reinterpret_cast<uintptr_t>(pointer) % alignment == 0;
}

TEST(MemoryAllocatorTest, HandsOutAlignedPieces) {
  alignas(64) uint8_t pool[256];
  MemoryAllocator allocator(sizeof(pool), pool);
  EXPECT_EQ(allocator.allocate(1), pool);
  void* second = allocator.allocate(10, 64);
  EXPECT_EQ(second, pool + 64);
  EXPECT_EQ(allocator.used_size(), 74u);
  EXPECT_EQ(allocator.free_size(), 182u);
  EXPECT_TRUE(is_aligned(allocator.allocateInstance<int64_t>(), alignof(int64_t)));
  EXPECT_NE(allocator.allocateList<int16_t>(3), nullptr);
  EXPECT_EQ(allocator.size(), 256u);
  EXPECT_EQ(allocator.base_address(), pool);
  allocator.reset();
  EXPECT_EQ(allocator.allocate(256, 1), pool);
  EXPECT_EQ(allocator.allocate(1, 1), nullptr);
}

TEST(MemoryAllocatorTest, PoolNeedNotBeAligned) {
  alignas(16) uint8_t pool[64];
  MemoryAllocator allocator(63, pool + 1);
  void* memory = allocator.allocate(32, 16);
  EXPECT_EQ(memory, pool + 16);
  EXPECT_EQ(allocator.allocate(32, 16), nullptr);
  EXPECT_EQ(allocator.allocate(16, 16), pool + 48);
}

TEST(MemoryAllocatorTest, Refuses) {
  alignas(16) uint8_t pool[64];
  MemoryAllocator allocator(sizeof(pool), pool);
  EXPECT_EQ(allocator.allocate(1, 3), nullptr);
  EXPECT_EQ(allocator.allocate(1, 0), nullptr);
  EXPECT_EQ(allocator.allocate(65), nullptr);
  EXPECT_EQ(allocator.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(allocator.allocate(SIZE_MAX - 3, 8), nullptr);
  EXPECT_EQ(allocator.allocateList<int64_t>(SIZE_MAX / 4), nullptr);
  // What failed takes nothing.
  EXPECT_EQ(allocator.used_size(), 0u);
  MemoryAllocator none(100, nullptr);
  EXPECT_EQ(none.size(), 0u);
  EXPECT_EQ(none.allocate(1), nullptr);
}

Error allocate_both(MemoryAllocator* allocator) {
  int* list = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, int, 4);
  int* one = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, int);
  void* raw = ET_ALLOCATE_OR_RETURN_ERROR(allocator, 4);
  list[3] = *one = *static_cast<int*>(raw) = 1;
  return Error::Ok;
}

TEST(MemoryAllocatorTest, MacrosReturnErrors) {
  alignas(16) uint8_t pool[32];
  for (uint32_t size = 0; size < 28; ++size) {
    MemoryAllocator allocator(size, pool);
    EXPECT_EQ(allocate_both(&allocator), Error::MemoryAllocationFailed);
  }
  MemoryAllocator allocator(28, pool);
  EXPECT_EQ(allocate_both(&allocator), Error::Ok);
}

TEST(HierarchicalAllocatorTest, FindsAddresses) {
  uint8_t first[16];
  uint8_t second[32];
  Span<uint8_t> buffers[] = {{first, sizeof(first)}, {second, sizeof(second)}};
  HierarchicalAllocator allocator({buffers, 2});
  EXPECT_EQ(*allocator.get_offset_address(0, 0, 16), first);
  EXPECT_EQ(*allocator.get_offset_address(1, 30, 2), second + 30);
  EXPECT_EQ(allocator.get_offset_address(0, 1, 16).error(), Error::MemoryAllocationFailed);
  EXPECT_EQ(allocator.get_offset_address(2, 0, 1).error(), Error::InvalidArgument);
  EXPECT_EQ(allocator.get_offset_address(UINT32_MAX, 0, 1).error(), Error::InvalidArgument);
  EXPECT_EQ(allocator.get_offset_address(0, SIZE_MAX, 2).error(), Error::InvalidArgument);
  EXPECT_TRUE(allocator.planned_buffer_devices().empty());
}

TEST(HierarchicalAllocatorTest, DeprecatedConstructor) {
  uint8_t first[16];
  uint8_t second[32];
  MemoryAllocator allocators[] = {{sizeof(first), first}, {sizeof(second), second}};
  HierarchicalAllocator allocator(2, allocators);
  EXPECT_EQ(*allocator.get_offset_address(1, 4, 28), second + 4);
  EXPECT_EQ(allocator.get_offset_address(2, 0, 0).error(), Error::InvalidArgument);
}

TEST(FreeableBufferTest, FreesOnce) {
  static int freed;
  freed = 0;
  int context = 0;
  const char text[] = "text";
  {
    FreeableBuffer buffer(
        text, 4,
        [](void* c, void*, size_t size) {
          ++*static_cast<int*>(c);
          freed += static_cast<int>(size);
        },
        &context);
    EXPECT_EQ(buffer.data(), text);
    EXPECT_EQ(*buffer.data_safe(), text);
    EXPECT_EQ(buffer.size(), 4u);
    EXPECT_EQ(buffer.data_uint64_type().error(), Error::InvalidType);
    FreeableBuffer moved(std::move(buffer));
    EXPECT_EQ(buffer.size(), 0u);  // NOLINT: a moved-from buffer is empty.
    EXPECT_EQ(moved.size(), 4u);
    moved.Free();
    EXPECT_EQ(moved.data(), nullptr);
    moved.Free();
  }
  EXPECT_EQ(context, 1);
  EXPECT_EQ(freed, 4);
  EXPECT_EQ(FreeableBuffer().data(), nullptr);
}

TEST(FreeableBufferTest, NumbersInsteadOfPointers) {
  static uint64_t freed;
  freed = 0;
  {
    FreeableBuffer buffer(uint64_t(1) << 40, 10,
                          [](void*, uint64_t data, size_t) { freed += data; });
    EXPECT_EQ(*buffer.data_uint64_type(), uint64_t(1) << 40);
    EXPECT_EQ(buffer.data_safe().error(), Error::InvalidType);
    FreeableBuffer moved(std::move(buffer));
  }
  EXPECT_EQ(freed, uint64_t(1) << 40);
}

TEST(DataLoaderTest, LoadIntoIsOptional) {
  class Minimal final : public DataLoader {
   public:
    Result<FreeableBuffer> load(size_t, size_t, const SegmentInfo&) const override {
      return FreeableBuffer();
    }
    Result<size_t> size() const override { return size_t(0); }
  } loader;
  EXPECT_EQ(loader.load_into(0, 0, DataLoader::SegmentInfo(), nullptr), Error::NotImplemented);
}

}  // namespace
