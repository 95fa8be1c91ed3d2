// SPDX-License-Identifier: BSD-3-Clause

#include "operator_times.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>

#include "flags.h"
#include "report.h"

void OperatorTimes::add(size_t instruction, const std::string& name, double milliseconds) {
  add({instruction, name, 1, milliseconds, milliseconds, milliseconds});
}

void OperatorTimes::add(const Row& times) {
  const auto [found, is_new] =
      positions_.try_emplace({times.instruction, times.name}, rows_.size());
  if (is_new) {
    rows_.push_back(times);
    return;
  }
  Row& row = rows_[found->second];
  row.calls += times.calls;
  row.total += times.total;
  row.least = std::min(row.least, times.least);
  row.most = std::max(row.most, times.most);
}

std::vector<OperatorTimes::Row> OperatorTimes::by_operator() const {
  OperatorTimes sums;
  for (Row row : rows_) {
    row.instruction = kAll;
    sums.add(row);
  }
  std::stable_sort(sums.rows_.begin(), sums.rows_.end(),
                   [](const Row& a, const Row& b) { return a.total > b.total; });
  return sums.rows_;
}

std::string OperatorTimes::table(const std::vector<Row>& rows, const std::string& format) {
  double total = 0;
  for (const Row& row : rows) {
    total += row.total;
  }
  std::string text;
  for (const Row& row : rows) {
    const auto calls = static_cast<double>(row.calls);
    const double percent = total > 0 ? 100 * row.total / total : 0;
    char line[256];
    if (format == "json") {
      std::snprintf(line, sizeof(line),
                    ", \"calls\": %zu, \"total_ms\": %.6f, \"mean_ms\": %.6f, \"min_ms\": %.6f, "
                    "\"max_ms\": %.6f, \"percent\": %.2f}",
                    row.calls, row.total, row.total / calls, row.least, row.most, percent);
      text += (text.empty() ? " {" : ",\n {") + std::string("\"instruction\": ") +
              std::to_string(row.instruction) + ", \"operator\": " + json_text(row.name) + line;
    } else if (format == "csv") {
      std::snprintf(line, sizeof(line), ",%zu,%.6f,%.6f,%.6f,%.6f,%.2f\n", row.calls, row.total,
                    row.total / calls, row.least, row.most, percent);
      text += std::to_string(row.instruction) + "," + csv_text(row.name) + line;
    } else {
      const std::string number = row.instruction == kAll ? "" : std::to_string(row.instruction);
      std::snprintf(line, sizeof(line), "%11s %8zu %11.4f %11.4f %11.4f %11.4f %7.2f  ",
                    number.c_str(), row.calls, row.total, row.total / calls, row.least, row.most,
                    percent);
      text += line + row.name + "\n";
    }
  }
  return text;
}

void OperatorTimes::write(const std::string& path, const std::string& format) const {
  std::string text;
  if (format == "json") {
    text = "[\n" + table(rows_, format) + "\n]\n";
  } else if (format == "csv") {
    text = "instruction,operator,calls,total_ms,mean_ms,min_ms,max_ms,percent\n" +
           table(rows_, format);
  } else {
    const std::string columns =
        "    calls    total_ms     mean_ms      min_ms      max_ms percent  operator\n";
    text = "instruction" + columns + table(rows_, format) + "\nin all     " + columns +
           table(by_operator(), format);
  }
  if (path == "-") {
    std::cout << text;
    std::cout.flush();
    return;
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    fail("cannot write '" + path + "': " + std::strerror(errno));
  }
}
