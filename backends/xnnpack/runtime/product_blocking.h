// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <xnnpack.h>

namespace executorch::backends::xnnpack {

/**
 * Reorders the loops of matrix products and convolutions so that what they read stays in caches.
 *
 * The library computes a few rows of the result at a time, all columns of them: weights that are
 * larger than the second-level cache come from memory again for every few rows. Here, blocks of
 * rows that fit that cache meet a few columns of weights after the other.
 *
 * To be called whenever the runtime has been reshaped, before it is set up.
 */
void block_products(xnn_runtime_t runtime);

}  // namespace executorch::backends::xnnpack
