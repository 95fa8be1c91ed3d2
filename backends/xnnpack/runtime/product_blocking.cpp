// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/product_blocking.h>

#include <algorithm>
#include <cstddef>

#include <cpuinfo.h>
#include <pthreadpool.h>

// The library's public interface has no influence on it: the loops are fields of its own
// structures.
#include <xnnpack/operator.h>
#include <xnnpack/subgraph.h>

extern "C" {
// Rows and columns of a product. Not in the library's headers for C++.
void xnn_compute_gemm(const gemm_context* context, size_t row, size_t column, size_t num_rows,
                      size_t num_columns);
void xnn_compute_igemm(const igemm_context* context, size_t row, size_t column, size_t num_rows,
                       size_t num_columns);
void xnn_compute_batch_igemm(const igemm_context* context, size_t batch, size_t row, size_t column,
                             size_t num_rows, size_t num_columns);
}

namespace executorch::backends::xnnpack {

namespace {

/// Of weights, for one pass over the rows of a block: half of a small first-level cache.
constexpr size_t kPanelBytes = 16 * 1024;

size_t second_level_bytes() {
  static const size_t bytes = [] {
    const cpuinfo_cache* cache = cpuinfo_initialize() ? cpuinfo_get_l2_cache(0) : nullptr;
    return cache == nullptr ? size_t{256} * 1024 : static_cast<size_t>(cache->size);
  }();
  return bytes;
}

size_t divide_up(size_t n, size_t divisor) {
  return (n + divisor - 1) / divisor;
}

size_t round_up(size_t n, size_t multiple) {
  return divide_up(n, multiple) * multiple;
}

/// Calls f(row, column, num_rows, num_columns) for tiles of a block, panel by panel.
template <typename Context, typename F>
void for_each_tile(const Context& context, size_t tile_rows, size_t row, size_t column,
                   size_t num_rows, size_t num_columns, const F& f) {
  const size_t panel_columns = context.cn_stride >> context.log2_csize;
  const size_t panel_bytes = panel_columns * context.w_stride;
  const size_t step = panel_columns * std::max<size_t>(1, kPanelBytes / panel_bytes);
  for (size_t c = 0; c < num_columns; c += step) {
    for (size_t r = 0; r < num_rows; r += tile_rows) {
      f(row + r, column + c, std::min(tile_rows, num_rows - r), std::min(step, num_columns - c));
    }
  }
}

/// Rows of a tile, which not every context tells. The third of the operator's loops, of which
/// products and convolutions have at most two, has room for the number.
compute_parameters& note_of(xnn_operator_t op) {
  return op->compute[XNN_MAX_COMPUTE_INVOCATIONS - 1];
}

size_t tile_rows_of(const void* context) {
  const auto* op = reinterpret_cast<const xnn_operator*>(static_cast<const char*>(context) -
                                                         offsetof(xnn_operator, context));
  return op->compute[XNN_MAX_COMPUTE_INVOCATIONS - 1].tile[0];
}

void compute_gemm(void* self, size_t row, size_t column, size_t num_rows, size_t num_columns) {
  const auto* context = static_cast<const gemm_context*>(self);
  for_each_tile(*context, tile_rows_of(self), row, column, num_rows, num_columns,
                [&](size_t r, size_t c, size_t rows, size_t columns) {
                  xnn_compute_gemm(context, r, c, rows, columns);
                });
}

void compute_igemm(void* self, size_t row, size_t column, size_t num_rows, size_t num_columns) {
  const auto* context = static_cast<const igemm_context*>(self);
  for_each_tile(*context, tile_rows_of(self), row, column, num_rows, num_columns,
                [&](size_t r, size_t c, size_t rows, size_t columns) {
                  xnn_compute_igemm(context, r, c, rows, columns);
                });
}

void compute_batch_igemm(void* self, size_t batch, size_t row, size_t column, size_t num_rows,
                         size_t num_columns) {
  const auto* context = static_cast<const igemm_context*>(self);
  for_each_tile(*context, tile_rows_of(self), row, column, num_rows, num_columns,
                [&](size_t r, size_t c, size_t rows, size_t columns) {
                  xnn_compute_batch_igemm(context, batch, r, c, rows, columns);
                });
}

/// Gives the last two ranges of a loop larger tiles.
/// @param column_bytes of the weights of a column
/// @param panel_columns that are packed together
bool enlarge_tiles(compute_parameters& loop, size_t rank, size_t row_bytes, size_t column_bytes,
                   size_t panel_columns, size_t num_threads) {
  const size_t num_rows = loop.range[rank - 2];
  const size_t num_columns = loop.range[rank - 1];
  const size_t tile_rows = loop.tile[0];
  // Weights that stay in the first-level cache anyway, or are used but once.
  if (num_columns * column_bytes <= kPanelBytes || num_rows <= tile_rows) {
    return false;
  }
  size_t others = 1;
  for (size_t i = 0; i + 2 < rank; ++i) {
    others *= loop.range[i];
  }
  const size_t num_panels = divide_up(num_columns, panel_columns);
  size_t block_rows = std::max(second_level_bytes() / 2 / row_bytes / tile_rows, size_t{1});
  block_rows = std::min(block_rows * tile_rows, round_up(num_rows, tile_rows));
  // Work for all threads: by columns, and by smaller blocks where there are few panels.
  const size_t wanted = num_threads == 1 ? 1 : 5 * num_threads;
  const size_t wanted_blocks = divide_up(wanted, others * num_panels);
  block_rows = std::min(block_rows, round_up(divide_up(num_rows, wanted_blocks), tile_rows));
  const size_t num_blocks = others * divide_up(num_rows, block_rows);
  const size_t column_tiles = std::min(num_panels, divide_up(wanted, num_blocks));
  loop.tile[0] = block_rows;
  loop.tile[1] = round_up(divide_up(num_columns, column_tiles), panel_columns);
  return true;
}

void block_product(xnn_operator_t op, size_t num_threads) {
  compute_parameters& loop = op->compute[0];
  if (op->state == xnn_run_state_skip || loop.context_offset != 0 ||
      note_of(op).type != xnn_parallelization_type_invalid) {
    return;
  }
  const auto task = reinterpret_cast<void (*)()>(loop.task_2d_tile_2d);
  const auto is = [&](auto* function) { return task == reinterpret_cast<void (*)()>(function); };
  if (loop.type == xnn_parallelization_type_2d_tile_2d && is(xnn_compute_gemm)) {
    const gemm_context& context = op->context.gemm.gemm.gemm;
    const size_t tile_rows = loop.tile[0];
    if (enlarge_tiles(loop, 2, context.k_scaled, context.w_stride,
                      context.cn_stride >> context.log2_csize, num_threads)) {
      note_of(op).tile[0] = tile_rows;
      loop.task_2d_tile_2d = compute_gemm;
    }
    return;
  }
  const bool is_igemm = loop.type == xnn_parallelization_type_2d_tile_2d && is(xnn_compute_igemm);
  const bool is_batch =
      loop.type == xnn_parallelization_type_3d_tile_2d && is(xnn_compute_batch_igemm);
  if (!is_igemm && !is_batch) {
    return;
  }
  const igemm_context& context = op->context.igemm.igemm;
  const size_t tile_rows = loop.tile[0];
  // Neighbouring rows read the same pixels: what they add is about that of one position.
  if (enlarge_tiles(loop, is_batch ? 3 : 2, context.kc + context.ks * sizeof(void*),
                    context.w_stride, context.cn_stride >> context.log2_csize, num_threads)) {
    note_of(op).tile[0] = tile_rows;
    if (is_batch) {
      loop.task_3d_tile_2d = compute_batch_igemm;
    } else {
      loop.task_2d_tile_2d = compute_igemm;
    }
  }
}

}  // namespace

void block_products(xnn_runtime_t runtime) {
  const size_t num_threads = pthreadpool_get_threads_count(runtime->threadpool);
  for (size_t i = 0; i < runtime->num_ops; ++i) {
    for (const xnn_operator_t op : runtime->opdata[i].operator_objects) {
      if (op != nullptr) {
        block_product(op, num_threads);
      }
    }
  }
}

}  // namespace executorch::backends::xnnpack
