// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/schema/flatbuffer_verifier.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <random>
#include <vector>

#include <executorch/schema/program_generated.h>
#include <executorch/schema/program_tables.h>
#include <gtest/gtest.h>

using namespace executorch::runtime::flatbuffer;

namespace {

/// A copy on the heap of exactly this size, so that a sanitizer sees accesses beyond its end.
class Copy {
 public:
  explicit Copy(const std::vector<uint8_t>& bytes)
      : data_(static_cast<uint8_t*>(::operator new(bytes.size() + 1, std::align_val_t(16)))),
        size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), data_);
  }
  ~Copy() { ::operator delete(data_, std::align_val_t(16)); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  bool ours(const Schema& schema = program::kSchema) const { return verify(data_, size_, schema); }
  bool librarys() const {
    flatbuffers::Verifier verifier(data_, size_);
    return executorch_flatbuffer::VerifyProgramBuffer(verifier);
  }

 private:
  uint8_t* data_;
  size_t size_;
};

// The flatbuffer parts of programs that differ in what they use.
std::vector<std::vector<uint8_t>> corpus_programs() {
  std::vector<std::vector<uint8_t>> programs;
  for (const char* name : {"p_linear", "k_cond_pred_input", "x_linear", "p_index_tensor",
                           "f_inline_delegate_data", "v_scalar_inputs"}) {
    std::ifstream file(std::filesystem::path(ET_TEST_DATA_DIR) / "corpus" / name / "program.pte",
                       std::ios::binary);
    std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file),
                               std::istreambuf_iterator<char>()};
    if (bytes.size() > 40 && memcmp(bytes.data() + 8, "eh00", 4) == 0) {
      bytes.resize(flatbuffers::ReadScalar<uint64_t>(bytes.data() + 16));
    }
    programs.push_back(std::move(bytes));
  }
  return programs;
}

TEST(FlatbufferVerifierTest, AcceptsRealPrograms) {
  for (const auto& bytes : corpus_programs()) {
    ASSERT_GT(bytes.size(), 100u);
    EXPECT_TRUE(Copy(bytes).ours());
    EXPECT_TRUE(Copy(bytes).librarys());
  }
}

TEST(FlatbufferVerifierTest, RefusesWhatIsTooShort) {
  EXPECT_FALSE(verify(nullptr, 100, program::kSchema));
  for (size_t size = 0; size < 12; ++size) {
    EXPECT_FALSE(Copy(std::vector<uint8_t>(size)).ours());
  }
}

TEST(FlatbufferVerifierTest, RefusesAnotherIdentifier) {
  std::vector<uint8_t> bytes = corpus_programs()[0];
  bytes[7] = '3';
  EXPECT_FALSE(Copy(bytes).ours());
}

// What ours accepts, the library's verifier accepts, for damaged bytes, ...
TEST(FlatbufferVerifierTest, AcceptsASubsetOfDamagedBuffers) {
  int accepted = 0;
  int refused = 0;
  for (const auto& bytes : corpus_programs()) {
    for (size_t i = 0; i < bytes.size(); ++i) {
      for (const uint8_t mask : {0x01, 0x10, 0xff}) {
        std::vector<uint8_t> damaged = bytes;
        damaged[i] ^= mask;
        const Copy copy(damaged);
        if (copy.ours()) {
          ++accepted;
          ASSERT_TRUE(copy.librarys()) << i;
        } else {
          ++refused;
        }
      }
    }
  }
  EXPECT_GT(accepted, 1000);  // Texts and numbers.
  EXPECT_GT(refused, 1000);
}

// ... truncations, ...
TEST(FlatbufferVerifierTest, AcceptsASubsetOfTruncatedBuffers) {
  for (const auto& bytes : corpus_programs()) {
    for (size_t size = 0; size < bytes.size(); ++size) {
      const Copy copy({bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)});
      if (copy.ours()) {
        ASSERT_TRUE(copy.librarys()) << size;
      }
    }
  }
}

// ... and several random words at once.
TEST(FlatbufferVerifierTest, AcceptsASubsetOfRandomBuffers) {
  std::mt19937 random(1);
  for (const auto& bytes : corpus_programs()) {
    for (int round = 0; round < 2000; ++round) {
      std::vector<uint8_t> damaged = bytes;
      for (int n = 0; n < 3; ++n) {
        // Small numbers make offsets that lead somewhere.
        const uint32_t word = random() % (1u << (random() % 32));
        memcpy(&damaged[random() % (damaged.size() / 4) * 4], &word, 4);
      }
      const Copy copy(damaged);
      if (copy.ours()) {
        ASSERT_TRUE(copy.librarys()) << round;
      }
    }
  }
}

// ---- Limits ----

/// table Node { name: string; children: [Node]; names: [string]; number: long; next: Node; }
constexpr Field kNodeFields[] = {string(), table_vector(0), string_vector(), scalar(8), table(0)};
constexpr auto kTables = make_tables(kNodeFields);
constexpr Schema kSchema = {kTables.fields, kTables.ends, nullptr, 0, "NODE"};

flatbuffers::Offset<void> node(flatbuffers::FlatBufferBuilder& fbb, int field,
                               flatbuffers::Offset<void> value) {
  const auto start = fbb.StartTable();
  if (!value.IsNull()) {
    fbb.AddOffset(static_cast<flatbuffers::voffset_t>(4 + 2 * field), value);
  }
  return fbb.EndTable(start);
}

bool accepts(flatbuffers::FlatBufferBuilder& fbb, flatbuffers::Offset<void> root) {
  fbb.Finish(root, "NODE");
  return Copy({fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize()}).ours(kSchema);
}

TEST(FlatbufferVerifierTest, LimitsDepth) {
  for (const int depth : {64, 65}) {
    flatbuffers::FlatBufferBuilder fbb;
    flatbuffers::Offset<void> innermost;
    for (int i = 0; i < depth; ++i) {
      innermost = node(fbb, 4, innermost);
    }
    EXPECT_EQ(accepts(fbb, innermost), depth == 64);
  }
}

TEST(FlatbufferVerifierTest, LimitsVisitsOfSharedTables) {
  // 2 to the power of 30 paths, in less than a kilobyte.
  flatbuffers::FlatBufferBuilder fbb;
  flatbuffers::Offset<void> shared = node(fbb, 0, 0);
  for (int i = 0; i < 30; ++i) {
    const std::vector<flatbuffers::Offset<void>> twice = {shared, shared};
    shared = node(fbb, 1, fbb.CreateVector(twice).Union());
  }
  EXPECT_FALSE(accepts(fbb, shared));
}

TEST(FlatbufferVerifierTest, LimitsVisitsOfSharedStrings) {
  flatbuffers::FlatBufferBuilder fbb;
  const std::vector<flatbuffers::Offset<flatbuffers::String>> strings(2000, fbb.CreateString("x"));
  const auto names = fbb.CreateVector(strings).Union();
  std::vector<flatbuffers::Offset<void>> children;
  for (int i = 0; i < 1000; ++i) {
    children.push_back(node(fbb, 2, names));
  }
  EXPECT_FALSE(accepts(fbb, node(fbb, 1, fbb.CreateVector(children).Union())));
}

TEST(FlatbufferVerifierTest, StringsMustEnd) {
  flatbuffers::FlatBufferBuilder fbb;
  const auto text = fbb.CreateString("four");
  const auto root = node(fbb, 0, text.Union());
  fbb.Finish(root, "NODE");
  std::vector<uint8_t> bytes(fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize());
  ASSERT_TRUE(Copy(bytes).ours(kSchema));
  bytes[bytes.size() - 4] = 'x';  // The NUL after the text.
  EXPECT_FALSE(Copy(bytes).ours(kSchema));
}

TEST(FlatbufferVerifierTest, ScalarsMustBeAligned) {
  flatbuffers::FlatBufferBuilder fbb;
  const auto start = fbb.StartTable();
  fbb.AddElement<int64_t>(10, 1, 0);
  fbb.Finish(flatbuffers::Offset<void>(fbb.EndTable(start)), "NODE");
  std::vector<uint8_t> bytes(fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize());
  ASSERT_TRUE(Copy(bytes).ours(kSchema));
  // Shift everything behind the root offset and the identifier by four bytes.
  bytes.insert(bytes.begin() + 8, 4, 0);
  bytes[0] = static_cast<uint8_t>(bytes[0] + 4);
  EXPECT_FALSE(Copy(bytes).ours(kSchema));
}

}  // namespace
