// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/flat_tensor/serialize/serialize.h>

#include <sstream>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/extension/flat_tensor/serialize/flat_tensor_header.h>
#include <executorch/extension/tensor/tensor.h>
#include <executorch/runtime/core/testing_util/error_matchers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace executorch {
namespace extension {
namespace {

using aten::ScalarType;
using flat_tensor::save_ptd;
using runtime::Error;
using runtime::testing::ErrorIs;
using runtime::testing::IsOk;
using ::testing::ElementsAre;

TEST(SavePtdTest, WritesWhatTheReaderReads) {
  const auto weight = make_tensor_ptr({2, 3}, {1.f, 2.f, 3.f, 4.f, 5.f, 6.f}, {1, 0});
  const auto bias = make_tensor_ptr({int64_t{7}, int64_t{8}});
  const auto empty = make_tensor_ptr({0, 4}, std::vector<float>());
  for (const size_t alignment : {1u, 16u, 4096u}) {
    std::ostringstream out;
    ASSERT_THAT(save_ptd(out, {{"weight", *weight}, {"bias", *bias}, {"empty", *empty}}, alignment),
                IsOk());
    // Aligned, as the bytes of a file are.
    const std::string file = out.str();
    std::vector<std::max_align_t> memory(file.size() / sizeof(std::max_align_t) + 1);
    std::copy(file.begin(), file.end(), reinterpret_cast<char*>(memory.data()));
    BufferDataLoader loader(memory.data(), file.size());
    const auto map = FlatTensorDataMap::load(&loader);
    ASSERT_THAT(map, IsOk()) << runtime::last_error_message();
    EXPECT_EQ(*map->get_num_keys(), 3u);

    const auto layout = map->get_tensor_layout("weight");
    ASSERT_THAT(layout, IsOk());
    EXPECT_EQ(layout->scalar_type(), ScalarType::Float);
    EXPECT_THAT(std::vector<int32_t>(layout->sizes().begin(), layout->sizes().end()),
                ElementsAre(2, 3));
    EXPECT_THAT(std::vector<uint8_t>(layout->dim_order().begin(), layout->dim_order().end()),
                ElementsAre(1, 0));
    float values[6];
    ASSERT_THAT(map->load_data_into("weight", values, sizeof(values)), IsOk());
    EXPECT_THAT(values, ElementsAre(1, 2, 3, 4, 5, 6));
    int64_t numbers[2];
    ASSERT_THAT(map->load_data_into("bias", numbers, sizeof(numbers)), IsOk());
    EXPECT_THAT(numbers, ElementsAre(7, 8));
    EXPECT_EQ(map->get_tensor_layout("empty")->nbytes(), 0u);
    const auto data = map->get_data("weight");
    const auto* begin = reinterpret_cast<const char*>(memory.data());
    EXPECT_EQ((static_cast<const char*>(data->data()) - begin) % static_cast<long>(alignment), 0);

    const auto header = FlatTensorHeader::Parse(memory.data(), file.size());
    ASSERT_THAT(header, IsOk());
    EXPECT_EQ(header->segment_base_offset + header->segment_data_size, file.size());
  }
}

TEST(SavePtdTest, RefusesWhatCannotBeWritten) {
  const auto tensor = make_tensor_ptr({1.f});
  std::ostringstream out;
  EXPECT_THAT(save_ptd(out, {{"a", *tensor}}, 3), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(save_ptd(out, {{"a", *make_tensor_ptr({2}, nullptr)}}, 16),
              ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(save_ptd("/absent/a.ptd", {{"a", *tensor}}, 16), ErrorIs(Error::AccessFailed));
}

TEST(FlatTensorHeaderTest, Errors) {
  std::ostringstream out;
  ASSERT_THAT(save_ptd(out, {{"a", *make_tensor_ptr({1.f})}}, 16), IsOk());
  std::string file = out.str();
  EXPECT_THAT(FlatTensorHeader::Parse(nullptr, 64), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(FlatTensorHeader::Parse(file.data(), 63), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(FlatTensorHeader::Parse(file.data(), 64), IsOk());
  file[12] = 39;
  EXPECT_THAT(FlatTensorHeader::Parse(file.data(), 64), ErrorIs(Error::InvalidExternalData));
  file[8] = 'X';
  EXPECT_THAT(FlatTensorHeader::Parse(file.data(), 64), ErrorIs(Error::NotFound));
}

}  // namespace
}  // namespace extension
}  // namespace executorch
