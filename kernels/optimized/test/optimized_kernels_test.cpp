// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/optimized/register_optimized_kernels.h>

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_factory.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_util.h>
#include <executorch/runtime/kernel/operator_registry.h>

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::EValue;
using executorch::runtime::get_kernel_libraries;
using executorch::runtime::get_op_function_from_registry;
using executorch::runtime::Kernel;
using executorch::runtime::KernelLibrary;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::testing::TensorFactory;

namespace {

/// The tables that have a product of matrices, the latest first.
std::vector<const KernelLibrary*> tables() {
  std::vector<const KernelLibrary*> found;
  for (const KernelLibrary* table = get_kernel_libraries(); table != nullptr; table = table->next) {
    for (const Kernel& kernel : table->kernels) {
      if (strcmp(kernel.name_, "aten::mm.out") == 0) {
        found.push_back(table);
      }
    }
  }
  return found;
}

}  // namespace

TEST(OptimizedKernels, ReplacePortableOnes) {
  ASSERT_FALSE(tables().empty());
  const KernelLibrary* optimized = tables().front();
  const KernelLibrary* portable = tables().back();
  if (optimized == portable) {
    GTEST_SKIP() << "there is no set of kernels for this processor";
  }
  size_t replaced = 0;
  for (const Kernel& kernel : portable->kernels) {
    auto function = get_op_function_from_registry(kernel.name_);
    ASSERT_TRUE(function.ok()) << kernel.name_;
    replaced += *function != kernel.op_;
  }
  EXPECT_EQ(replaced, optimized->kernels.size());
  for (const Kernel& kernel : optimized->kernels) {
    EXPECT_EQ(*get_op_function_from_registry(kernel.name_), kernel.op_) << kernel.name_;
  }
}

TEST(OptimizedKernels, AreRegisteredOnce) {
  const KernelLibrary* before = get_kernel_libraries();
  executorch::kernels::register_optimized_kernels();
  EXPECT_EQ(get_kernel_libraries(), before);
}

// Large enough for several threads.
TEST(OptimizedKernels, ComputeWhatPortableOnesDo) {
  TensorFactory<ScalarType::Float> floats;
  constexpr int kSize = 160;
  std::vector<float> values(kSize * kSize);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i % 37) / 37.0f - 0.5f;
  }
  Tensor a = floats.make({kSize, kSize}, values);
  Tensor b = floats.make({kSize, kSize}, {values.rbegin(), values.rend()});
  Tensor expected = floats.zeros({kSize, kSize});
  Tensor actual = floats.zeros({kSize, kSize});
  KernelRuntimeContext context;
  torch::executor::native::mm_out(context, a, b, expected);

  EValue arguments[] = {EValue(a), EValue(b), EValue(actual), EValue(actual)};
  EValue* stack[] = {&arguments[0], &arguments[1], &arguments[2], &arguments[3]};
  auto function = get_op_function_from_registry("aten::mm.out");
  ASSERT_TRUE(function.ok());
  (*function)(context, {stack, 4});
  EXPECT_TENSOR_CLOSE_WITH_TOL(actual, expected, 1e-4, 1e-4);
}
