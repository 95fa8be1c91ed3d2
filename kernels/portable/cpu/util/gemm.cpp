// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/gemm.h>

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include <executorch/kernels/portable/cpu/util/simd.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

namespace torch::executor::native::utils {

namespace {

// Registers that hold a tile of the product: kTileRows x (kTileVectors vectors).
#if defined(__aarch64__) || defined(__AVX512F__)
constexpr int64_t kTileRows = 8;  // 32 vector registers
#else
constexpr int64_t kTileRows = 4;
#endif
constexpr int64_t kTileVectors = 2;

template <typename T>
struct Tile : Simd<T> {
  static constexpr int64_t kColumns = kTileVectors * Simd<T>::kLanes;
};

// Blocks: a panel of the right factor stays in the first-level cache, a block of it in the second.
constexpr int64_t kMaxBlockRows = 128;
constexpr int64_t kMaxBlockDepth = 512;

constexpr int64_t round_up(int64_t n, int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// Calls f with the constants 0..N-1, so that arrays indexed by them live in registers at any
/// optimization level.
template <typename F, int64_t... I>
__attribute__((always_inline)) inline void unroll(std::integer_sequence<int64_t, I...>,
                                                  const F& f) {
  (f(std::integral_constant<int64_t, I>()), ...);
}

/// tile (kTileRows x kColumns, `tile_stride` apart) = or += A * panel, where element (i, p) of A is
/// rows[i][p].
template <typename T>
void multiply_tile(int64_t depth, const T* const (&rows)[kTileRows], const T* panel, T* tile,
                   int64_t tile_stride, bool accumulate) {
  using Vector = typename Tile<T>::Vector;
  constexpr auto kRowIndices = std::make_integer_sequence<int64_t, kTileRows>();
  constexpr auto kVectorIndices = std::make_integer_sequence<int64_t, kTileVectors>();
  constexpr int64_t kLanes = Tile<T>::kLanes;
  Vector sums[kTileRows][kTileVectors];
  const T* a[kTileRows];
  unroll(
      kRowIndices, [&](auto i) __attribute__((always_inline)) {
        a[i] = rows[i];
        unroll(
            kVectorIndices, [&](auto v) __attribute__((always_inline)) {
              sums[i][v] =
                  accumulate ? Tile<T>::load(tile + i * tile_stride + v * kLanes) : Vector{};
            });
      });
  for (int64_t p = 0; p < depth; ++p, panel += Tile<T>::kColumns) {
    Vector b[kTileVectors];
    unroll(
        kVectorIndices, [&](auto v) __attribute__((always_inline)) {
          b[v] = Tile<T>::load(panel + v * kLanes);
        });
    unroll(
        kRowIndices, [&](auto i) __attribute__((always_inline)) {
          const T factor = a[i][p];
          unroll(
              kVectorIndices, [&](auto v)
                                  __attribute__((always_inline)) { sums[i][v] += b[v] * factor; });
        });
  }
  unroll(
      kRowIndices, [&](auto i) __attribute__((always_inline)) {
        unroll(
            kVectorIndices, [&](auto v) __attribute__((always_inline)) {
              Tile<T>::store(tile + i * tile_stride + v * kLanes, sums[i][v]);
            });
      });
}

template <typename T>
constexpr bool is_dtype(ScalarType dtype) {
  if constexpr (std::is_integral_v<T>) {
    return dtype == ScalarType::Long;
  } else {
    return dtype == ::executorch::runtime::CppTypeToScalarType<T>::value;
  }
}

/// load_factors() of elements (i, j)..(i, j + n - 1), without a call where they are in place.
template <typename T>
inline const T* factors_at(const Matrix& matrix, int64_t i, int64_t j, int64_t n, T* buffer) {
  if (is_dtype<T>(matrix.dtype) && matrix.col_stride == 1) {
    return static_cast<const T*>(matrix.data) + matrix.offset + i * matrix.row_stride + j;
  }
  return load_factors<T>(matrix.at(i, j), n, buffer);
}

/// Packs rows p..p+depth-1 and columns j..j+columns-1 of a right factor as panels of kColumns
/// columns, the last one filled up with zeros.
template <typename T>
void pack_block(const LoadRow<T>& load, int64_t p, int64_t depth, int64_t j, int64_t columns,
                T* block) {
  constexpr int64_t kColumns = Tile<T>::kColumns;
  T buffer[kGemmColumns];
  const int64_t full = columns / kColumns * kColumns;
  for (int64_t r = 0; r < depth; ++r) {
    const T* row = load(p + r, j, columns, buffer);
    T* to = block + r * kColumns;
    for (int64_t c = 0; c < full; c += kColumns) {
      std::memcpy(to + c * depth, row + c, kColumns * sizeof(T));
    }
    if (full < columns) {
      T* const last = to + full * depth;
      for (int64_t c = 0; c < kColumns; ++c) {
        last[c] = full + c < columns ? row[full + c] : T(0);
      }
    }
  }
}

template <typename T>
T dot(const T* x, const T* y, int64_t n) {
  constexpr int64_t kLanes = 16;
  T lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t l = 0; l < kLanes; ++l) {
      lanes[l] += x[i + l] * y[i + l];
    }
  }
  // Half of them at a time: one after the other would wait for each addition.
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t l = 0; l < width; ++l) {
      lanes[l] += lanes[l + width];
    }
  }
  T sum = lanes[0];
  for (; i < n; ++i) {
    sum += x[i] * y[i];
  }
  return sum;
}

/// One row of a product, whose factor `b` is read once, in place.
template <typename T>
void multiply_row(int64_t n, int64_t k, const Matrix& a, const Matrix& b,
                  const StoreRow<T>& store) {
  constexpr int64_t kColumns = 2 * kBlockSize;
  constexpr int64_t kRows = 4;
  const bool by_columns = b.row_stride < b.col_stride;
  const Matrix columns_of_b = b.transposed();
  const auto multiply_block = [&](int64_t j) {
    T sums[kColumns];
    T buffers[kRows][kColumns];
    const int64_t columns = std::min(kColumns, n - j);
    std::fill(sums, sums + columns, T(0));
    if (by_columns) {
      for (int64_t p = 0; p < k; p += kColumns) {
        const int64_t depth = std::min(kColumns, k - p);
        const T* x = factors_at<T>(a, 0, p, depth, buffers[0]);
        for (int64_t c = 0; c < columns; ++c) {
          sums[c] += dot(x, factors_at<T>(columns_of_b, j + c, p, depth, buffers[1]), depth);
        }
      }
    } else {
      for (int64_t p = 0; p < k; p += kRows) {
        const int64_t rows = std::min(kRows, k - p);
        T factors[kRows] = {};
        const T* x = factors_at<T>(a, 0, p, rows, factors);
        if (x != factors) {
          std::copy(x, x + rows, factors);
        }
        const T* row[kRows];
        for (int64_t r = 0; r < kRows; ++r) {
          row[r] = r < rows ? factors_at<T>(b, p + r, j, columns, buffers[r]) : nullptr;
        }
        if (rows == kRows) {
          const T *r0 = row[0], *r1 = row[1], *r2 = row[2], *r3 = row[3];
          const T f0 = factors[0], f1 = factors[1], f2 = factors[2], f3 = factors[3];
          for (int64_t c = 0; c < columns; ++c) {
            sums[c] += (r0[c] * f0 + r1[c] * f1) + (r2[c] * f2 + r3[c] * f3);
          }
        } else {
          for (int64_t r = 0; r < rows; ++r) {
            for (int64_t c = 0; c < columns; ++c) {
              sums[c] += row[r][c] * factors[r];
            }
          }
        }
      }
    }
    store(0, j, columns, sums);
  };
  constexpr int64_t kTaskProducts = 65536;
  ::executorch::extension::parallel_for(
      0, (n + kColumns - 1) / kColumns,
      std::max<int64_t>(1, kTaskProducts / (kColumns * std::max<int64_t>(k, 1))),
      [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; ++block) {
          multiply_block(block * kColumns);
        }
      });
}

}  // namespace

template <typename T>
const T* load_factors(const Matrix& row, int64_t n, T* buffer) {
  if constexpr (std::is_integral_v<T>) {
    return reinterpret_cast<const T*>(load_block<int64_t>(
        row.data, row.dtype, row.offset, row.col_stride, n, reinterpret_cast<int64_t*>(buffer)));
  } else {
    return load_block<T>(row.data, row.dtype, row.offset, row.col_stride, n, buffer);
  }
}

template <typename T>
const typename GemmWorkspace<T>::Blocks& GemmWorkspace<T>::prepare() {
  if (data_ != nullptr) {
    return blocks_;
  }
  const auto limit = [this](int64_t max_m, int64_t max_n, int64_t max_k) {
    return Blocks{round_up(std::min(m_, max_m), kTileRows),
                  round_up(std::min(n_, max_n), Tile<T>::kColumns), std::min(k_, max_k)};
  };
  // A block of the right factor, a block of the product, a panel of the left factor.
  const auto elements = [this] {
    return blocks_.k * blocks_.n + blocks_.m * blocks_.n + kTileRows * blocks_.k;
  };
  constexpr auto kOwn = static_cast<int64_t>(kOwnElements);
  data_ = own_;
  blocks_ = limit(kMaxBlockRows, kGemmColumns, kMaxBlockDepth);
  // A thread is worth a few full blocks.
  constexpr int64_t kTaskProducts = int64_t{1} << 20;
  if (tasks_ > 1) {
    const int64_t blocks_of_columns = (n_ + blocks_.n - 1) / std::max<int64_t>(blocks_.n, 1);
    const int64_t worth = n_ * k_ / std::max<int64_t>(1, kTaskProducts / std::max<int64_t>(m_, 1));
    tasks_ = std::max<int64_t>(1, std::min({tasks_, blocks_of_columns, worth}));
  }
  task_elements_ = round_up(elements(), Tile<T>::kLanes);
  if (tasks_ > 1 || elements() > kOwn) {
    const auto scratch =
        ctx_.allocate_temp(static_cast<size_t>(tasks_ * task_elements_) * sizeof(T), kVectorBytes);
    if (scratch.ok()) {
      data_ = static_cast<T*>(scratch.get());
    } else {
      tasks_ = 1;
      blocks_ = limit(kTileRows, Tile<T>::kColumns, kMaxBlockDepth);
      blocks_.k = std::min(blocks_.k, (kOwn - blocks_.m * blocks_.n) / (blocks_.n + kTileRows));
    }
  }
  return blocks_;
}

namespace {

/// Columns [begin, end) of a product, with the memory of one task.
template <typename T>
void multiply_columns(const typename GemmWorkspace<T>::Blocks& blocks, T* b_block, int64_t begin,
                      int64_t end, int64_t m, int64_t k, const Matrix& a, const LoadRow<T>& load,
                      const StoreRow<T>& store) {
  constexpr int64_t kColumns = Tile<T>::kColumns;
  T* const tiles = b_block + blocks.k * blocks.n;
  T* const a_panel = tiles + blocks.m * blocks.n;
  const bool a_in_place = is_dtype<T>(a.dtype) && a.col_stride == 1;

  for (int64_t j = begin; j < end; j += blocks.n) {
    const int64_t columns = std::min(blocks.n, end - j);
    bool b_packed = false;
    for (int64_t i = 0; i < m; i += blocks.m) {
      const int64_t rows = std::min(blocks.m, m - i);
      if (k == 0) {
        std::fill(tiles, tiles + rows * blocks.n, T(0));
      }
      for (int64_t p = 0; p < k; p += blocks.k) {
        const int64_t depth = std::min(blocks.k, k - p);
        if (!b_packed) {
          pack_block<T>(load, p, depth, j, columns, b_block);
          b_packed = k <= blocks.k;  // it stays for the next rows
        }
        for (int64_t r = 0; r < rows; r += kTileRows) {
          const T* a_rows[kTileRows];
          for (int64_t t = 0; t < kTileRows; ++t) {
            // A tile that hangs over the edge computes the last row again.
            const Matrix row = a.at(std::min(i + r + t, m - 1), p);
            if (a_in_place) {
              a_rows[t] = static_cast<const T*>(a.data) + row.offset;
            } else {
              a_rows[t] = load_factors<T>(row, depth, a_panel + t * blocks.k);
            }
          }
          for (int64_t c = 0; c < columns; c += kColumns) {
            multiply_tile<T>(depth, a_rows, b_block + c * depth, tiles + r * blocks.n + c, blocks.n,
                             p > 0);
          }
        }
      }
      for (int64_t r = 0; r < rows; ++r) {
        store(i + r, j, columns, tiles + r * blocks.n);
      }
    }
  }
}

}  // namespace

template <typename T>
void gemm(GemmWorkspace<T>& workspace, int64_t m, int64_t n, int64_t k, const Matrix& a,
          const LoadRow<T>& load, const StoreRow<T>& store) {
  const auto& blocks = workspace.prepare();
  const int64_t tasks = workspace.tasks();
  const int64_t columns = round_up((n + tasks - 1) / tasks, Tile<T>::kColumns);
  ::executorch::extension::parallel_for(0, tasks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      multiply_columns<T>(blocks, workspace.data(task), task * columns,
                          std::min(n, (task + 1) * columns), m, k, a, load, store);
    }
  });
}

template <typename T>
void ProductSink<T>::store(int64_t i, int64_t j, int64_t n, const T* row) const {
  T values[kBlockSize];
  T buffer[kBlockSize];
  for (int64_t c = 0; c < n; c += kBlockSize) {
    const int64_t columns = std::min(kBlockSize, n - c);
    const T* result = row + c;
    if (addend != nullptr || alpha != T(1)) {
      for (int64_t l = 0; l < columns; ++l) {
        values[l] = result[l] * alpha;
      }
      if (addend != nullptr) {
        const T* added = load_factors<T>(addend->at(i, j + c), columns, buffer);
        for (int64_t l = 0; l < columns; ++l) {
          values[l] += added[l] * beta;
        }
      }
      result = values;
    }
    const Matrix to = out.at(i, j + c);
    void* data = const_cast<void*>(to.data);
    if constexpr (std::is_integral_v<T>) {
      store_block(reinterpret_cast<const int64_t*>(result), columns, data, to.dtype, to.offset,
                  to.col_stride);
    } else {
      store_block(result, columns, data, to.dtype, to.offset, to.col_stride);
    }
  }
}

template <typename T>
void multiply(GemmWorkspace<T>& workspace, int64_t m, int64_t n, int64_t k, const Matrix& a,
              const Matrix& b, const ProductSink<T>& sink) {
  // Up to so many rows, reading the right factor in place beats packing it.
  constexpr int64_t kFewRows = 2;
  if (n == 1 && m > 1) {
    ProductSink<T> flipped = sink;
    Matrix addend;
    flipped.out = sink.out.transposed();
    if (sink.addend != nullptr) {
      addend = sink.addend->transposed();
      flipped.addend = &addend;
    }
    multiply<T>(workspace, 1, m, k, b.transposed(), a.transposed(), flipped);
  } else if (m <= kFewRows) {
    for (int64_t i = 0; i < m; ++i) {
      multiply_row<T>(n, k, a.at(i, 0), b, [&](int64_t, int64_t j, int64_t count, const T* row) {
        sink.store(i, j, count, row);
      });
    }
  } else {
    gemm<T>(
        workspace, m, n, k, a,
        [&b](int64_t p, int64_t j, int64_t count, T* buffer) {
          return factors_at<T>(b, p, j, count, buffer);
        },
        [&sink](int64_t i, int64_t j, int64_t count, const T* row) {
          sink.store(i, j, count, row);
        });
  }
}

#define ET_INSTANTIATE(T)                                                                \
  template const T* load_factors<T>(const Matrix&, int64_t, T*);                         \
  template class GemmWorkspace<T>;                                                       \
  template void gemm<T>(GemmWorkspace<T>&, int64_t, int64_t, int64_t, const Matrix&,     \
                        const LoadRow<T>&, const StoreRow<T>&);                          \
  template struct ProductSink<T>;                                                        \
  template void multiply<T>(GemmWorkspace<T>&, int64_t, int64_t, int64_t, const Matrix&, \
                            const Matrix&, const ProductSink<T>&);
ET_INSTANTIATE(float)
ET_INSTANTIATE(double)
ET_INSTANTIATE(uint64_t)
#undef ET_INSTANTIATE

}  // namespace torch::executor::native::utils
