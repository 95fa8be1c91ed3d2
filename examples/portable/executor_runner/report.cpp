// SPDX-License-Identifier: BSD-3-Clause

#include "report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace {

std::string quoted(const std::string& text, const char* specials) {
  std::string result = "\"";
  for (const char c : text) {
    if (std::string(specials).find(c) != std::string::npos) {
      // JSON escapes with a backslash, CSV by doubling.
      result += specials[0];
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof(code), "\\u%04x", c);
      result += code;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

}  // namespace

std::string json_text(const std::string& text) {
  return quoted(text, "\\\"");
}

std::string csv_text(const std::string& text) {
  return quoted(text, "\"");
}

void Report::add(const std::string& name, const std::string& text) {
  entries_.push_back({name, text, true});
}

void Report::add(const std::string& name, long long number) {
  entries_.push_back({name, std::to_string(number), false});
}

void Report::add(const std::string& name, double number) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.3f", number);
  entries_.push_back({name, text, false});
}

void Report::add_times(std::vector<double> times) {
  const auto count = static_cast<double>(times.size());
  const double mean = std::accumulate(times.begin(), times.end(), 0.0) / count;
  double square = 0;
  for (const double time : times) {
    square += (time - mean) * (time - mean);
  }
  add("executions", static_cast<long long>(times.size()));
  add("first_execution_ms", times.front());
  add("mean_execution_ms", mean);
  add("std_execution_ms", std::sqrt(square / count));
  std::sort(times.begin(), times.end());
  const auto percentile = [&](double percent) {
    // The least time that so many percent of the runs do not exceed.
    const double rank = std::ceil(percent / 100 * count);
    return times[static_cast<size_t>(std::max(rank, 1.0)) - 1];
  };
  add("min_execution_ms", times.front());
  add("p50_execution_ms", percentile(50));
  add("p90_execution_ms", percentile(90));
  add("p95_execution_ms", percentile(95));
  add("p99_execution_ms", percentile(99));
  add("max_execution_ms", times.back());
}

void Report::print(const std::string& format) const {
  std::string first;
  std::string second;
  for (const Entry& entry : entries_) {
    const char* separator = first.empty() ? "" : ", ";
    if (format == "json") {
      first += separator + json_text(entry.name) + ": " +
               (entry.is_text ? json_text(entry.value) : entry.value);
    } else if (format == "csv") {
      const char* comma = first.empty() ? "" : ",";
      first += comma + entry.name;
      second += comma + (entry.is_text ? csv_text(entry.value) : entry.value);
    } else {
      first += entry.name + ": " + entry.value + "\n";
    }
  }
  if (format == "json") {
    first = "{" + first + "}\n";
  } else if (format == "csv") {
    first += "\n" + second + "\n";
  }
  std::fputs(first.c_str(), stdout);
  std::fflush(stdout);
}
