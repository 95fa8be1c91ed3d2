// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Mutations that keep a flatbuffer's skeleton more often than libFuzzer's own do: inserting or
 * deleting a byte moves every offset, so most edits replace aligned words in place.
 */

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  std::minstd_rand random(seed);
  if (size < 16 || random() % 16 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  for (unsigned edits = 1 + random() % 4; edits > 0; --edits) {
    const size_t width = size_t(1) << random() % 4;
    uint8_t* at = data + random() % (size / width) * width;
    uint64_t value = 0;
    memcpy(&value, at, width);
    switch (random() % 5) {
      case 0:
        value = random() % 16;
        break;
      case 1:
        value += random() % 17 - 8u;
        break;
      case 2:
        memcpy(&value, data + random() % (size / width) * width, width);
        break;
      case 3:
        value = (uint64_t(1) << random() % 64) - random() % 2;
        break;
      default:
        LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(&value), width, width);
        break;
    }
    memcpy(at, &value, width);
  }
  return size;
}
