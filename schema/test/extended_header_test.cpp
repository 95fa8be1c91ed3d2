// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/schema/extended_header.h>

#include <cstring>

#include <gtest/gtest.h>

using namespace executorch::runtime;

namespace {

class ExtendedHeaderTest : public ::testing::Test {
 protected:
  void put(size_t offset, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      head_[offset + i] = static_cast<uint8_t>(value >> (8 * i));
    }
  }
  void SetUp() override {
    memset(head_, 0xee, sizeof(head_));
    memcpy(head_ + 8, "eh00", 4);
    put(12, 32, 4);
    put(16, 0x1122334455667788, 8);
    put(24, 0x99aabbccddeeff00, 8);
    put(32, 0x0102030405060708, 8);
  }

  uint8_t head_[ExtendedHeader::kNumHeadBytes];
};

TEST_F(ExtendedHeaderTest, ReadsLittleEndianFields) {
  const Result<ExtendedHeader> header = ExtendedHeader::Parse(head_, sizeof(head_));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->program_size, 0x1122334455667788u);
  EXPECT_EQ(header->segment_base_offset, 0x99aabbccddeeff00u);
  EXPECT_EQ(header->segment_data_size, 0x0102030405060708u);
}

TEST_F(ExtendedHeaderTest, FirstVersionHasNoDataSize) {
  for (int length = 24; length < 32; ++length) {
    put(12, static_cast<uint64_t>(length), 4);
    const Result<ExtendedHeader> header = ExtendedHeader::Parse(head_, sizeof(head_));
    ASSERT_TRUE(header.ok());
    EXPECT_EQ(header->segment_data_size, 0u);
  }
}

TEST_F(ExtendedHeaderTest, LaterVersionsMayBeLonger) {
  put(12, 1000, 4);
  EXPECT_EQ(ExtendedHeader::Parse(head_, sizeof(head_))->segment_data_size, 0x0102030405060708u);
}

TEST_F(ExtendedHeaderTest, Refuses) {
  EXPECT_EQ(ExtendedHeader::Parse(head_, sizeof(head_) - 1).error(), Error::InvalidArgument);
  EXPECT_EQ(ExtendedHeader::Parse(nullptr, sizeof(head_)).error(), Error::InvalidArgument);
  put(12, 23, 4);
  EXPECT_EQ(ExtendedHeader::Parse(head_, sizeof(head_)).error(), Error::InvalidProgram);
  head_[11] = '1';
  EXPECT_EQ(ExtendedHeader::Parse(head_, sizeof(head_)).error(), Error::NotFound);
}

}  // namespace
