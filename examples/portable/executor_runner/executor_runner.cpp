// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Runs a method of a program from the command line; see --help. Reports "name: value" lines on
 * stdout and, if something fails, one sentence on stderr and exit code 1.
 */

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
#include <string>
#include <utility>
#include <vector>

#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/extension/evalue_util/print_evalue.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/extension/runner_util/inputs.h>
#include <executorch/extension/runner_util/loaded_method.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

namespace {

using executorch::extension::BufferCleanup;
using executorch::extension::FileDataLoader;
using executorch::extension::FlatTensorDataMap;
using executorch::extension::LoadedMethod;
using executorch::extension::MmapDataLoader;
using executorch::extension::prepare_input_tensors;
using executorch::runtime::DataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::Program;
using executorch::runtime::Result;

struct Flag {
  const char* name;
  const char* help;
  std::string value;
};

// With the default values.
Flag flags[] = {
    {"model_path", "program to run (.pte)", "model.pte"},
    {"data_path", "data file of the program (.ptd)", ""},
    {"method_name", "method to run; empty: the first", ""},
    {"inputs", "comma-separated files with the raw bytes of the tensor inputs; empty: all ones",
     ""},
    {"output_file", "write output tensor i to <output_file>-<i>.bin, as raw bytes", ""},
    {"num_executions", "how often to run the method", "1"},
    {"print_output", "none, summary (a few elements per output) or all", "summary"},
};

Flag* find_flag(const std::string& name) {
  for (Flag& flag : flags) {
    if (name == flag.name) {
      return &flag;
    }
  }
  return nullptr;
}

const std::string& flag_value(const char* name) {
  return find_flag(name)->value;
}

[[noreturn]] void fail(const std::string& sentence) {
  std::cerr << "error: " << sentence << "\n";
  std::exit(EXIT_FAILURE);
}

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

void print_help() {
  std::cout << "Runs a method of an ExecuTorch program.\n\n";
  for (const Flag& flag : flags) {
    std::printf("  --%-16s %s (default: \"%s\")\n", flag.name, flag.help, flag.value.c_str());
  }
}

// Understands --name=value and --name value, with one dash or two.
void parse_flags(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    const size_t dashes = argument.find_first_not_of('-');
    if (dashes != 1 && dashes != 2) {
      fail("'" + argument + "' is not a flag; see --help");
    }
    argument.erase(0, dashes);
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    if (name == "help") {
      print_help();
      std::exit(EXIT_SUCCESS);
    }
    Flag* flag = find_flag(name);
    if (flag == nullptr) {
      fail("there is no flag --" + name + "; see --help");
    }
    if (equals != std::string::npos) {
      flag->value = argument.substr(equals + 1);
    } else if (++i < argc) {
      flag->value = argv[i];
    } else {
      fail("--" + name + " needs a value");
    }
  }
}

int parse_num_executions() {
  const std::string& text = flag_value("num_executions");
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < 1 || value > std::numeric_limits<int>::max()) {
    fail("--num_executions must be a positive number, not '" + text + "'");
  }
  return static_cast<int>(value);
}

// Elements to print at either end of a tensor; nothing if outputs are not printed.
std::optional<long> parse_print_output() {
  const std::string& mode = flag_value("print_output");
  if (mode == "none") {
    return std::nullopt;
  }
  if (mode == "summary") {
    return 3;
  }
  if (mode == "all") {
    return std::numeric_limits<long>::max();
  }
  fail("--print_output must be none, summary or all, not '" + mode + "'");
}

std::vector<FreeableBuffer> load_input_files() {
  std::vector<FreeableBuffer> contents;
  const std::string& list = flag_value("inputs");
  for (size_t begin = 0; begin < list.size();) {
    const size_t comma = std::min(list.find(',', begin), list.size());
    const std::string path = list.substr(begin, comma - begin);
    const auto loader = unwrap(FileDataLoader::from(path.c_str()), "cannot load an input");
    contents.push_back(
        unwrap(loader.load(0, unwrap(loader.size(), path), DataLoader::SegmentInfo()), path));
    begin = comma + 1;
  }
  return contents;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

void print_output(size_t index, const EValue& output, long edge_items) {
  std::cout << "output_" << index << ": ";
  if (output.isTensor()) {
    std::cout << executorch::runtime::toString(output.toTensor().scalar_type()) << " ";
  }
  std::cout << executorch::extension::evalue_edge_items(edge_items) << output << "\n";
}

void write_output(size_t index, const EValue& output, const std::string& base) {
  if (!output.isTensor()) {
    return;
  }
  const std::string path = base + "-" + std::to_string(index) + ".bin";
  std::ofstream file(path, std::ios::binary);
  file.write(output.toTensor().const_data_ptr<char>(),
             static_cast<std::streamsize>(output.toTensor().nbytes()));
  file.close();
  if (!file) {
    fail("cannot write '" + path + "': " + std::strerror(errno));
  }
}

}  // namespace

int main(int argc, char** argv) {
  executorch::runtime::runtime_init();
  parse_flags(argc, argv);
  const int num_executions = parse_num_executions();
  const std::optional<long> edge_items = parse_print_output();
  std::vector<FreeableBuffer> input_contents = load_input_files();
  std::vector<std::pair<char*, size_t>> input_buffers;
  for (const FreeableBuffer& content : input_contents) {
    input_buffers.emplace_back(static_cast<char*>(const_cast<void*>(content.data())),
                               content.size());
  }

  const auto load_start = std::chrono::steady_clock::now();
  const std::string what = "cannot load '" + flag_value("model_path") + "'";
  auto loader = unwrap(
      MmapDataLoader::from(flag_value("model_path").c_str(), MmapDataLoader::MlockConfig::NoMlock),
      what);
  const Program program =
      unwrap(Program::load(&loader, Program::Verification::InternalConsistency), what);

  std::optional<MmapDataLoader> data_loader;
  std::optional<FlatTensorDataMap> data_map;
  if (const std::string& path = flag_value("data_path"); !path.empty()) {
    const std::string what_data = "cannot load '" + path + "'";
    data_loader.emplace(unwrap(
        MmapDataLoader::from(path.c_str(), MmapDataLoader::MlockConfig::NoMlock), what_data));
    data_map.emplace(unwrap(FlatTensorDataMap::load(&*data_loader), what_data));
  }

  std::string method_name = flag_value("method_name");
  if (method_name.empty()) {
    method_name = unwrap(program.get_method_name(0), what);
  }
  const auto method = unwrap(
      LoadedMethod::load(program, method_name.c_str(), {data_map ? &*data_map : nullptr}), what);
  const double load_ms = milliseconds_since(load_start);

  double first_ms = 0;
  double total_ms = 0;
  // Alive while the outputs are used: an output may be an input.
  std::optional<BufferCleanup> inputs;
  for (int i = 0; i < num_executions; ++i) {
    // Every time, because a run may reuse the memory of its inputs.
    inputs.emplace(unwrap(prepare_input_tensors(**method, {}, input_buffers),
                          "cannot set the inputs of '" + method_name + "'"));
    const auto start = std::chrono::steady_clock::now();
    check((*method)->execute(), "cannot execute '" + method_name + "'");
    const double elapsed_ms = milliseconds_since(start);
    first_ms = i == 0 ? elapsed_ms : first_ms;
    total_ms += elapsed_ms;
  }

  std::printf("model: %s\nmethod: %s\nload_ms: %.3f\n", flag_value("model_path").c_str(),
              method_name.c_str(), load_ms);
  std::printf("executions: %d\nfirst_execution_ms: %.3f\nmean_execution_ms: %.3f\n", num_executions,
              first_ms, total_ms / num_executions);
  std::fflush(stdout);
  for (size_t i = 0; i < (*method)->outputs_size(); ++i) {
    const EValue& output = (*method)->get_output(i);
    if (edge_items) {
      print_output(i, output, *edge_items);
    }
    if (const std::string& base = flag_value("output_file"); !base.empty()) {
      write_output(i, output, base);
    }
  }
  std::cout.flush();
  return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}
