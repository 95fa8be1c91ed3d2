// SPDX-License-Identifier: BSD-3-Clause

#include "flags.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace {

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
    {"inputs",
     "comma-separated files with the tensor inputs, .npy or raw bytes; an empty one, or none: ones",
     ""},
    {"input_value_files", "another name of --inputs", ""},
    {"input_shapes",
     "comma-separated shapes of the tensor inputs, such as 1x3x8x8; an empty one, or none: that of "
     "the .npy file, else the largest that the program takes",
     ""},
    {"output_file",
     "write output tensor i to <output_file>-<i>.bin as raw bytes, or, where <output_file> ends in "
     ".npy, to <...>-<i>.npy",
     ""},
    {"print_output", "none, summary (a few elements per output) or all", "summary"},
    {"num_executions", "how often to run the method", "1"},
    {"num_runs", "another name of --num_executions", ""},
    {"warmup_runs", "runs before those that are counted", "0"},
    {"max_secs", "stop after the run that ends later than this; 0: never", "0"},
    {"cpu_threads", "threads to compute with; -1: one for each performance core", "-1"},
    {"num_threads", "another name of --cpu_threads", ""},
    {"server_mode", "run once for every line of standard input, which says what --inputs would",
     "false"},
    {"testset_idx", "the test case of a bundled program (.bpte) that is run and verified", "0"},
    {"bundleio_rtol", "relative tolerance of its outputs", "0.01"},
    {"bundleio_atol", "absolute tolerance of its outputs", "0.01"},
    {"etdump_path", "write an ETDump, for the Inspector of executorch.devtools; empty: none", ""},
    {"debug_output_path", "write the values that instructions compute, for the same", ""},
    {"profiling_output",
     "write a table of the times of operators, as text, json or csv: see --format; -: print it",
     ""},
    {"report_peak_memory", "report the most memory that the process has occupied", "false"},
    {"format", "text, json or csv: how the measurements are reported", "text"},
};

Flag* find_flag(const std::string& name) {
  for (Flag& flag : flags) {
    if (name == flag.name) {
      return &flag;
    }
  }
  return nullptr;
}

void print_help() {
  std::cout << "Runs a method of an ExecuTorch program, and measures it.\n\n";
  for (const Flag& flag : flags) {
    std::printf("  --%-18s %s (default: \"%s\")\n", flag.name, flag.help, flag.value.c_str());
  }
}

bool is_bool(const Flag& flag) {
  return flag.value == "true" || flag.value == "false";
}

}  // namespace

void fail(const std::string& sentence) {
  std::cout.flush();
  std::cerr << "error: " << sentence << "\n";
  std::exit(EXIT_FAILURE);
}

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
    } else if (is_bool(*flag) && (i + 1 == argc || (std::strcmp(argv[i + 1], "true") != 0 &&
                                                    std::strcmp(argv[i + 1], "false") != 0))) {
      flag->value = "true";
    } else if (++i < argc) {
      flag->value = argv[i];
    } else {
      fail("--" + name + " needs a value");
    }
  }
}

const std::string& flag(const char* name) {
  return find_flag(name)->value;
}

long long integer_flag(const char* name, long long least, long long most) {
  const std::string& text = flag(name);
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || errno != 0 || value < least || value > most) {
    fail("--" + std::string(name) + " must be a number from " + std::to_string(least) + " to " +
         std::to_string(most) + ", not '" + text + "'");
  }
  return value;
}

double number_flag(const char* name, double least, double most) {
  const std::string& text = flag(name);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= least && value <= most)) {
    fail("--" + std::string(name) + " must be a number from " + std::to_string(least) + " to " +
         std::to_string(most) + ", not '" + text + "'");
  }
  return value;
}

bool bool_flag(const char* name) {
  const std::string& text = flag(name);
  if (text != "true" && text != "false") {
    fail("--" + std::string(name) + " must be true or false, not '" + text + "'");
  }
  return text == "true";
}

const std::string& choice_flag(const char* name, const char* choices) {
  const std::string& text = flag(name);
  const std::string all = "|" + std::string(choices) + "|";
  if (text.find('|') != std::string::npos || all.find("|" + text + "|") == std::string::npos) {
    fail("--" + std::string(name) + " must be one of " + choices + ", not '" + text + "'");
  }
  return text;
}
