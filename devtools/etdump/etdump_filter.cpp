// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/devtools/etdump/etdump_filter.h>

#include <limits>
#include <regex>
#include <vector>

#include <executorch/devtools/etdump/delegate_id.h>

namespace executorch {
namespace etdump {

using runtime::DelegateDebugIntId;
using runtime::Error;
using runtime::Result;

struct ETDumpFilter::Patterns {
  std::vector<std::regex> regexes;
};

ETDumpFilter::ETDumpFilter() : patterns_(std::make_unique<Patterns>()) {}
ETDumpFilter::~ETDumpFilter() = default;

Result<bool> ETDumpFilter::add_regex(executorch::aten::string_view pattern) {
  try {
    patterns_->regexes.emplace_back(pattern.data(), pattern.size());
  } catch (const std::regex_error& error) {
    ET_CHECK_OR_RETURN_ERROR(false, InvalidArgument, "ETDumpFilter: bad pattern \"%.*s\": %s",
                             static_cast<int>(pattern.size()), pattern.data(), error.what());
  }
  return true;
}

Result<bool> ETDumpFilter::set_debug_handle_range(size_t start, size_t end) {
  ET_CHECK_OR_RETURN_ERROR(
      start < end && end <= static_cast<size_t>(std::numeric_limits<DelegateDebugIntId>::max()),
      InvalidArgument, "ETDumpFilter: [%zu, %zu) is not a range of debug handles", start, end);
  range_start_ = start;
  range_end_ = end;
  return true;
}

Result<bool> ETDumpFilter::filter(char* name, DelegateDebugIntId delegate_debug_index) {
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_delegate_id(name, delegate_debug_index));
  if (name == nullptr) {
    const auto index = static_cast<size_t>(delegate_debug_index);
    return delegate_debug_index >= 0 && index >= range_start_ && index < range_end_;
  }
  for (const std::regex& regex : patterns_->regexes) {
    try {
      if (std::regex_match(name, regex)) {
        return true;
      }
    } catch (const std::regex_error& error) {
      ET_CHECK_OR_RETURN_ERROR(false, OutOfResources, "ETDumpFilter: matching \"%s\": %s", name,
                               error.what());
    }
  }
  return false;
}

size_t ETDumpFilter::get_n_regex() const {
  return patterns_->regexes.size();
}

}  // namespace etdump
}  // namespace executorch
