// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <utility>
#include <vector>

/// The text as a JSON string, and as a field of a CSV file.
std::string json_text(const std::string& text);
std::string csv_text(const std::string& text);

/// Names and values in order, printed as text ("name: value" lines), json (one object) or csv (two
/// lines).
class Report final {
 public:
  void add(const std::string& name, const std::string& text);
  void add(const std::string& name, long long number);
  /// With three decimals.
  void add(const std::string& name, double number);
  /// Count, first, mean, standard deviation and percentiles of times in milliseconds.
  void add_times(std::vector<double> times);

  void print(const std::string& format) const;

 private:
  struct Entry {
    std::string name;
    std::string value;
    bool is_text;
  };
  std::vector<Entry> entries_;
};
