// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/threadpool/cpuinfo_utils.h>

#include <cpuinfo.h>
#if defined(__linux__)
#include <sched.h>
#endif

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include <executorch/extension/threadpool/cpu_quota.h>

namespace executorch {
namespace extension {
namespace cpuinfo {

namespace {

// Whether cores of this kind are there to save energy where faster ones are beside them.
bool is_efficiency_core(cpuinfo_uarch uarch) {
  switch (uarch) {
    case cpuinfo_uarch_cortex_a7:
    case cpuinfo_uarch_cortex_a35:
    case cpuinfo_uarch_cortex_a53:
    case cpuinfo_uarch_cortex_a55r0:
    case cpuinfo_uarch_cortex_a55:
    case cpuinfo_uarch_cortex_a510:
    case cpuinfo_uarch_cortex_a520:
    case cpuinfo_uarch_tremont:
    case cpuinfo_uarch_gracemont:
    case cpuinfo_uarch_crestmont:
    case cpuinfo_uarch_darkmont:
    case cpuinfo_uarch_mistral:
    case cpuinfo_uarch_tempest:
    case cpuinfo_uarch_thunder:
    case cpuinfo_uarch_icestorm:
    case cpuinfo_uarch_blizzard:
    case cpuinfo_uarch_sawtooth:
    case cpuinfo_uarch_coll_sawtooth:
    case cpuinfo_uarch_tupai_sawtooth:
    case cpuinfo_uarch_tahiti_sawtooth:
      return true;
    default:
      return false;
  }
}

// The processors that the calling thread may run on.
class Affinity final {
 public:
  Affinity() {
#if defined(__linux__)
    // A mask of more bits than the kernel has is fine, one of fewer is refused.
    for (int bits = 1024; bits <= 1 << 16 && !is_known_; bits *= 4) {
      mask_.assign(CPU_ALLOC_SIZE(bits) / sizeof(unsigned long), 0);
      is_known_ = ::sched_getaffinity(0, CPU_ALLOC_SIZE(bits),
                                      reinterpret_cast<cpu_set_t*>(mask_.data())) == 0;
    }
#endif
  }

  bool allows(const cpuinfo_processor& processor) const {
#if defined(__linux__)
    const auto bit = static_cast<size_t>(processor.linux_id);
    return !is_known_ || CPU_ISSET_S(bit, mask_.size() * sizeof(unsigned long),
                                     reinterpret_cast<const cpu_set_t*>(mask_.data()));
#else
    (void)processor;
    return true;
#endif
  }

 private:
  bool is_known_ = false;
  std::vector<unsigned long> mask_;
};

uint32_t count_cores() {
  if (!cpuinfo_initialize()) {
    return std::max(1u, std::thread::hardware_concurrency());
  }
  const Affinity affinity;
  std::set<const cpuinfo_core*> fast;
  std::set<const cpuinfo_core*> all;
  uint32_t logical = 0;
  for (uint32_t i = 0; i < cpuinfo_get_processors_count(); ++i) {
    const cpuinfo_processor* processor = cpuinfo_get_processor(i);
    if (processor == nullptr || processor->core == nullptr || !affinity.allows(*processor)) {
      continue;
    }
    ++logical;
    all.insert(processor->core);
    if (!is_efficiency_core(processor->core->uarch)) {
      fast.insert(processor->core);
    }
  }
#if defined(ET_THREADPOOL_USE_ALL_LOGICAL_CORES)
  (void)fast;
  return logical;
#else
  (void)logical;
  return static_cast<uint32_t>(fast.empty() ? all.size() : fast.size());
#endif
}

}  // namespace

uint32_t get_num_performant_cores() {
  uint32_t cores = count_cores();
  if (const unsigned quota = internal::cpu_quota()) {
    cores = std::min<uint32_t>(cores, quota);
  }
  return std::max<uint32_t>(1, cores);
}

}  // namespace cpuinfo
}  // namespace extension
}  // namespace executorch
