// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace executorch {
namespace extension {
namespace cpuinfo {
namespace internal {

/**
 * How many processors' time the control group of this process is granted, rounded up; 0 if there is
 * no limit.
 * @param proc_cgroup lists the groups, as /proc/self/cgroup does.
 * @param mount where version 2 of the hierarchy is mounted; version 1 has its controller in "cpu"
 * below it.
 */
unsigned cpu_quota(const std::string& proc_cgroup = "/proc/self/cgroup",
                   const std::string& mount = "/sys/fs/cgroup");

}  // namespace internal
}  // namespace cpuinfo
}  // namespace extension
}  // namespace executorch
