// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Loads every program of the corpus with too little memory, of any size, and with data loaders that
 * fail, return fewer bytes than asked for, or misreport the size of the file, at any call. Each
 * gives an error with a sentence, and frees what it took.
 */

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <gtest/gtest.h>

using namespace executorch::runtime;
using namespace executorch::runtime::testing;

namespace {

/// Goes wrong at one call.
class FaultyLoader final : public DataLoader {
 public:
  enum class Fault { Fails, ReturnsShort, ReturnsNothing, ClaimsMore, ClaimsLess };

  FaultyLoader(const DataLoader* loader, Fault fault, int call)
      : loader_(loader), fault_(fault), calls_left_(call) {}

  Result<FreeableBuffer> load(size_t offset, size_t size, const SegmentInfo& info) const override {
    if (!is_due()) {
      return loader_->load(offset, size, info);
    }
    switch (fault_) {
      case Fault::Fails:
        return Error::AccessFailed;
      case Fault::ReturnsNothing:
        return FreeableBuffer(nullptr, 0, nullptr);
      default:
        return loader_->load(offset, size / 2, info);
    }
  }
  Error load_into(size_t offset, size_t size, const SegmentInfo& info, void* data) const override {
    return is_due() ? Error::AccessFailed : loader_->load_into(offset, size, info, data);
  }
  Result<size_t> size() const override {
    const size_t size = *loader_->size();
    if (!is_due()) {
      return size;
    }
    switch (fault_) {
      case Fault::ClaimsMore:
        return size + 4096;
      case Fault::ClaimsLess:
        return size / 2;
      default:
        return Error::AccessFailed;
    }
  }

  /// Whether the faulty call has come.
  bool was_due() const { return calls_left_ < 0; }

 private:
  bool is_due() const { return calls_left_-- == 0; }

  const DataLoader* loader_;
  const Fault fault_;
  mutable int calls_left_;
};

/// The good programs of the corpus that need no data beside them.
const std::map<std::string, std::vector<uint8_t>>& programs() {
  static const auto result = [] {
    std::map<std::string, std::vector<uint8_t>> files;
    const std::filesystem::path corpus = std::filesystem::path(ET_TEST_DATA_DIR) / "corpus";
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
      const std::string name = entry.path().filename();
      if (entry.is_directory() && name.rfind("n_", 0) != 0 && name.rfind("f_external", 0) != 0) {
        std::ifstream file(entry.path() / "program.pte", std::ios::binary);
        files[name] = {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      }
    }
    return files;
  }();
  return result;
}

class AllocationFailureTest : public ::testing::Test {
 protected:
  void SetUp() override { register_stand_in_backend(); }
};

TEST_F(AllocationFailureTest, MethodMemoryOfEverySize) {
  ASSERT_GE(programs().size(), 100u);
  for (const auto& [name, file] : programs()) {
    SCOPED_TRACE(name);
    MemoryLoader loader(file);
    {
      const Result<Program> program = Program::load(&loader);
      ASSERT_TRUE(program.ok()) << last_error_message();
      const StandInKernels kernels(fb::GetProgram(file.data()));
      for (size_t i = 0; i < program->num_methods(); ++i) {
        const char* method = *program->get_method_name(i);
        const Result<MethodMeta> meta = program->method_meta(method);
        ASSERT_TRUE(meta.ok());
        // Enough, to know how much that is.
        MethodMemory enough(*meta, 1 << 20);
        ASSERT_TRUE(
            program
                ->load_method(method, enough.manager(), nullptr, nullptr, nullptr, kernels.span())
                .ok())
            << last_error_message();
        const size_t needed = enough.method_allocator().used_size();
        // Every size would take minutes; a step of about a hundredth meets every allocation of a
        // small program and most of a large one.
        for (size_t size = 0; size < needed; size += 1 + needed / 97) {
          MethodMemory memory(*meta, size);
          const Result<Method> result = program->load_method(method, memory.manager(), nullptr,
                                                             nullptr, nullptr, kernels.span());
          ASSERT_EQ(result.error(), Error::MemoryAllocationFailed) << size << " of " << needed;
          ASSERT_STRNE(last_error_message(), "");
        }
      }
    }
    EXPECT_EQ(loader.live_buffers, 0);
  }
}

TEST_F(AllocationFailureTest, PlannedMemoryTooSmall) {
  for (const auto& [name, file] : programs()) {
    SCOPED_TRACE(name);
    MemoryLoader loader(file);
    const Result<Program> program = Program::load(&loader);
    ASSERT_TRUE(program.ok());
    const StandInKernels kernels(fb::GetProgram(file.data()));
    for (size_t i = 0; i < program->num_methods(); ++i) {
      const char* method = *program->get_method_name(i);
      const Result<MethodMeta> meta = program->method_meta(method);
      MethodMemory memory(*meta, 1 << 20);
      for (size_t arena = 0; arena < meta->num_memory_planned_buffers(); ++arena) {
        const size_t needed = static_cast<size_t>(*meta->memory_planned_buffer_size(arena));
        for (size_t size = 0; size < needed; size += 1 + needed / 13) {
          std::vector<std::vector<uint8_t>> blocks;
          std::vector<Span<uint8_t>> spans;
          for (size_t k = 0; k < meta->num_memory_planned_buffers(); ++k) {
            const size_t full = static_cast<size_t>(*meta->memory_planned_buffer_size(k));
            blocks.emplace_back(k == arena ? size : full);
          }
          for (auto& block : blocks) {
            spans.emplace_back(block.data(), block.size());
          }
          HierarchicalAllocator planned({spans.data(), spans.size()});
          memory.method_allocator().reset();
          MemoryManager manager(&memory.method_allocator(), &planned);
          // What lies at the end of an arena may be unused padding.
          const Result<Method> result =
              program->load_method(method, &manager, nullptr, nullptr, nullptr, kernels.span());
          if (!result.ok()) {
            ASSERT_EQ(result.error(), Error::MemoryAllocationFailed) << last_error_message();
          } else {
            ASSERT_GT(size, 0u);
          }
        }
      }
    }
  }
}

TEST_F(AllocationFailureTest, LoaderThatFailsReturnsShortOrLies) {
  using Fault = FaultyLoader::Fault;
  int num_faults = 0;
  for (const auto& [name, file] : programs()) {
    SCOPED_TRACE(name);
    const StandInKernels kernels(fb::GetProgram(file.data()));
    for (const Fault fault : {Fault::Fails, Fault::ReturnsShort, Fault::ReturnsNothing,
                              Fault::ClaimsMore, Fault::ClaimsLess}) {
      const MemoryLoader good(file);
      for (int call = 0;; ++call) {
        const FaultyLoader loader(&good, fault, call);
        {
          // Loaders only read, but the interface has always had a plain pointer.
          const Result<Program> program = Program::load(const_cast<FaultyLoader*>(&loader));
          if (!program.ok()) {
            EXPECT_STRNE(to_string(program.error()), "");
          }
          for (size_t i = 0; program.ok() && i < program->num_methods(); ++i) {
            const Result<const char*> method = program->get_method_name(i);
            const Result<MethodMeta> meta =
                program->method_meta(method.ok() ? *method : "no such method");
            if (meta.ok()) {
              MethodMemory memory(*meta, 1 << 20);
              (void)program->load_method(*method, memory.manager(), nullptr, nullptr, nullptr,
                                         kernels.span());
            }
          }
        }
        EXPECT_EQ(good.live_buffers, 0);
        if (!loader.was_due()) {
          break;
        }
        ++num_faults;
        ASSERT_LT(call, 200);
      }
    }
  }
  EXPECT_GT(num_faults, 2000);
}

}  // namespace
