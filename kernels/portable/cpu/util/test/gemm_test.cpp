// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/gemm.h>
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

using namespace torch::executor::native::utils;
using executorch::aten::ScalarType;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::MemoryAllocator;

namespace {

// Small integers: their products and sums are exact in any order.
template <typename T>
std::vector<T> numbers(int64_t count, int64_t seed) {
  std::vector<T> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(static_cast<T>(static_cast<int64_t>((i * 7 + seed) % 11) - 5));
  }
  return values;
}

template <typename T>
constexpr ScalarType dtype_of() {
  return std::is_same_v<T, uint64_t> ? ScalarType::Long
         : std::is_same_v<T, double> ? ScalarType::Double
                                     : ScalarType::Float;
}

/// Sizes m, n, k and bytes of scratch memory.
using Case = std::tuple<std::tuple<int64_t, int64_t, int64_t>, uint32_t>;

class GemmTest : public testing::TestWithParam<Case> {
 protected:
  /// out = 2 * a b + 3 * bias, each factor stored by rows or by columns.
  template <typename T>
  void check() {
    const auto [sizes, scratch_size] = GetParam();
    const auto [m, n, k] = sizes;
    const auto a = numbers<T>(m * k, 1);
    const auto b = numbers<T>(k * n, 2);
    const auto bias = numbers<T>(n, 3);
    const ScalarType dtype = dtype_of<T>();
    for (const bool a_by_columns : {false, true}) {
      for (const bool b_by_columns : {false, true}) {
        const Matrix left = {a.data(), dtype, 0, a_by_columns ? 1 : k, a_by_columns ? m : 1};
        const Matrix right = {b.data(), dtype, 0, b_by_columns ? 1 : n, b_by_columns ? k : 1};
        const Matrix addend = {bias.data(), dtype, 0, 0, 1};
        std::vector<T> out(static_cast<size_t>(m * n), T(99));
        std::vector<uint8_t> scratch(scratch_size);
        MemoryAllocator allocator(scratch_size, scratch.data());
        KernelRuntimeContext context(nullptr, scratch_size == 0 ? nullptr : &allocator);
        GemmWorkspace<T> workspace(context, m, n, k);
        multiply<T>(workspace, m, n, k, left, right,
                    {{out.data(), dtype, 0, n, 1}, T(2), &addend, T(3)});
        for (int64_t i = 0; i < m; ++i) {
          for (int64_t j = 0; j < n; ++j) {
            T sum = 0;
            for (int64_t p = 0; p < k; ++p) {
              sum += a[static_cast<size_t>(a_by_columns ? p * m + i : i * k + p)] *
                     b[static_cast<size_t>(b_by_columns ? j * k + p : p * n + j)];
            }
            ASSERT_EQ(out[static_cast<size_t>(i * n + j)],
                      T(2) * sum + T(3) * bias[static_cast<size_t>(j)])
                << i << ", " << j << " by columns: " << a_by_columns << ", " << b_by_columns;
          }
        }
        EXPECT_EQ(context.failure_state(), executorch::runtime::Error::Ok);
      }
    }
  }
};

TEST_P(GemmTest, Float) {
  check<float>();
}
TEST_P(GemmTest, Double) {
  check<double>();
}
TEST_P(GemmTest, WrappingIntegers) {
  check<uint64_t>();
}

// Around the sizes of tiles and blocks; without scratch memory, with too little, and with enough.
INSTANTIATE_TEST_SUITE_P(
    Sizes, GemmTest,
    testing::Combine(testing::Values(std::make_tuple(1, 1, 1), std::make_tuple(3, 5, 7),
                                     std::make_tuple(4, 8, 16), std::make_tuple(1, 300, 33),
                                     std::make_tuple(40, 1, 300), std::make_tuple(5, 9, 1100),
                                     std::make_tuple(131, 67, 40), std::make_tuple(3, 4, 0)),
                     testing::Values(0u, 1000u, 1u << 20)));

}  // namespace
