// SPDX-License-Identifier: BSD-3-Clause

/// Fuzz target: a file of external data (.ptd).

#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/runtime/executor/test/test_program.h>

#include "target.h"

using executorch::extension::FlatTensorDataMap;
using namespace executorch::runtime;
using executorch::runtime::testing::MemoryLoader;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryLoader loader({data, data + size});
  const Result<FlatTensorDataMap> map = FlatTensorDataMap::load(&loader);
  if (!map.ok()) {
    return 0;
  }
  const Result<uint32_t> count = map->get_num_keys();
  for (uint32_t i = 0; count.ok() && i <= *count && i < 64; ++i) {
    const Result<const char*> key = map->get_key(i);
    if (!key.ok()) {
      continue;
    }
    const Result<FreeableBuffer> blob = map->get_data(*key);
    volatile unsigned sum = 0;
    for (size_t k = 0; blob.ok() && k < blob->size(); ++k) {
      sum = sum + static_cast<const uint8_t*>(blob->data())[k];
    }
    const Result<const TensorLayout> layout = map->get_tensor_layout(*key);
    if (layout.ok() && layout->nbytes() <= size) {
      std::vector<uint8_t> copy(layout->nbytes());
      (void)map->load_data_into(*key, copy.data(), copy.size());
    }
  }
  return 0;
}
