// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * One Program may be used by many threads, each with Methods of its own. Meant to be run under
 * ThreadSanitizer.
 */

#include <atomic>
#include <thread>

#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/executor/test/test_kernels.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <gtest/gtest.h>

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using namespace executorch::runtime;
using namespace executorch::runtime::testing;

namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 20;

/// out = x + constant, and a state with an initial value.
std::vector<uint8_t> program_with_everything_shared() {
  ProgramWriter writer;
  const uint32_t constant = writer.add_constant(bytes_of<float>({1, 2, 3, 4}));
  const uint32_t initial = writer.add_initial_value(bytes_of<float>({5, 6, 7, 8}));
  const int x = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 0});
  const int c = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, -1, 1, constant});
  const int state = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 16, 1, initial});
  const int out = writer.add_tensor({{2, 2}, fb::ScalarType::FLOAT, 32});
  writer.call("test::add", "out", {x, c, out, out});
  writer.call("test::add", "out", {state, out, state, state});
  writer.end_method("forward", {x}, {out, state});
  writer.add_named_data("key", {1, 2, 3});
  return writer.finish();
}

TEST(ThreadTest, OneProgramManyMethods) {
  MemoryLoader loader(program_with_everything_shared());
  const Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok()) << last_error_message();
  std::atomic<int> num_right{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&program, &num_right, thread] {
      for (int round = 0; round < kRounds; ++round) {
        const Result<MethodMeta> meta = program->method_meta("forward");
        MethodMemory memory(*meta);
        Result<Method> method = program->load_method("forward", memory.manager(), nullptr, nullptr,
                                                     nullptr, test_kernels());
        if (!method.ok()) {
          continue;
        }
        const float value = static_cast<float>(thread * kRounds + round);
        std::vector<float> data(4, value);
        std::vector<int32_t> sizes = {2, 2};
        TensorImpl impl(ScalarType::Float, 2, sizes.data(), data.data());
        if (method->set_input(EValue(Tensor(&impl)), 0) == Error::Ok &&
            method->execute() == Error::Ok &&
            method->get_output(0).toTensor().const_data_ptr<float>()[3] == value + 4 &&
            method->get_output(1).toTensor().const_data_ptr<float>()[3] == value + 12) {
          ++num_right;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(num_right, kThreads * kRounds);
}

TEST(ThreadTest, EachThreadHasItsOwnSentence) {
  MemoryLoader loader(program_with_everything_shared());
  const Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  std::atomic<int> num_right{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&program, &num_right, thread] {
      const std::string name = "method_" + std::to_string(thread);
      for (int round = 0; round < kRounds; ++round) {
        const bool refused = !program->method_meta(name.c_str()).ok();
        std::this_thread::yield();
        num_right += refused && std::string(last_error_message()).find(name) != std::string::npos;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(num_right, kThreads * kRounds);
}

}  // namespace
