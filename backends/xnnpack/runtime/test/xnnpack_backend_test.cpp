// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/XNNPACKBackend.h>
#include <executorch/backends/xnnpack/runtime/fusion.h>
#include <executorch/backends/xnnpack/runtime/payload.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/runner_util/inputs.h>
#include <executorch/extension/runner_util/loaded_method.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/executor/program.h>

using executorch::extension::BufferDataLoader;
using executorch::extension::LoadedMethod;
using executorch::extension::LoadedMethodOptions;
using executorch::extension::prepare_input_tensors;
using executorch::runtime::BackendOptions;
using executorch::runtime::Error;
using executorch::runtime::get_backend_class;
using executorch::runtime::last_error_message;
using executorch::runtime::LoadBackendOptionsMap;
using executorch::runtime::Program;
using executorch::runtime::Result;

namespace xnnpack = executorch::backends::xnnpack;

// A damaged size can ask for more memory than there is: that is an error, not the end of the
// process.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}

namespace {

/// The program of a case of the corpus, at an aligned address, to be changed.
class File {
 public:
  explicit File(const std::string& name) {
    std::ifstream in(std::string(ET_TEST_DATA_DIR) + "/corpus/" + name + "/program.pte",
                     std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(in), {});
    size_ = bytes.size();
    blocks_.resize(size_ / sizeof(Block) + 1);
    memcpy(data(), bytes.data(), size_);
  }

  char* data() { return reinterpret_cast<char*>(blocks_.data()); }
  size_t size() const { return size_; }

  /// Start and end of the first payload's header and graph.
  std::pair<size_t, size_t> payload() {
    constexpr char kMagic[] = "XH00";
    const char* found = std::search(data(), data() + size_, kMagic, kMagic + 4);
    if (found == data() + size_) {
      ADD_FAILURE() << "there is no payload in the program";
      return {0, 0};
    }
    const size_t start = static_cast<size_t>(found - data()) - 4;
    uint32_t graph_size = 0;
    memcpy(&graph_size, data() + start + 14, sizeof(graph_size));
    return {start, start + 32 + graph_size};
  }

 private:
  struct alignas(16) Block {
    char bytes[16];
  };
  std::vector<Block> blocks_;
  size_t size_ = 0;
};

struct Outcome {
  Error error = Error::Ok;
  /// Bytes of the first output.
  std::string output;
};

/// Loads a program and runs its first method on ones.
Outcome run(File& file, const LoadBackendOptionsMap* options = nullptr, int runs = 1) {
  Outcome outcome;
  BufferDataLoader loader(file.data(), file.size());
  Result<Program> program = Program::load(&loader);
  if (!program.ok()) {
    outcome.error = program.error();
    return outcome;
  }
  LoadedMethodOptions method_options;
  method_options.backend_options = options;
  auto method = LoadedMethod::load(*program, *program->get_method_name(0), method_options);
  if (!method.ok()) {
    outcome.error = method.error();
    return outcome;
  }
  for (int i = 0; i < runs && outcome.error == Error::Ok; ++i) {
    auto inputs = prepare_input_tensors(***method);
    outcome.error = inputs.ok() ? (**method)->execute() : inputs.error();
  }
  if (outcome.error == Error::Ok) {
    const auto& tensor = (**method)->get_output(0).toTensor();
    outcome.output.assign(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes());
  }
  return outcome;
}

template <size_t N>
LoadBackendOptionsMap for_backend(BackendOptions<N>& options) {
  LoadBackendOptionsMap map;
  EXPECT_EQ(map.set_options(xnnpack::xnnpack_backend_key, options.view()), Error::Ok);
  return map;
}

/// Written by test/data/xnnpack_normalization/write.py.
constexpr char kNormalization[] = "../xnnpack_normalization";

class DamagedPayload : public testing::TestWithParam<const char*> {};

}  // namespace

// An error with a sentence, or a result: never a crash.
TEST_P(DamagedPayload, IsRefusedOrRuns) {
  File file(GetParam());
  ASSERT_EQ(run(file).error, Error::Ok) << last_error_message();
  const auto [start, end] = file.payload();
  size_t refused = 0;
  for (size_t i = start; i < end; ++i) {
    for (const int mask : {0xff, 0x01}) {
      const char original = file.data()[i];
      file.data()[i] = static_cast<char>(original ^ mask);
      executorch::runtime::clear_last_error();
      if (run(file).error != Error::Ok) {
        ++refused;
        EXPECT_STRNE(last_error_message(), "") << "byte " << i << " xor " << mask;
      }
      file.data()[i] = original;
    }
  }
  EXPECT_GT(refused, (end - start) / 4);
  EXPECT_EQ(run(file).error, Error::Ok) << last_error_message();
}

INSTANTIATE_TEST_SUITE_P(
    Corpus, DamagedPayload,
    testing::Values("x_linear", "x_conv2d", "x_conv_transpose", "x_add_broadcast", "x_bmm", "x_cat",
                    "x_maxpool", "x_pad", "x_softmax", "x_global_mean", "x_reshape_transpose",
                    "x_upsample_bilinear", "x_prelu_leaky", "q_linear_int4_group32",
                    "q_conv_depthwise_channel", kNormalization),
    [](const auto& info) {
      return info.param == kNormalization ? "normalization" : std::string(info.param);
    });

// The three normalizations are one node each; all that is left beside them is an addition.
TEST(XnnpackBackend, FindsNormalizations) {
  File file(kNormalization);
  const auto [start, end] = file.payload();
  const auto payload = xnnpack::Payload::parse(file.data() + start, (end - start + 15) / 16 * 16);
  ASSERT_TRUE(payload.ok()) << last_error_message();
  // Constants are beside the payload: each stands for what a node of its shape has.
  std::vector<std::vector<float>> constants;
  const auto floats = [&](uint32_t id) -> executorch::runtime::Span<const float> {
    for (const auto* value : *payload->graph->xvalues()) {
      const auto* tensor = value->xvalue_union_as_XNNTensorValue();
      if (tensor == nullptr || tensor->id_out() != id || tensor->constant_buffer_idx() == 0) {
        continue;
      }
      size_t numel = 1;
      for (const uint32_t dim : *tensor->dims()) {
        numel *= dim;
      }
      constants.emplace_back(numel, numel == 1 ? 1e-5f : 1.0f / static_cast<float>(numel));
      return {constants.back().data(), numel};
    }
    return {};
  };
  const auto found = xnnpack::find_normalizations(*payload->graph, floats);
  ASSERT_EQ(found.size(), 3u);
  size_t num_nodes = 0;
  size_t num_centered = 0;
  for (const auto& pattern : found) {
    num_nodes += pattern.nodes.size();
    num_centered += pattern.centered;
    EXPECT_EQ(pattern.length, 6u);
  }
  EXPECT_EQ(num_centered, 2u);
  EXPECT_EQ(num_nodes + 1, payload->graph->xnodes()->size());
  EXPECT_NE(found[0].shift, xnnpack::kNoFileId);
  EXPECT_NE(found[1].scale, xnnpack::kNoFileId);
  EXPECT_EQ(found[1].shift, xnnpack::kNoFileId);
  EXPECT_EQ(found[2].scale, xnnpack::kNoFileId);
}

TEST(XnnpackBackend, ReadsAndSetsOptions) {
  auto* backend = get_backend_class(xnnpack::xnnpack_backend_key);
  ASSERT_NE(backend, nullptr);
  EXPECT_TRUE(backend->is_available());
  const auto set = [](auto& options) {
    return executorch::runtime::set_option(xnnpack::xnnpack_backend_key, options.view());
  };
  BackendOptions<3> options;
  ASSERT_EQ(options.set_option("workspace_sharing_mode", 1), Error::Ok);
  ASSERT_EQ(options.set_option("weight_cache_enabled", true), Error::Ok);
  ASSERT_EQ(options.set_option("something_else", 5), Error::Ok);
  ASSERT_EQ(set(options), Error::Ok);

  BackendOptions<2> read;
  ASSERT_EQ(read.set_option("workspace_sharing_mode", 0), Error::Ok);
  ASSERT_EQ(read.set_option("weight_cache_enabled", false), Error::Ok);
  ASSERT_EQ(executorch::runtime::get_option(xnnpack::xnnpack_backend_key, read.view()), Error::Ok);
  int mode = 0;
  bool cache = false;
  EXPECT_EQ(read.get_option("workspace_sharing_mode", mode), Error::Ok);
  EXPECT_EQ(read.get_option("weight_cache_enabled", cache), Error::Ok);
  EXPECT_EQ(mode, 1);
  EXPECT_TRUE(cache);

  for (const int bad : {-1, 3}) {
    BackendOptions<1> wrong;
    ASSERT_EQ(wrong.set_option("workspace_sharing_mode", bad), Error::Ok);
    EXPECT_EQ(set(wrong), Error::InvalidArgument);
  }
  BackendOptions<1> wrong_type;
  ASSERT_EQ(wrong_type.set_option("weight_cache_enabled", 1), Error::Ok);
  EXPECT_EQ(set(wrong_type), Error::InvalidArgument);

  BackendOptions<2> defaults;
  ASSERT_EQ(defaults.set_option("workspace_sharing_mode", 2), Error::Ok);
  ASSERT_EQ(defaults.set_option("weight_cache_enabled", false), Error::Ok);
  ASSERT_EQ(set(defaults), Error::Ok);
}

TEST(XnnpackBackend, EveryWorkspaceModeGivesTheSame) {
  File file("x_many_delegates");
  const std::string expected = run(file).output;
  ASSERT_FALSE(expected.empty());
  for (const int mode : {0, 1, 2}) {
    BackendOptions<1> options;
    ASSERT_EQ(options.set_option("workspace_sharing_mode", mode), Error::Ok);
    const LoadBackendOptionsMap map = for_backend(options);
    EXPECT_EQ(run(file, &map, 3).output, expected) << "mode " << mode;
  }
}

TEST(XnnpackBackend, MethodsThatShareAWorkspaceRunInThreads) {
  File file("x_mobilenet_tiny");
  const std::string expected = run(file).output;
  ASSERT_FALSE(expected.empty());
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&result, &file] { result = run(file, nullptr, 20).output; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::string& result : results) {
    EXPECT_EQ(result, expected);
  }
}

TEST(XnnpackBackend, PackedWeightsFile) {
  const std::string path = testing::TempDir() + "xnnpack_backend_test_packed_weights";
  remove(path.c_str());
  BackendOptions<1> options;
  ASSERT_EQ(options.set_option("packed_cache_path", path.c_str()), Error::Ok);
  const LoadBackendOptionsMap map = for_backend(options);
  const auto contents = [&path] {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  for (const char* name : {"x_mobilenet_tiny", "q_conv_depthwise_channel", "x_mlp"}) {
    File file(name);
    const std::string expected = run(file).output;
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(run(file, &map).output, expected) << name << ", written";
    const std::string written = contents();
    ASSERT_FALSE(written.empty());
    EXPECT_EQ(run(file, &map).output, expected) << name << ", read";
    EXPECT_TRUE(contents() == written) << "nothing was new";
  }

  // Not usable: damaged at an end, or cut off.
  const std::string good = contents();
  const auto replace = [&path](const std::string& bytes) {
    std::ofstream out(path, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  File file("x_mlp");
  const std::string expected = run(file).output;
  for (size_t i = 0; i < 40; ++i) {
    for (const size_t position : {i, good.size() - 1 - i}) {
      std::string bad = good;
      bad[position] = static_cast<char>(~bad[position]);
      replace(bad);
      EXPECT_EQ(run(file, &map).output, expected) << "byte " << position;
    }
    replace(good.substr(0, i * good.size() / 40));
    EXPECT_EQ(run(file, &map).output, expected) << "cut off at " << i << "/40";
  }
  remove(path.c_str());
}
