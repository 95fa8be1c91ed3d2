// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/module/module.h>

#include <fstream>
#include <iterator>
#include <thread>

#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>
#include <executorch/extension/tensor/tensor.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/core/testing_util/error_matchers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace executorch {
namespace extension {
namespace {

using runtime::BackendOptions;
using runtime::Error;
using runtime::EValue;
using runtime::Kernel;
using runtime::KernelRuntimeContext;
using runtime::last_error_message;
using runtime::LoadBackendOptionsMap;
using runtime::Program;
using runtime::Result;
using runtime::Span;
using runtime::testing::ErrorIs;
using runtime::testing::IsOk;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using ::testing::UnorderedElementsAre;

std::string corpus(const std::string& path) {
  return ET_TEST_DATA_DIR "/corpus/" + path;
}

// a * b, of four elements each.
const std::string kMul = corpus("f_no_constants/program.pte");
// Linear, of [3, 6] to [3, 4]; neither input nor output is memory planned.
const std::string kLinear = corpus("f_no_io_alloc/program.pte");
const std::string kShared = corpus("s_shared_mutable_buffer/program.pte");
const std::string kMethods = corpus("m_multiple_methods/program.pte");
const std::string kExternal = corpus("f_external_constants_tagged/program.pte");
const std::string kExternalData = corpus("f_external_constants_tagged/weights_tagged.ptd");

std::vector<float> read_floats(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<float> values(bytes.size() / sizeof(float));
  std::copy_n(bytes.data(), values.size() * sizeof(float), reinterpret_cast<char*>(values.data()));
  return values;
}

std::vector<float> values(const EValue& value) {
  const auto& tensor = value.toTensor();
  return {tensor.const_data_ptr<float>(), tensor.const_data_ptr<float>() + tensor.numel()};
}

TensorPtr of(std::vector<float> data) {
  return make_tensor_ptr(std::move(data));
}

TEST(ModuleTest, LoadsOnDemand) {
  Module module(kMul);
  EXPECT_FALSE(module.is_loaded());
  EXPECT_EQ(module.program(), nullptr);
  const auto a = of({1, 2, 3, 4});
  const auto outputs = module.forward({a, a});
  ASSERT_THAT(outputs, IsOk()) << last_error_message();
  EXPECT_TRUE(module.is_loaded());
  EXPECT_TRUE(module.is_method_loaded("forward"));
  ASSERT_EQ(outputs->size(), 1u);
  EXPECT_THAT(values(outputs->at(0)), ElementsAre(1, 4, 9, 16));
}

TEST(ModuleTest, EveryLoadMode) {
  for (const auto mode :
       {Module::LoadMode::File, Module::LoadMode::Mmap, Module::LoadMode::MmapUseMlock,
        Module::LoadMode::MmapUseMlockIgnoreErrors, Module::LoadMode::MmapUseMadvise}) {
    Module module(kMul, mode);
    EXPECT_THAT(module.load(), IsOk());
    EXPECT_THAT(module.load(Program::Verification::InternalConsistency), IsOk());
    const auto a = of({2, 2, 2, 2});
    EXPECT_THAT(values(*module.get("forward", {a, a})), Each(4));
  }
}

TEST(ModuleTest, FilesThatCannotBeRead) {
  for (const char* path : {"absent.pte", "", "/"}) {
    Module module(path);
    EXPECT_THAT(module.load(), ErrorIs(Error::AccessFailed)) << path;
    EXPECT_THAT(module.forward(), ErrorIs(Error::AccessFailed)) << path;
    EXPECT_FALSE(module.is_loaded());
  }
  Module no_program(kExternalData);
  EXPECT_THAT(no_program.load(), ErrorIs(Error::InvalidProgram));
  Module no_loader{std::unique_ptr<runtime::DataLoader>()};
  EXPECT_FALSE(no_loader.num_methods().ok());
}

TEST(ModuleTest, Methods) {
  Module module(kMethods);
  const auto names = module.method_names();
  ASSERT_THAT(names, IsOk());
  EXPECT_EQ(*module.num_methods(), names->size());
  EXPECT_GT(names->size(), 1u);
  const std::string& name = *names->begin();
  EXPECT_STREQ(module.method_meta(name)->name(), name.c_str());
  EXPECT_FALSE(module.is_method_loaded(name));
  EXPECT_THAT(module.load_method(name), IsOk());
  EXPECT_THAT(module.load_method(name), IsOk());
  EXPECT_TRUE(module.is_method_loaded(name));
  EXPECT_TRUE(module.unload_method(name));
  EXPECT_FALSE(module.unload_method(name));
  EXPECT_FALSE(module.is_method_loaded(name));

  EXPECT_THAT(module.load_method("absent"), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.method_meta("absent"), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.execute("absent"), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(last_error_message(), HasSubstr("absent"));
}

TEST(ModuleTest, InputsStayUntilTheyAreSetAnew) {
  Module module(kMul);
  const auto a = of({1, 2, 3, 4});
  const auto b = of({10, 10, 10, 10});
  EXPECT_THAT(module.forward(), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_input(a, 0), IsOk());
  EXPECT_THAT(module.forward(), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_input("forward", b, 1), IsOk());
  EXPECT_THAT(values(module.forward()->at(0)), ElementsAre(10, 20, 30, 40));
  EXPECT_THAT(module.set_inputs({b, b}), IsOk());
  EXPECT_THAT(values(*module.get("forward")), Each(100));

  EXPECT_THAT(module.set_input(a, 2), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_inputs({a}), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.forward({a, a, a}), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.forward(EValue()), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.forward(of({1, 2})), ErrorIs(Error::NotSupported));
}

TEST(ModuleTest, Outputs) {
  Module module(kLinear);
  const std::vector<float> expected = read_floats(corpus("f_no_io_alloc/expected/0.bin"));
  const auto input = make_tensor_ptr({3, 6}, read_floats(corpus("f_no_io_alloc/inputs/0.bin")));
  // Outputs that are not memory planned have memory, too.
  EXPECT_THAT(values(module.forward(input)->at(0)), Pointwise(FloatNear(1e-5f), expected));

  const auto output = zeros({3, 4});
  EXPECT_THAT(module.set_output(output), IsOk());
  EXPECT_THAT(module.set_outputs({output}), IsOk());
  ASSERT_THAT(module.forward(input), IsOk());
  EXPECT_THAT(values(output), Pointwise(FloatNear(1e-5f), expected));
  EXPECT_EQ(module.get_output()->toTensor().const_data_ptr(), output->const_data_ptr());
  EXPECT_EQ(module.get_outputs()->size(), 1u);

  EXPECT_THAT(module.get_output(1), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_output(output, 1), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_output(EValue()), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_outputs({}), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_output(zeros({3, 3})), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(module.set_output(zeros({3, 4}, aten::ScalarType::Int)),
              ErrorIs(Error::InvalidArgument));
  Module planned(kMul);
  EXPECT_THAT(planned.set_output(zeros({4})), ErrorIs(Error::InvalidState));
}

TEST(ModuleTest, ExternalData) {
  const std::vector<float> expected =
      read_floats(corpus("f_external_constants_tagged/expected/0.bin"));
  const auto input =
      make_tensor_ptr({3, 6}, read_floats(corpus("f_external_constants_tagged/inputs/0.bin")));
  const auto loader = [](const std::string& path) {
    return std::make_unique<FileDataLoader>(std::move(*FileDataLoader::from(path.c_str())));
  };
  Module by_path(kExternal, kExternalData);
  Module mapped(kExternal, kExternalData, Module::LoadMode::Mmap);
  Module by_paths(kExternal, std::vector<std::string>{kExternalData});
  Module by_loaders(loader(kExternal), nullptr, nullptr, nullptr, loader(kExternalData));
  ASSERT_THAT(by_path.load(), IsOk());
  Module by_program(by_path.program(), nullptr, nullptr, nullptr, loader(kExternalData));
  for (Module* module : {&by_path, &mapped, &by_paths, &by_loaders, &by_program}) {
    const auto outputs = module->forward(input);
    ASSERT_THAT(outputs, IsOk()) << last_error_message();
    EXPECT_THAT(values(outputs->at(0)), Pointwise(FloatNear(1e-5f), expected));
  }

  EXPECT_THAT(Module(kExternal).load_forward(), ErrorIs(Error::InvalidState));
  EXPECT_THAT(Module(kExternal, "absent.ptd").load(), ErrorIs(Error::AccessFailed));
  EXPECT_THAT(Module(kExternal, kMul).load(), ErrorIs(Error::InvalidExternalData));
  Module twice(kExternal, std::vector<std::string>{kExternalData, kExternalData});
  EXPECT_THAT(twice.load(), ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(last_error_message(), HasSubstr("is in two data maps"));
}

TEST(ModuleTest, SharesProgramAmongThreads) {
  std::shared_ptr<Program> program;
  {
    Module module(kMul);
    ASSERT_THAT(module.load(), IsOk());
    program = module.program();
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&program, t] {
      Module module(program);
      EXPECT_TRUE(module.is_loaded());
      const auto a = full({4}, t);
      for (int i = 0; i < 100; ++i) {
        EXPECT_THAT(values(*module.get("forward", {a, a})), Each(t * t));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(ModuleTest, MethodsShareArenas) {
  Module apart(kShared);
  Module sharing(kShared, Module::LoadMode::File, nullptr, nullptr, nullptr,
                 /*share_memory_arenas=*/true);
  for (Module* module : {&apart, &sharing}) {
    const auto names = module->method_names();
    for (const std::string& name : *names) {
      EXPECT_THAT(module->load_method(name), IsOk()) << last_error_message();
    }
  }
  // `inc` adds to a buffer that `get` reads.
  const auto one = of({1});
  ASSERT_THAT(sharing.execute("inc", one), IsOk()) << last_error_message();
  ASSERT_THAT(apart.execute("inc", one), IsOk());
  EXPECT_NE(values(*sharing.get("get", one)), values(*apart.get("get", one)));
}

TEST(ModuleTest, AllocatorsOfTheCaller) {
  struct Counting final : runtime::MemoryAllocator {
    explicit Counting(int* count_in) : MemoryAllocator(0, nullptr), count(count_in) {}
    void* allocate(size_t size, size_t alignment) override {
      ++*count;
      return heap.allocate(size, alignment);
    }
    void reset() override { heap.reset(); }
    int* count;
    MallocMemoryAllocator heap;
  };
  int allocations = 0;
  Module module(kMul, Module::LoadMode::File, nullptr, std::make_unique<Counting>(&allocations),
                std::make_unique<MallocMemoryAllocator>());
  EXPECT_THAT(module.load_forward(), IsOk());
  EXPECT_GT(allocations, 0);

  uint8_t memory[256] = {};
  Span<uint8_t> buffers[1] = {{memory, sizeof(memory)}};
  runtime::HierarchicalAllocator planned_memory({buffers, 1});
  Module planned(kMul);
  ASSERT_THAT(planned.load_forward(&planned_memory), IsOk());
  const auto a = of({3, 3, 3, 3});
  const auto output = *planned.get("forward", {a, a});
  const auto* data = static_cast<const uint8_t*>(output.toTensor().const_data_ptr());
  EXPECT_TRUE(data >= memory && data < memory + sizeof(memory));
}

TEST(ModuleTest, KernelsOfTheCaller) {
  const auto sevens = [](KernelRuntimeContext&, Span<EValue*> args) {
    const auto& out = args[args.size() - 1]->toTensor();
    std::fill_n(out.mutable_data_ptr<float>(), out.numel(), 7.0f);
  };
  Module module(kMul);
  ASSERT_THAT(
      module.load_method("forward", nullptr, nullptr, nullptr, {Kernel("aten::mul.out", sevens)}),
      IsOk());
  const auto a = of({3, 3, 3, 3});
  EXPECT_THAT(values(*module.get("forward", {a, a})), Each(7));
}

TEST(ModuleTest, KeepsBackendOptions) {
  Module module(kMul);
  EXPECT_EQ(module.backend_options().size(), 0u);
  {
    BackendOptions<1> options;
    ASSERT_EQ(options.set_option("threads", 3), Error::Ok);
    LoadBackendOptionsMap map;
    ASSERT_EQ(map.set_options("SomeBackend", options.view()), Error::Ok);
    ASSERT_THAT(module.load(map, Program::Verification::Minimal), IsOk());
  }
  const auto kept = module.backend_options().get_options("SomeBackend");
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(std::get<int>(kept[0].value), 3);
  EXPECT_THAT(module.load(module.backend_options()), IsOk());
  EXPECT_EQ(module.backend_options().size(), 1u);
  EXPECT_THAT(module.load_forward(), IsOk());
}

TEST(ModuleTest, OlderNames) {
  torch::executor::Module module(kMul);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  EXPECT_EQ((*module.method("forward"))->inputs_size(), 2u);
  EXPECT_TRUE(module.debug_buffer().empty());
#pragma GCC diagnostic pop
  EXPECT_EQ(module.event_tracer(), nullptr);
  EXPECT_TRUE(module.unload_forward());
}

// Later calls with tensors like those of the call before take a shorter way.
TEST(ModuleTest, LaterCallsAreCheckedToo) {
  Module mul(kMul);
  const auto a = make_tensor_ptr({4}, std::vector<float>{1, 2, 3, 4});
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(mul.forward({a, a}).error(), IsOk()) << last_error_message();
    EXPECT_THAT(mul.forward({a, make_tensor_ptr({4}, std::vector<int>{1, 2, 3, 4})}).error(),
                ErrorIs(Error::InvalidArgument));
    EXPECT_THAT(mul.forward({a, ones({5})}).error(), ErrorIs(Error::NotSupported));
    EXPECT_THAT(mul.forward({a, ones({2, 2})}).error(), ErrorIs(Error::NotSupported));
    EXPECT_THAT(mul.forward({a, EValue(int64_t{1})}).error(), ErrorIs(Error::InvalidArgument));
    EXPECT_THAT(mul.forward({a, for_blob(nullptr, {4}).make_tensor_ptr()}).error(),
                ErrorIs(Error::InvalidArgument));
  }
  const auto b = make_tensor_ptr({4}, std::vector<float>{10, 20, 30, 40});
  const auto product = mul.forward({a, b});
  ASSERT_THAT(product.error(), IsOk());
  EXPECT_EQ(product->front().toTensor().const_data_ptr<float>()[3], 160);

  Module linear(kLinear);
  const auto x = ones({3, 6});
  ASSERT_THAT(linear.forward(x).error(), IsOk());
  ASSERT_THAT(linear.forward(x).error(), IsOk());
  EXPECT_THAT(linear.forward(empty_strided({3, 6}, {1, 3})).error(),
              ErrorIs(Error::InvalidArgument));
  EXPECT_THAT(linear.forward(zeros({3, 6})).error(), IsOk());
}

}  // namespace
}  // namespace extension
}  // namespace executorch
