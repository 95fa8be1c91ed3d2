// SPDX-License-Identifier: BSD-3-Clause

/// Replays saved inputs on a fuzz target, without libFuzzer.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "target.h"

namespace {

int replay(const std::filesystem::path& folder, const char* extension) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != extension) {
      continue;
    }
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<uint8_t> data{std::istreambuf_iterator<char>(file),
                                    std::istreambuf_iterator<char>()};
    EXPECT_EQ(LLVMFuzzerTestOneInput(data.data(), data.size()), 0);
    ++count;
  }
  return count;
}

TEST(FuzzRegressionTest, SavedInputs) {
  EXPECT_GT(replay(ET_FUZZ_CORPUS_DIR, ""), 0);
}

TEST(FuzzRegressionTest, Seeds) {
  EXPECT_GT(replay(ET_TEST_DATA_DIR "/corpus", ET_FUZZ_SEED_EXTENSION), 0);
}

}  // namespace
