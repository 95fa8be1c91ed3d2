// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What every fuzz target defines. The same source is linked with libFuzzer, which invents inputs,
 * and with regression_test.cpp, which replays saved ones.
 */
#pragma once

#include <cstddef>
#include <cstdint>

/// Handles one input. Returns 0; whatever is wrong shows as a crash or a sanitizer's report.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
