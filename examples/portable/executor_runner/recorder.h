// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include <executorch/runtime/core/event_tracer.h>

/// Records executions as --etdump_path, --debug_output_path and --profiling_output ask for.
class Recorder final {
 public:
  /// Ends the program with a sentence if something is asked for that this build cannot record.
  Recorder();
  ~Recorder();

  /// What the method is to be loaded with; null if nothing is recorded.
  executorch::runtime::EventTracer* tracer();

  /// Forgets the times of the operators so far.
  void start();

  /// Writes the files, and prints the table of operators where its file is "-".
  void write();

 private:
  class Tracer;

  std::unique_ptr<Tracer> tracer_;
};
