// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Runs a method of a program from the command line, and measures it; see --help. Reports on stdout
 * and, if something fails, one sentence on stderr and exit code 1.
 */

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/extension/evalue_util/print_evalue.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/extension/runner_util/loaded_method.h>
#include <executorch/extension/tensor/tensor.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>
#ifdef ET_USE_THREADPOOL
#include <executorch/extension/threadpool/threadpool.h>
#endif

#include "bundle.h"
#include "flags.h"
#include "npy.h"
#include "recorder.h"
#include "report.h"

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::extension::FileDataLoader;
using executorch::extension::FlatTensorDataMap;
using executorch::extension::LoadedMethod;
using executorch::extension::LoadedMethodOptions;
using executorch::extension::make_tensor_ptr;
using executorch::extension::MmapDataLoader;
using executorch::extension::TensorPtr;
using executorch::runtime::DataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::Method;
using executorch::runtime::MethodMeta;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Tag;
using executorch::runtime::TensorInfo;

// More is a mistake, and would exhaust the memory.
constexpr size_t kMaxInputBytes = size_t{1} << 34;

// Fails with what was being done and the runtime's sentence.
void check(Error error, const std::string& what) {
  if (error != Error::Ok) {
    fail(what + ": " + executorch::runtime::last_error_message() + " (" +
         executorch::runtime::to_string(error) + ")");
  }
}

template <typename T>
T unwrap(Result<T> result, const std::string& what) {
  check(result.error(), what);
  return std::move(*result);
}

// The value of the flag, or of its other name if that was given.
const char* either(const char* name, const char* other) {
  return flag(other).empty() ? name : other;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

// "2x3"; rank 0 is "scalar".
std::vector<int32_t> parse_shape(const std::string& text) {
  std::vector<int32_t> sizes;
  for (const std::string& part : text == "scalar" ? std::vector<std::string>() : split(text, 'x')) {
    char* end = nullptr;
    errno = 0;
    const long long size = std::strtoll(part.c_str(), &end, 10);
    if (part.empty() || *end != '\0' || errno != 0 || size < 0 ||
        size > std::numeric_limits<int32_t>::max()) {
      fail("--input_shapes: '" + text + "' is not a shape such as 1x3x8x8");
    }
    sizes.push_back(static_cast<int32_t>(size));
  }
  return sizes;
}

std::string shape_text(const std::vector<int32_t>& sizes) {
  std::string text;
  for (const int32_t size : sizes) {
    text += (text.empty() ? "" : "x") + std::to_string(size);
  }
  return text.empty() ? "scalar" : text;
}

std::vector<uint8_t> ones(ScalarType type, size_t count) {
  switch (type) {
#define ONES_CASE(T, name)                                                            \
  case ScalarType::name: {                                                            \
    std::vector<uint8_t> bytes(count * sizeof(T));                                    \
    std::fill_n(reinterpret_cast<T*>(bytes.data()), count, T(static_cast<float>(1))); \
    return bytes;                                                                     \
  }
    ET_FORALL_REALHBBF16_AND_UINT_TYPES(ONES_CASE)
#undef ONES_CASE
    default:
      // What a one looks like in the remaining types is up to the program.
      return std::vector<uint8_t>(count * executorch::runtime::elementSize(type), 1);
  }
}

// The tensor for one input: from a file, if there is one, else ones.
TensorPtr make_input(const TensorInfo& info, size_t index, const std::string& path,
                     const std::string& shape) {
  const std::string what = "input " + std::to_string(index);
  std::vector<int32_t> sizes(info.sizes().begin(), info.sizes().end());
  if (!shape.empty()) {
    sizes = parse_shape(shape);
  }
  std::optional<FreeableBuffer> content;
  size_t offset = 0;
  if (!path.empty()) {
    const auto loader = unwrap(FileDataLoader::from(path.c_str()), "cannot load " + what);
    content.emplace(
        unwrap(loader.load(0, unwrap(loader.size(), path), DataLoader::SegmentInfo()), path));
    const char* data = static_cast<const char*>(content->data());
    if (is_npy(data, content->size())) {
      const NpyArray array = parse_npy(data, content->size(), path);
      if (array.descr != npy_descr(info.scalar_type())) {
        fail("'" + path + "' has elements of type '" + array.descr + "', but " + what + " takes '" +
             npy_descr(info.scalar_type()) + "'");
      }
      if (!shape.empty() && array.sizes != sizes) {
        fail("'" + path + "' has shape " + shape_text(array.sizes) + ", not " + shape);
      }
      sizes = array.sizes;
      offset = array.offset;
    }
  }
  if (sizes.size() != info.sizes().size()) {
    fail(what + " has " + std::to_string(info.sizes().size()) + " dimensions, but the shape " +
         shape_text(sizes) + " was given");
  }
  size_t count = 1;
  for (const int32_t size : sizes) {
    if (__builtin_mul_overflow(count, static_cast<size_t>(size), &count) ||
        count > kMaxInputBytes) {
      fail(what + " of shape " + shape_text(sizes) + " is too large");
    }
  }
  const size_t nbytes = count * executorch::runtime::elementSize(info.scalar_type());
  std::vector<uint8_t> bytes;
  if (path.empty()) {
    bytes = ones(info.scalar_type(), count);
  } else {
    if (content->size() - offset != nbytes) {
      fail("'" + path + "' has " + std::to_string(content->size() - offset) + " bytes, but " +
           what + " of shape " + shape_text(sizes) + " needs " + std::to_string(nbytes));
    }
    const auto* begin = static_cast<const uint8_t*>(content->data()) + offset;
    bytes.assign(begin, begin + nbytes);
  }
  std::vector<uint8_t> dim_order(info.dim_order().begin(), info.dim_order().end());
  const bool is_logical =
      executorch::runtime::is_contiguous_dim_order(dim_order.data(), dim_order.size());
  if (offset != 0 && !is_logical) {
    fail("'" + path + "' is in the logical order of the dimensions, but " + what +
         " is not; give the raw bytes");
  }
  return make_tensor_ptr(std::move(sizes), std::move(bytes), std::move(dim_order), {},
                         info.scalar_type());
}

struct Input {
  size_t index;
  TensorPtr tensor;
};

std::vector<Input> make_inputs(const MethodMeta& meta, const std::string& files) {
  const std::vector<std::string> paths = split(files, ',');
  const std::vector<std::string> shapes = split(flag("input_shapes"), ',');
  std::vector<Input> inputs;
  for (size_t i = 0; i < meta.num_inputs(); ++i) {
    if (unwrap(meta.input_tag(i), "input " + std::to_string(i)) != Tag::Tensor) {
      continue;  // keeps the value that the program was exported with
    }
    const size_t n = inputs.size();
    inputs.push_back(
        {i, make_input(unwrap(meta.input_tensor_meta(i), "input"), i,
                       n < paths.size() ? paths[n] : "", n < shapes.size() ? shapes[n] : "")});
  }
  const size_t given = std::max(paths.size(), shapes.size());
  if (given > inputs.size()) {
    fail("the data of " + std::to_string(given) + " tensors was given, but the method has " +
         std::to_string(inputs.size()) + " tensor inputs");
  }
  return inputs;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

// Every time, because a run may reuse the memory of its inputs.
void set_inputs(Method& method, const std::vector<Input>& inputs, const std::string& name) {
  const std::string what = "cannot set the inputs of '" + name + "'";
  for (const Input& input : inputs) {
    check(method.set_input(input.tensor, input.index), what);
  }
}

// Of other kinds than tensors: to the values that the program was exported with.
void set_other_inputs(Method& method, const std::vector<Input>& inputs) {
  size_t next = 0;
  for (size_t i = 0; i < method.inputs_size(); ++i) {
    if (next < inputs.size() && inputs[next].index == i) {
      ++next;
      continue;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // Deprecated, but there is no other way to that value.
    check(method.set_input(method.get_input(i), i), "input " + std::to_string(i));
#pragma GCC diagnostic pop
  }
}

// In milliseconds.
double timed_run(Method& method, const std::vector<Input>& inputs, const std::string& name) {
  set_inputs(method, inputs, name);
  const auto start = std::chrono::steady_clock::now();
  check(method.execute(), "cannot execute '" + name + "'");
  return milliseconds_since(start);
}

// Elements to print at either end of a tensor; nothing if outputs are not printed.
std::optional<long> edge_items() {
  const std::string& mode = choice_flag("print_output", "none|summary|all");
  if (mode == "none") {
    return std::nullopt;
  }
  return mode == "summary" ? 3 : std::numeric_limits<long>::max();
}

std::string output_text(const EValue& output, long edge_items) {
  std::stringstream text;
  if (output.isTensor()) {
    text << executorch::runtime::toString(output.toTensor().scalar_type()) << " ";
  }
  text << executorch::extension::evalue_edge_items(edge_items) << output;
  return text.str();
}

void write_output(size_t index, const EValue& output, std::string base) {
  if (!output.isTensor()) {
    return;
  }
  const Tensor& tensor = output.toTensor();
  const std::string suffix = ".npy";
  const bool as_npy = base.size() >= suffix.size() &&
                      base.compare(base.size() - suffix.size(), suffix.size(), suffix) == 0;
  if (as_npy) {
    base.resize(base.size() - suffix.size());
  }
  const std::string path = base + "-" + std::to_string(index) + (as_npy ? suffix : ".bin");
  std::ofstream file(path, std::ios::binary);
  if (as_npy) {
    const std::string descr = npy_descr(tensor.scalar_type());
    if (descr.empty() || !executorch::runtime::is_contiguous_dim_order(tensor.dim_order().data(),
                                                                       tensor.dim_order().size())) {
      fail("output " + std::to_string(index) +
           " has an element type or a dim order that .npy files have not");
    }
    file << npy_header(descr, {tensor.sizes().begin(), tensor.sizes().end()});
  }
  file.write(tensor.const_data_ptr<char>(), static_cast<std::streamsize>(tensor.nbytes()));
  file.close();
  if (!file) {
    fail("cannot write '" + path + "': " + std::strerror(errno));
  }
}

void write_outputs(Method& method) {
  const std::string& base = flag("output_file");
  for (size_t i = 0; !base.empty() && i < method.outputs_size(); ++i) {
    write_output(i, method.get_output(i), base);
  }
}

void print_outputs(Method& method) {
  const std::optional<long> edges = edge_items();
  for (size_t i = 0; edges && i < method.outputs_size(); ++i) {
    std::cout << "output_" << i << ": " << output_text(method.get_output(i), *edges) << "\n";
  }
  std::cout.flush();
}

void set_threads() {
  const long long threads = integer_flag(either("cpu_threads", "num_threads"), -1, 1024);
#ifdef ET_USE_THREADPOOL
  if (threads != -1 && !executorch::extension::threadpool::get_threadpool()->set_num_threads(
                           static_cast<size_t>(threads))) {
    fail(executorch::runtime::last_error_message());
  }
#else
  (void)threads;
#endif
}

double peak_memory_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  return static_cast<double>(usage.ru_maxrss) / (1 << 20);
#else
  return static_cast<double>(usage.ru_maxrss) / (1 << 10);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  executorch::runtime::runtime_init();
  parse_flags(argc, argv);
  const auto num_executions = integer_flag(either("num_executions", "num_runs"), 1, 1000000000);
  const auto warmup_runs = integer_flag("warmup_runs", 0, 1000000000);
  const double max_ms = 1000 * number_flag("max_secs", 0, 1e9);
  const bool server_mode = bool_flag("server_mode");
  const bool report_peak_memory = bool_flag("report_peak_memory");
  const std::string& format = choice_flag("format", "text|json|csv");
  edge_items();
  set_threads();

  const auto load_start = std::chrono::steady_clock::now();
  const std::string what = "cannot load '" + flag("model_path") + "'";
  auto loader = unwrap(
      MmapDataLoader::from(flag("model_path").c_str(), MmapDataLoader::MlockConfig::NoMlock), what);
  const Bundle bundle(&loader);
  const Program program =
      unwrap(Program::load(bundle.program(), Program::Verification::InternalConsistency), what);

  std::optional<MmapDataLoader> data_loader;
  std::optional<FlatTensorDataMap> data_map;
  if (const std::string& path = flag("data_path"); !path.empty()) {
    const std::string what_data = "cannot load '" + path + "'";
    data_loader.emplace(unwrap(
        MmapDataLoader::from(path.c_str(), MmapDataLoader::MlockConfig::NoMlock), what_data));
    data_map.emplace(unwrap(FlatTensorDataMap::load(&*data_loader), what_data));
  }

  std::string name = flag("method_name");
  if (name.empty()) {
    name = unwrap(program.get_method_name(0), what);
  }
  Recorder recorder;
  LoadedMethodOptions options;
  options.named_data_map = data_map ? &*data_map : nullptr;
  options.event_tracer = recorder.tracer();
  const auto loaded = unwrap(LoadedMethod::load(program, name.c_str(), options), what);
  Method& method = **loaded;
  const double load_ms = milliseconds_since(load_start);

  if (server_mode) {
    for (std::string line; std::getline(std::cin, line);) {
      const std::vector<Input> inputs = make_inputs(method.method_meta(), line);
      set_other_inputs(method, inputs);
      timed_run(method, inputs, name);
      print_outputs(method);
      write_outputs(method);
    }
    recorder.write();
    return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
  }

  const std::string& files = flag(either("inputs", "input_value_files"));
  const bool has_test_case = bundle.is_bundled() && files.empty() && flag("input_shapes").empty();
  std::vector<Input> inputs;
  if (!has_test_case) {
    inputs = make_inputs(method.method_meta(), files);
    set_other_inputs(method, inputs);
  }
  const auto run = [&] {
    if (has_test_case) {
      bundle.set_inputs(method);
    }
    return timed_run(method, inputs, name);
  };
  for (long long i = 0; i < warmup_runs; ++i) {
    run();
  }
  recorder.start();
  std::vector<double> times;
  const auto run_start = std::chrono::steady_clock::now();
  for (long long i = 0; i < num_executions; ++i) {
    times.push_back(run());
    if (max_ms > 0 && milliseconds_since(run_start) > max_ms) {
      break;
    }
  }

  Report report;
  report.add("model", flag("model_path"));
  report.add("method", name);
  if (has_test_case) {
    bundle.verify(method);
    report.add("verified_test_case", integer_flag("testset_idx", 0, 1000000000));
  }
  report.add("load_ms", load_ms);
  report.add_times(std::move(times));
  if (report_peak_memory) {
    report.add("peak_memory_mb", peak_memory_megabytes());
  }
  if (const std::optional<long> edges = edge_items(); edges && format == "json") {
    for (size_t i = 0; i < method.outputs_size(); ++i) {
      report.add("output_" + std::to_string(i), output_text(method.get_output(i), *edges));
    }
  }
  report.print(format);
  if (format == "text") {
    print_outputs(method);
  }
  write_outputs(method);
  recorder.write();
  return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}
