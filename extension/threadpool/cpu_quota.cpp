// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/threadpool/cpu_quota.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace executorch {
namespace extension {
namespace cpuinfo {
namespace internal {

namespace {

// Processors for a quota per period, both in microseconds; 0 for no limit.
unsigned to_processors(double quota, double period) {
  if (!(quota > 0) || !(period > 0) || quota / period > 1e6) {
    return 0;
  }
  return std::max(1u, static_cast<unsigned>(std::ceil(quota / period)));
}

unsigned smaller_limit(unsigned a, unsigned b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

// "100000 100000" or "max 100000".
unsigned read_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0;
  double period = 0;
  return file >> quota >> period ? to_processors(quota, period) : 0;
}

unsigned read_v1(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us");
  std::ifstream period_file(folder + "/cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  return quota_file >> quota && period_file >> period ? to_processors(quota, period) : 0;
}

// The smallest limit on the way from the group at `path` up to the root at `mount`. In a container
// the path may not exist there; the root then is the container's own group.
template <typename Read>
unsigned smallest_limit(const std::string& mount, std::string path, const Read& read) {
  unsigned limit = read(mount);
  while (!path.empty() && path != "/") {
    limit = smaller_limit(limit, read(mount + path));
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
  return limit;
}

}  // namespace

unsigned cpu_quota(const std::string& proc_cgroup, const std::string& mount) {
  unsigned limit = 0;
  std::ifstream groups(proc_cgroup);
  // Lines "<hierarchy>:<controllers>:<path>"; version 2 has no controllers.
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") {
      limit = smaller_limit(limit, smallest_limit(mount, path, read_v2));
    } else if (controllers.find(",cpu,") != std::string::npos) {
      limit = smaller_limit(limit, smallest_limit(mount + "/cpu", path, read_v1));
    }
  }
  return limit;
}

}  // namespace internal
}  // namespace cpuinfo
}  // namespace extension
}  // namespace executorch
