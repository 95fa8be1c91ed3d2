// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// How long each operator took, summed over runs.
class OperatorTimes final {
 public:
  /// @param instruction that called it. The same operator may be called by it repeatedly.
  void add(size_t instruction, const std::string& name, double milliseconds);

  /**
   * Writes a row for each operator of each instruction, in the order of execution; as text also one
   * for each kind of operator, by time.
   * @param path "-": standard output. Ends the program with a sentence if it cannot be written.
   * @param format text, json or csv.
   */
  void write(const std::string& path, const std::string& format) const;

 private:
  static constexpr size_t kAll = SIZE_MAX;

  struct Row {
    size_t instruction;
    std::string name;
    size_t calls;
    double total;
    double least;
    double most;
  };

  void add(const Row& times);
  static std::string table(const std::vector<Row>& rows, const std::string& format);
  /// Sums, of instruction kAll.
  std::vector<Row> by_operator() const;

  std::vector<Row> rows_;
  std::map<std::pair<size_t, std::string>, size_t> positions_;
};
