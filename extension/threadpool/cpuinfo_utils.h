// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace executorch {
namespace extension {
namespace cpuinfo {

/**
 * The number of cores that are worth a thread for computing, at least 1: physical cores, without
 * those that were built to save energy, among those that the process may run on, and no more than
 * the processor time that its control group grants.
 */
uint32_t get_num_performant_cores();

}  // namespace cpuinfo
}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executorch {
namespace cpuinfo {
using ::executorch::extension::cpuinfo::get_num_performant_cores;
}  // namespace cpuinfo
}  // namespace executorch
}  // namespace torch
