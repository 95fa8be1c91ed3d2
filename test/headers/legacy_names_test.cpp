// SPDX-License-Identifier: BSD-3-Clause

/// Names of the core in namespaces torch::executor and exec_aten, which programs written for older
/// versions use. A name that is missing, or is another type, does not compile.

#include <type_traits>

#include <c10/util/irange.h>
#include <c10/util/safe_numerics.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/core/event_tracer_hooks_delegate.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/kernel/kernel_includes.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/abort.h>
#include <executorch/runtime/platform/clock.h>
#include <executorch/runtime/platform/log.h>
#include <executorch/runtime/platform/runtime.h>
#include <executorch/schema/extended_header.h>
#include <gtest/gtest.h>

namespace {

namespace legacy = ::torch::executor;
namespace rt = ::executorch::runtime;

#define SAME_TYPE(name) static_assert(std::is_same_v<legacy::name, rt::name>, #name)
SAME_TYPE(AllocatorID);
SAME_TYPE(Backend);
SAME_TYPE(BackendExecutionContext);
SAME_TYPE(BackendInitContext);
SAME_TYPE(ChainID);
SAME_TYPE(CompileSpec);
SAME_TYPE(DataLoader);
SAME_TYPE(DebugHandle);
SAME_TYPE(DelegateDebugIdType);
SAME_TYPE(DelegateDebugIntId);
SAME_TYPE(DelegateHandle);
SAME_TYPE(Error);
SAME_TYPE(error_code_t);
SAME_TYPE(EValue);
SAME_TYPE(EventTracer);
SAME_TYPE(EventTracerDebugLogLevel);
SAME_TYPE(EventTracerEntry);
SAME_TYPE(EventTracerFilterBase);
SAME_TYPE(EventTracerProfilingLevel);
SAME_TYPE(ExtendedHeader);
SAME_TYPE(FreeableBuffer);
SAME_TYPE(HierarchicalAllocator);
SAME_TYPE(Kernel);
SAME_TYPE(KernelKey);
SAME_TYPE(KernelRuntimeContext);
SAME_TYPE(LoggedEValueType);
SAME_TYPE(LogLevel);
SAME_TYPE(MemoryAllocator);
SAME_TYPE(MemoryManager);
SAME_TYPE(Method);
SAME_TYPE(MethodMeta);
SAME_TYPE(NamedDataMap);
SAME_TYPE(OpFunction);
SAME_TYPE(Program);
SAME_TYPE(SizedBuffer);
SAME_TYPE(Tag);
SAME_TYPE(TensorInfo);
SAME_TYPE(TensorMeta);
SAME_TYPE(ArrayRef<int>);
SAME_TYPE(BoxedEvalueList<int64_t>);
SAME_TYPE(FunctionRef<void()>);
SAME_TYPE(Result<int>);
SAME_TYPE(Span<int>);
static_assert(std::is_same_v<legacy::PyTorchBackendInterface, rt::BackendInterface>);
static_assert(std::is_same_v<legacy::RuntimeContext, rt::KernelRuntimeContext>);

#define SAME_TENSOR_TYPE(name)                                         \
  static_assert(std::is_same_v<legacy::name, executorch::aten::name>); \
  static_assert(std::is_same_v<exec_aten::name, executorch::aten::name>)
SAME_TENSOR_TYPE(ArrayRef<int>);
SAME_TENSOR_TYPE(BFloat16);
SAME_TENSOR_TYPE(Device);
SAME_TENSOR_TYPE(DimOrderType);
SAME_TENSOR_TYPE(Half);
SAME_TENSOR_TYPE(IntArrayRef);
SAME_TENSOR_TYPE(Layout);
SAME_TENSOR_TYPE(MemoryFormat);
SAME_TENSOR_TYPE(optional<int>);
SAME_TENSOR_TYPE(OptionalArrayRef<int>);
SAME_TENSOR_TYPE(OptionalIntArrayRef);
SAME_TENSOR_TYPE(Scalar);
SAME_TENSOR_TYPE(ScalarType);
SAME_TENSOR_TYPE(SizesType);
SAME_TENSOR_TYPE(StridesType);
SAME_TENSOR_TYPE(string_view);
SAME_TENSOR_TYPE(Tensor);
SAME_TENSOR_TYPE(TensorImpl);
SAME_TENSOR_TYPE(TensorList);

TEST(LegacyNamesTest, Functions) {
  EXPECT_EQ(legacy::get_backend_class("no such backend"), nullptr);
  EXPECT_EQ(legacy::get_num_registered_backends(), rt::get_num_registered_backends());
  EXPECT_FALSE(legacy::hasOpsFn("no::such_operator"));
  EXPECT_EQ(legacy::get_kernels().size(), rt::get_registered_kernels().size());
  EXPECT_STREQ(legacy::tag_to_string(legacy::Tag::Int), "Int");
  EXPECT_EQ(legacy::elementSize(exec_aten::ScalarType::Float), 4u);
  EXPECT_EQ(legacy::kTensorDimensionLimit, 16u);
  legacy::runtime_init();
  int sum = 0;
  for (const auto i : c10::irange(4)) {
    sum += i;
  }
  EXPECT_EQ(sum, 6);
  uint64_t product = 0;
  EXPECT_TRUE(c10::mul_overflows(UINT64_MAX, uint64_t(2), &product));
}

}  // namespace
