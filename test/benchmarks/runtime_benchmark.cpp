// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What the runtime itself costs: programs whose kernels do next to nothing.
 */

#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <executorch/runtime/platform/runtime.h>

namespace {

using executorch::extension::BufferDataLoader;
using namespace executorch::runtime;
using namespace executorch::runtime::testing;

constexpr size_t kMethodBytes = 4 << 20;

void nothing(KernelRuntimeContext&, Span<EValue*>) {}

/// Operators that a chain calls in turn; of every one there are as many kernels as a real library
/// has around it.
constexpr int kNumOperators = 20;
constexpr int kKernelsPerOperator = 10;

/// Sorted by name, as generated tables are.
Span<const Kernel> kernel_table() {
  static std::vector<std::string> names;
  static const std::vector<Kernel> kernels = [] {
    for (int i = 0; i < kNumOperators * kKernelsPerOperator; ++i) {
      names.push_back("benchmark::operator_" + std::to_string(1000 + i) + ".out");
    }
    std::vector<Kernel> table;
    for (const std::string& name : names) {
      table.emplace_back(name.c_str(), nothing);
    }
    return table;
  }();
  return {kernels.data(), kernels.size()};
}

/// A method `forward` of so many calls of four arguments each: two tensors of one element, the
/// result, and the result again. The operators are in the table of the plan once.
std::vector<uint8_t> chain(int length) {
  ProgramWriter writer;
  std::vector<int32_t> tensors;
  for (int i = 0; i <= length; ++i) {
    tensors.push_back(
        writer.add_tensor({{1}, executorch_flatbuffer::ScalarType::FLOAT, 16 * int64_t{i}}));
  }
  for (int i = 0; i < kNumOperators; ++i) {
    const std::string name =
        "benchmark::operator_" + std::to_string(1000 + kKernelsPerOperator * i);
    writer.operators.push_back(executorch_flatbuffer::CreateOperator(
        writer.fbb, writer.fbb.CreateString(name), writer.fbb.CreateString("out")));
  }
  for (int i = 0; i < length; ++i) {
    writer.call_index(i % kNumOperators, {tensors[i], tensors[i], tensors[i + 1], tensors[i + 1]});
  }
  writer.end_method("forward", {}, {tensors.back()}, {0, 16 * (int64_t{length} + 1)});
  return writer.finish();
}

void register_kernels_once() {
  static KernelLibrary library(kernel_table());
  register_kernel_library(library);
}

void program_load(benchmark::State& state, Program::Verification verification) {
  const std::vector<uint8_t> file = chain(static_cast<int>(state.range(0)));
  BufferDataLoader loader(file.data(), file.size());
  for (auto _ : state) {
    const Result<Program> program = Program::load(&loader, verification);
    if (!program.ok()) {
      state.SkipWithError(last_error_message());
      return;
    }
  }
}

void load_method(benchmark::State& state) {
  register_kernels_once();
  const std::vector<uint8_t> file = chain(static_cast<int>(state.range(0)));
  BufferDataLoader loader(file.data(), file.size());
  const Result<Program> program = Program::load(&loader);
  MethodMemory memory(*program->method_meta("forward"), kMethodBytes);
  for (auto _ : state) {
    memory.method_allocator().reset();
    const Result<Method> method = program->load_method("forward", memory.manager());
    if (!method.ok()) {
      state.SkipWithError(last_error_message());
      return;
    }
  }
  state.counters["per_instruction"] = benchmark::Counter(
      static_cast<double>(state.range(0)),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void execute(benchmark::State& state) {
  register_kernels_once();
  const std::vector<uint8_t> file = chain(static_cast<int>(state.range(0)));
  BufferDataLoader loader(file.data(), file.size());
  const Result<Program> program = Program::load(&loader);
  MethodMemory memory(*program->method_meta("forward"), kMethodBytes);
  Result<Method> method = program->load_method("forward", memory.manager());
  for (auto _ : state) {
    if (method->execute() != Error::Ok) {
      state.SkipWithError(last_error_message());
      return;
    }
  }
  state.counters["per_instruction"] = benchmark::Counter(
      static_cast<double>(state.range(0)),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(program_load, minimal, Program::Verification::Minimal)->Arg(1000);
BENCHMARK_CAPTURE(program_load, internal_consistency, Program::Verification::InternalConsistency)
    ->Arg(1000);
BENCHMARK(load_method)->Arg(1000);
BENCHMARK(execute)->Arg(100);

}  // namespace
