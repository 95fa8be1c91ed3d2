// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/devtools/bundled_program/bundled_program.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <executorch/devtools/bundled_program/schema/bundled_program_schema_generated.h>
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>
#include <gtest/gtest.h>

namespace fb = ::bundled_program_flatbuffer;
using namespace executorch::bundled_program;
using namespace executorch::runtime;
using executorch::extension::BufferDataLoader;

namespace {

/// A file at an address that is a multiple of 64.
class File {
 public:
  explicit File(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(stream), {});
    assign(bytes.data(), bytes.size());
  }
  File(const void* data, size_t size) { assign(data, size); }

  void* data() { return storage_.data(); }
  uint8_t* bytes() { return static_cast<uint8_t*>(data()); }
  size_t size() const { return size_; }

 private:
  struct alignas(64) Line {
    uint8_t bytes[64];
  };

  void assign(const void* data, size_t size) {
    storage_.resize(size / sizeof(Line) + 1);
    size_ = size;
    std::memcpy(storage_.data(), data, size);
  }

  std::vector<Line> storage_;
  size_t size_ = 0;
};

std::string corpus(const std::string& name) {
  return std::string(ET_TEST_DATA_DIR "/corpus/") + name;
}

/// The method forward of a bundled program.
class Loaded {
 public:
  explicit Loaded(File& file) {
    const void* program_data = nullptr;
    size_t size = 0;
    error = get_program_data(file.data(), file.size(), &program_data, &size);
    if (error != Error::Ok) {
      return;
    }
    loader.emplace(program_data, size);
    program.emplace(Program::load(&*loader, Program::Verification::InternalConsistency));
    if ((error = program->error()) != Error::Ok) {
      return;
    }
    const auto meta = (*program)->method_meta("forward");
    if ((error = meta.error()) != Error::Ok) {
      return;
    }
    for (size_t i = 0; i < meta->num_memory_planned_buffers(); ++i) {
      arenas.emplace_back(meta->memory_planned_buffer_size(i).get());
      spans.emplace_back(arenas.back().data(), arenas.back().size());
    }
    planned.emplace(Span<Span<uint8_t>>(spans.data(), spans.size()));
    manager.emplace(&allocator, &*planned);
    method.emplace((*program)->load_method("forward", &*manager));
    error = method->error();
  }

  Method& operator*() { return **method; }

  Error error = Error::Ok;
  std::vector<uint8_t> memory = std::vector<uint8_t>(1 << 20);
  MemoryAllocator allocator{static_cast<uint32_t>(memory.size()), memory.data()};
  std::vector<std::vector<uint8_t>> arenas;
  std::vector<Span<uint8_t>> spans;
  std::optional<HierarchicalAllocator> planned;
  std::optional<MemoryManager> manager;
  std::optional<BufferDataLoader> loader;
  std::optional<Result<Program>> program;
  std::optional<Result<Method>> method;
};

class BundledProgramTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { runtime_init(); }
  File file_{corpus(GetParam()) + "/program.bpte"};
};

TEST_P(BundledProgramTest, AllTestCasesPass) {
  ASSERT_TRUE(is_bundled_program(file_.data(), file_.size()));
  Loaded forward(file_);
  ASSERT_EQ(forward.error, Error::Ok) << last_error_message();
  const auto* suite = fb::GetBundledProgram(file_.data())->method_test_suites()->Get(0);
  ASSERT_GT(suite->test_cases()->size(), 0u);
  for (uint32_t i = 0; i < suite->test_cases()->size(); ++i) {
    ASSERT_EQ(load_bundled_input(*forward, file_.data(), i), Error::Ok) << last_error_message();
    ASSERT_EQ((*forward).execute(), Error::Ok) << last_error_message();
    EXPECT_EQ(verify_method_outputs(*forward, file_.data(), i, 1e-4, 1e-5), Error::Ok)
        << last_error_message();
    const ErrorStats stats = compute_method_output_error_stats(*forward, file_.data(), i);
    EXPECT_EQ(stats.status, Error::Ok) << last_error_message();
    EXPECT_LE(stats.mean_abs_error, stats.max_abs_error);
    EXPECT_LT(stats.max_abs_error, 1e-4);
    EXPECT_LE(stats.mean_relative_error, stats.max_relative_error);
  }
}

TEST_P(BundledProgramTest, NamesTheElementThatIsOff) {
  Loaded forward(file_);
  ASSERT_EQ(forward.error, Error::Ok);
  ASSERT_EQ(load_bundled_input(*forward, file_.data(), 0), Error::Ok);
  ASSERT_EQ((*forward).execute(), Error::Ok);
  const auto tensor = (*forward).get_output(0).toTensor();
  ASSERT_EQ(tensor.scalar_type(), executorch::aten::ScalarType::Float);
  float* data = tensor.mutable_data_ptr<float>();
  for (const float wrong : {data[1] + 1, std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity()}) {
    data[1] = wrong;
    EXPECT_EQ(verify_method_outputs(*forward, file_.data(), 0), Error::NotFound);
    EXPECT_NE(std::string(last_error_message()).find("Output 0: element 1 is"), std::string::npos)
        << last_error_message();
  }
}

TEST_P(BundledProgramTest, RefusesTestCasesThatAreNotThere) {
  Loaded forward(file_);
  ASSERT_EQ(forward.error, Error::Ok);
  EXPECT_EQ(load_bundled_input(*forward, file_.data(), 1000), Error::InvalidArgument);
  EXPECT_EQ(verify_method_outputs(*forward, file_.data(), 1000), Error::InvalidArgument);
  EXPECT_EQ(compute_method_output_error_stats(*forward, file_.data(), 1000).status,
            Error::InvalidArgument);
  File program(corpus(GetParam()) + "/program.pte");
  EXPECT_EQ(load_bundled_input(*forward, program.data(), 0), Error::NotSupported);
}

TEST_P(BundledProgramTest, DamagedFilesAreRefusedOrHarmless) {
  const File good = file_;
  std::mt19937 random(0);
  // Everything but the program inside, whose own tests flip its bytes.
  const auto* program = fb::GetBundledProgram(file_.data())->program();
  const size_t begin = program->data() - file_.bytes();
  const size_t end = begin + program->size();
  for (size_t i = 0; i < good.size(); ++i) {
    if (i >= begin && i < end) {
      continue;
    }
    File damaged = good;
    damaged.bytes()[i] ^= static_cast<uint8_t>(1u << (random() % 8));
    Loaded forward(damaged);
    if (forward.error != Error::Ok) {
      continue;
    }
    for (size_t test = 0; test < 2; ++test) {
      if (load_bundled_input(*forward, damaged.data(), test) == Error::Ok &&
          (*forward).execute() == Error::Ok) {
        (void)verify_method_outputs(*forward, damaged.data(), test);
        (void)compute_method_output_error_stats(*forward, damaged.data(), test);
      }
    }
  }
  for (size_t size = 0; size < good.size(); size += 1 + size / 16) {
    File cut(const_cast<File&>(good).data(), size);
    Loaded forward(cut);
    EXPECT_NE(forward.error, Error::Ok) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, BundledProgramTest,
                         ::testing::Values("b_bundled_linear", "b_bundled_multi_output"));

TEST(GetProgramDataTest, PassesAPlainProgramThrough) {
  runtime_init();
  File program(corpus("b_bundled_linear") + "/program.pte");
  EXPECT_FALSE(is_bundled_program(program.data(), program.size()));
  const void* data = nullptr;
  size_t size = 0;
  EXPECT_EQ(get_program_data(program.data(), program.size(), &data, &size), Error::Ok);
  EXPECT_EQ(data, program.data());
  EXPECT_EQ(size, program.size());
}

TEST(GetProgramDataTest, RefusesOtherFiles) {
  runtime_init();
  std::vector<char> zeros(256);
  File other(zeros.data(), zeros.size());
  const void* data = nullptr;
  size_t size = 0;
  EXPECT_EQ(get_program_data(other.data(), other.size(), &data, &size), Error::NotSupported);
  EXPECT_EQ(get_program_data(nullptr, 0, &data, &size), Error::InvalidArgument);
  EXPECT_FALSE(is_bundled_program(nullptr, 0));
  EXPECT_FALSE(is_bundled_program(other.data(), 4));
}

}  // namespace
