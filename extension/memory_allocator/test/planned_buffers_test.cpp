// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/memory_allocator/planned_buffers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include <executorch/extension/data_loader/file_data_loader.h>

// Under AddressSanitizer, an allocation that cannot be must return null as it does without.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}

namespace executorch {
namespace extension {
namespace {

using runtime::Error;
using runtime::Program;
using ::testing::ElementsAre;

TEST(PlannedBuffersTest, AreZeroAndAligned) {
  const auto buffers = PlannedBuffers::allocate({0, 1, 100, 100000});
  ASSERT_TRUE(buffers.ok());
  ASSERT_EQ(buffers->size(), 4u);
  EXPECT_EQ((*buffers)[3].size(), 100000u);
  for (size_t i = 0; i < buffers->size(); ++i) {
    const auto buffer = (*buffers)[i];
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % PlannedBuffers::kAlignment, 0u);
    EXPECT_TRUE(std::all_of(buffer.begin(), buffer.end(), [](uint8_t byte) { return byte == 0; }));
    std::fill(buffer.begin(), buffer.end(), uint8_t{1});
  }
}

TEST(PlannedBuffersTest, ReportsHugeSizes) {
  for (const size_t size : {SIZE_MAX, SIZE_MAX - 100, SIZE_MAX / 2}) {
    EXPECT_EQ(PlannedBuffers::allocate({16, size}).error(), Error::MemoryAllocationFailed);
    EXPECT_THAT(runtime::last_error_message(), ::testing::HasSubstr("planned buffer 1"));
  }
}

TEST(PlannedBuffersTest, SizesOfAProgramFitAllItsMethods) {
  auto loader = FileDataLoader::from("test/data/corpus/s_shared_mutable_buffer/program.pte");
  ASSERT_TRUE(loader.ok()) << runtime::last_error_message();
  const auto program = Program::load(&*loader);
  ASSERT_TRUE(program.ok());
  const std::vector<size_t> largest = planned_buffer_sizes(*program);
  ASSERT_EQ(largest.size(), 2u);
  for (const char* name : {"set", "get", "inc"}) {
    const auto sizes = planned_buffer_sizes(*program->method_meta(name));
    ASSERT_TRUE(sizes.ok());
    for (size_t i = 0; i < sizes->size(); ++i) {
      EXPECT_LE((*sizes)[i], largest[i]);
    }
  }
  EXPECT_THAT(*planned_buffer_sizes(*program->method_meta("inc")),
              ElementsAre(largest[0], largest[1]));
}

}  // namespace
}  // namespace extension
}  // namespace executorch
