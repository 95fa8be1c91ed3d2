// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/runtime/core/last_error.h>

namespace executorch {
namespace extension {
namespace {

using runtime::DataLoader;
using runtime::Error;
using runtime::last_error_message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPath[] =
    "test/data/corpus/f_external_constants_buffer_load/_default_external_constant.ptd";

// Bytes of the header's fields.
constexpr size_t kLength = 12;
constexpr size_t kFlatbufferSize = 24;
constexpr size_t kSegmentBase = 32;
constexpr size_t kSegmentDataSize = 40;

class FlatTensorDataMapTest : public ::testing::Test {
 protected:
  FlatTensorDataMapTest() {
    const auto loader = FileDataLoader::from(kPath);
    EXPECT_TRUE(loader.ok()) << last_error_message();
    size_ = *loader->size();
    file_.resize(size_ / sizeof(std::max_align_t) + 1);
    EXPECT_EQ(loader->load_into(0, size_, DataLoader::SegmentInfo(), file_.data()), Error::Ok);
  }

  char* bytes() { return reinterpret_cast<char*>(file_.data()); }

  template <typename T>
  void write(size_t offset, T value) {
    std::memcpy(bytes() + offset, &value, sizeof(value));
  }

  Error load_error() {
    BufferDataLoader loader(bytes(), size_);
    return FlatTensorDataMap::load(&loader).error();
  }

  std::vector<std::max_align_t> file_;
  size_t size_;
};

TEST_F(FlatTensorDataMapTest, FindsEveryKey) {
  BufferDataLoader loader(bytes(), size_);
  auto loaded = FlatTensorDataMap::load(&loader);
  ASSERT_TRUE(loaded.ok()) << last_error_message();
  const FlatTensorDataMap map = std::move(*loaded);
  const uint32_t num_keys = *map.get_num_keys();
  ASSERT_GT(num_keys, 0u);
  for (uint32_t i = 0; i < num_keys; ++i) {
    const char* key = *map.get_key(i);
    const auto layout = map.get_tensor_layout(key);
    ASSERT_TRUE(layout.ok()) << last_error_message();
    EXPECT_EQ(layout->scalar_type(), aten::ScalarType::Float);
    const auto data = map.get_data(key);
    ASSERT_TRUE(data.ok()) << last_error_message();
    EXPECT_EQ(data->size(), layout->nbytes());
    std::string copy(layout->nbytes(), '\0');
    ASSERT_EQ(map.load_data_into(key, copy.data(), copy.size()), Error::Ok);
    EXPECT_EQ(std::memcmp(copy.data(), data->data(), copy.size()), 0);
    EXPECT_EQ(map.load_data_into(key, copy.data(), copy.size() - 1), Error::InvalidArgument);
  }
  EXPECT_EQ(map.get_key(num_keys).error(), Error::InvalidArgument);
  EXPECT_EQ(map.get_data("absent").error(), Error::NotFound);
  EXPECT_STREQ(last_error_message(), "'absent' is not in the .ptd file");
  EXPECT_EQ(map.get_tensor_layout("").error(), Error::NotFound);
}

TEST_F(FlatTensorDataMapTest, RefusesADamagedHeader) {
  ASSERT_EQ(load_error(), Error::Ok);
  EXPECT_EQ(FlatTensorDataMap::load(nullptr).error(), Error::InvalidArgument);
  const std::string original(bytes(), size_);
  const auto expect_refused = [&](size_t offset, auto value, const char* sentence) {
    write(offset, value);
    EXPECT_EQ(load_error(), Error::InvalidExternalData);
    EXPECT_THAT(last_error_message(), HasSubstr(sentence));
    std::memcpy(bytes(), original.data(), size_);
  };
  expect_refused(8, uint8_t{'X'}, "no FH01 header");
  expect_refused(kLength, uint32_t{39}, "39 bytes");
  expect_refused(4, uint8_t{'X'}, "damaged");
  expect_refused(kFlatbufferSize, uint64_t{size_}, "truncated");
  expect_refused(kFlatbufferSize, UINT64_MAX, "truncated");
  expect_refused(kSegmentBase, UINT64_MAX, "truncated");
  expect_refused(kSegmentDataSize, uint64_t{size_}, "truncated");
  expect_refused(kSegmentDataSize, uint64_t{1}, "data, which has 1 bytes");
  write(kLength, uint32_t{48});
  EXPECT_EQ(load_error(), Error::Ok) << "a longer header is one of a later version";
}

TEST_F(FlatTensorDataMapTest, RefusesEveryTruncation) {
  for (const size_t original = size_; size_-- > 0;) {
    EXPECT_EQ(load_error(), Error::InvalidExternalData) << size_ << " of " << original << " bytes";
  }
}

// Whatever the bytes are, using the file must stay within it (run this under AddressSanitizer).
TEST_F(FlatTensorDataMapTest, SurvivesRandomChanges) {
  const std::string original(bytes(), size_);
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    for (uint32_t n = 1 + random() % 4; n-- > 0;) {
      bytes()[random() % size_] = static_cast<char>(random());
    }
    BufferDataLoader loader(bytes(), size_);
    const auto map = FlatTensorDataMap::load(&loader);
    if (map.ok()) {
      for (uint32_t key = 0; key < *map->get_num_keys(); ++key) {
        const auto layout = map->get_tensor_layout(*map->get_key(key));
        const auto data = map->get_data(*map->get_key(key));
        ASSERT_TRUE(data.ok());
        EXPECT_TRUE(!layout.ok() || layout->nbytes() <= data->size());
      }
    }
    std::memcpy(bytes(), original.data(), size_);
  }
}

}  // namespace
}  // namespace extension
}  // namespace executorch
