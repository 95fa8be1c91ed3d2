// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/named_data_map/merged_data_map.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include <executorch/runtime/core/last_error.h>

namespace executorch {
namespace extension {
namespace {

using runtime::Error;
using runtime::FreeableBuffer;
using runtime::NamedDataMap;
using runtime::Result;
using runtime::TensorLayout;
using ::testing::HasSubstr;

// Byte vectors by name.
class FakeDataMap final : public NamedDataMap {
 public:
  using Entry = std::pair<const std::string, std::string>;

  FakeDataMap(std::initializer_list<Entry> data) : data_(data) {
    for (const auto& [key, value] : data_) {
      sizes_[key] = static_cast<int32_t>(value.size());
    }
  }

  Result<const TensorLayout> get_tensor_layout(aten::string_view key) const override {
    static const uint8_t dim_order[] = {0};
    const int32_t& size = sizes_.at(std::string(key));
    return Result<const TensorLayout>(
        *TensorLayout::create({&size, 1}, {dim_order, 1}, aten::ScalarType::Byte));
  }
  Result<FreeableBuffer> get_data(aten::string_view key) const override {
    const std::string& value = data_.at(std::string(key));
    return FreeableBuffer(value.data(), value.size(), nullptr);
  }
  Error load_data_into(aten::string_view key, void* buffer, size_t size) const override {
    std::memcpy(buffer, data_.at(std::string(key)).data(), size);
    return Error::Ok;
  }
  Result<uint32_t> get_num_keys() const override { return static_cast<uint32_t>(data_.size()); }
  Result<const char*> get_key(uint32_t index) const override {
    return std::next(data_.begin(), index)->first.c_str();
  }

 private:
  std::map<std::string, std::string> data_;
  std::map<std::string, int32_t> sizes_;
};

TEST(MergedDataMapTest, FindsTheKeysOfAllMaps) {
  const FakeDataMap first{{"a", "1"}, {"b", "22"}};
  const FakeDataMap empty{};
  const FakeDataMap second{{"c", "333"}};
  const NamedDataMap* maps[] = {&first, &empty, &second};
  const auto merged = MergedDataMap::load(maps);
  ASSERT_TRUE(merged.ok());
  ASSERT_EQ(*merged->get_num_keys(), 3u);
  const char* keys[] = {"a", "b", "c"};
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_STREQ(*merged->get_key(i), keys[i]);
    EXPECT_EQ(merged->get_data(keys[i])->size(), i + 1);
    EXPECT_EQ(merged->get_tensor_layout(keys[i])->nbytes(), i + 1);
  }
  char byte = 0;
  EXPECT_EQ(merged->load_data_into("c", &byte, 1), Error::Ok);
  EXPECT_EQ(byte, '3');
  EXPECT_EQ(merged->get_key(3).error(), Error::InvalidArgument);
  EXPECT_EQ(merged->get_data("d").error(), Error::NotFound);
  EXPECT_EQ(merged->get_tensor_layout("d").error(), Error::NotFound);
  EXPECT_EQ(merged->load_data_into("d", &byte, 1), Error::NotFound);
}

TEST(MergedDataMapTest, RefusesDuplicatesAndNothing) {
  const FakeDataMap first{{"a", "1"}};
  const FakeDataMap second{{"a", "2"}};
  const FakeDataMap empty{};
  const NamedDataMap* duplicates[] = {&first, &second};
  EXPECT_EQ(MergedDataMap::load(duplicates).error(), Error::InvalidArgument);
  EXPECT_THAT(runtime::last_error_message(), HasSubstr("'a' is in two data maps"));
  const NamedDataMap* nothing[] = {&empty};
  EXPECT_EQ(MergedDataMap::load(nothing).error(), Error::InvalidArgument);
  EXPECT_EQ(MergedDataMap::load({}).error(), Error::InvalidArgument);
  const NamedDataMap* null[] = {&first, nullptr};
  EXPECT_EQ(MergedDataMap::load(null).error(), Error::InvalidArgument);
}

}  // namespace
}  // namespace extension
}  // namespace executorch
