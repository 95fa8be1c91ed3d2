// SPDX-License-Identifier: BSD-3-Clause

/// What tests, kernels, backends and ports written against the public headers of the core call,
/// with the arguments that they pass. A name or overload that is missing does not compile.

#include <iostream>
#include <type_traits>
#include <vector>

#include <executorch/runtime/backend/backend_execution_context.h>
#include <executorch/runtime/backend/backend_init_context.h>
#include <executorch/runtime/backend/backend_option_context.h>
#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/backend/options.h>
#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/device_memory_buffer.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/core/event_tracer_hooks_delegate.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_factory.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_util.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/core/exec_aten/util/tensor_shape_to_c_string.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/core/hierarchical_allocator.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/portable_type/bfloat16.h>
#include <executorch/runtime/core/portable_type/bits_types.h>
#include <executorch/runtime/core/portable_type/complex.h>
#include <executorch/runtime/core/portable_type/device.h>
#include <executorch/runtime/core/portable_type/half.h>
#include <executorch/runtime/core/portable_type/optional.h>
#include <executorch/runtime/core/portable_type/qint_types.h>
#include <executorch/runtime/core/portable_type/scalar.h>
#include <executorch/runtime/core/portable_type/scalar_type.h>
#include <executorch/runtime/core/portable_type/string_view.h>
#include <executorch/runtime/core/portable_type/tensor.h>
#include <executorch/runtime/core/portable_type/tensor_impl.h>
#include <executorch/runtime/core/portable_type/tensor_options.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/core/tag.h>
#include <executorch/runtime/core/tensor_layout.h>
#include <executorch/runtime/core/tensor_shape_dynamism.h>
#include <executorch/runtime/core/testing_util/error_matchers.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/merged_data_map.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/method_meta.h>
#include <executorch/runtime/executor/platform_memory_allocator.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/executor/program_validation.h>
#include <executorch/runtime/executor/pte_data_map.h>
#include <executorch/runtime/executor/tensor_parser.h>
#include <executorch/runtime/kernel/kernel_includes.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/abort.h>
#include <executorch/runtime/platform/assert.h>
#include <executorch/runtime/platform/clock.h>
#include <executorch/runtime/platform/compiler.h>
#include <executorch/runtime/platform/log.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/profiler.h>
#include <executorch/runtime/platform/runtime.h>
#include <executorch/runtime/platform/system.h>
#include <executorch/runtime/platform/types.h>
#include <executorch/schema/extended_header.h>
#include <executorch/schema/program_generated.h>
#include <executorch/test/utils/DeathTest.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

// The friends of classes, by which tests reach what is private.
namespace executorch {
namespace runtime {
namespace testing {
class ProgramTestFriend final {
 public:
  ET_NODISCARD static Result<FreeableBuffer> LoadSegment(
      const Program* program, const DataLoader::SegmentInfo& segment_info) {
    return program->LoadSegment(segment_info);
  }
  ET_NODISCARD static Error load_mutable_subsegment_into(const Program* program,
                                                         size_t mutable_data_segments_index,
                                                         size_t offset_index, size_t size,
                                                         void* buffer) {
    return program->load_mutable_subsegment_into(mutable_data_segments_index, offset_index, size,
                                                 buffer);
  }
  const static executorch_flatbuffer::Program* GetInternalProgram(const Program* program) {
    return program->internal_program_;
  }
};
class TensorInfoTestFriend final {
 public:
  ET_NODISCARD static Result<TensorInfo> get(Span<const int32_t> sizes,
                                             Span<const uint8_t> dim_order,
                                             executorch::aten::ScalarType scalar_type,
                                             const bool is_memory_planned,
                                             executorch::aten::string_view name) {
    return TensorInfo::create(sizes, dim_order, scalar_type, is_memory_planned, name);
  }
};
}  // namespace testing
}  // namespace runtime
}  // namespace executorch
using executorch::runtime::testing::ProgramTestFriend;
namespace rt = executorch::runtime;
namespace tx = torch::executor;
namespace ea = executorch::aten;
using rt::internal::EventTracerProfileInstructionScope;
using rt::internal::EventTracerProfileMethodScope;
using rt::internal::EventTracerProfileOpScope;
void call_event_tracer_hooks(rt::EventTracer* t, rt::EValue& e) {
  using namespace rt::internal;
  event_tracer_create_event_block(t, "x");
  auto entry = event_tracer_begin_profiling_event(t, "y");
  event_tracer_end_profiling_event(t, entry);
  auto id = event_tracer_track_allocator(t, "a");
  event_tracer_track_allocation(t, id, 64);
  event_tracer_log_evalue(t, e);
  event_tracer_log_evalue_output(t, e);
  event_tracer_set_bundled_input_index(t, 1);
  EventTracerProfileMethodScope m(t, "m");
  EventTracerProfileOpScope o(t, "o");
  EventTracerProfileInstructionScope i(t, 0, 1);
  auto d =
      rt::event_tracer_start_profiling_delegate(t, "n", static_cast<rt::DelegateDebugIntId>(-1));
  rt::event_tracer_end_profiling_delegate(t, d, nullptr, 0);
  rt::event_tracer_log_profiling_delegate(t, "n", -1, 0, 1);
  rt::event_tracer_log_profiling_delegate(t, nullptr, 1, 0, 1, "md", 2);
  rt::event_tracer_log_output_delegate(t, "n", -1, true);
  rt::event_tracer_log_output_delegate<int>(t, "n", -1, 3);
  rt::event_tracer_log_output_delegate<double>(t, "n", -1, 3.0);
  (void)t->bundled_input_index();
  t->set_bundled_input_index(2);
  (void)t->current_chain_id();
  (void)t->current_debug_handle();
  t->set_chain_debug_handle(1, 2);
  t->set_event_tracer_debug_level(rt::EventTracerDebugLogLevel::kIntermediateOutputs);
  (void)t->event_tracer_debug_level();
  t->set_event_tracer_profiling_level(rt::EventTracerProfilingLevel::kProfileMethodOnly);
  (void)t->event_tracer_profiling_level();
  (void)rt::kUnsetChainId;
  (void)rt::kUnsetDebugHandle;
  (void)rt::kUnsetDelegateDebugIntId;
  (void)rt::kUnsetBundledInputIndex;
  (void)rt::LoggedEValueType::kProgramOutput;
  (void)rt::DelegateDebugIdType::kStr;
}
struct Tracer : rt::EventTracer {
  void create_event_block(const char*) override {}
  rt::EventTracerEntry start_profiling(const char*, rt::ChainID = -1,
                                       rt::DebugHandle = 0) override {
    return {};
  }
  rt::EventTracerEntry start_profiling_delegate(const char*, rt::DelegateDebugIntId) override {
    return {};
  }
  void end_profiling_delegate(rt::EventTracerEntry, const void* = nullptr, size_t = 0) override {}
  void log_profiling_delegate(const char*, rt::DelegateDebugIntId, et_timestamp_t, et_timestamp_t,
                              const void* = nullptr, size_t = 0) override {}
  void end_profiling(rt::EventTracerEntry) override {}
  void track_allocation(rt::AllocatorID, size_t) override {}
  rt::AllocatorID track_allocator(const char*) override { return 0; }
  rt::Result<bool> log_evalue(const rt::EValue&, rt::LoggedEValueType) override { return true; }
  rt::Result<bool> log_intermediate_output_delegate(const char*, rt::DelegateDebugIntId,
                                                    const ea::Tensor&) override {
    return true;
  }
  rt::Result<bool> log_intermediate_output_delegate(const char*, rt::DelegateDebugIntId,
                                                    const ea::ArrayRef<ea::Tensor>) override {
    return true;
  }
  rt::Result<bool> log_intermediate_output_delegate(const char*, rt::DelegateDebugIntId,
                                                    const int&) override {
    return true;
  }
  rt::Result<bool> log_intermediate_output_delegate(const char*, rt::DelegateDebugIntId,
                                                    const bool&) override {
    return true;
  }
  rt::Result<bool> log_intermediate_output_delegate(const char*, rt::DelegateDebugIntId,
                                                    const double&) override {
    return true;
  }
  void set_delegation_intermediate_output_filter(rt::EventTracerFilterBase*) override {}
};
struct Filter : rt::EventTracerFilterBase {
  rt::Result<bool> filter(char*, rt::DelegateDebugIntId) override { return true; }
};
rt::Error use_error_macros() {
  const auto make = [] { return rt::Result<int>(3); };
  int a = ET_UNWRAP(make());
  int b = ET_UNWRAP(make(), "msg %d", 3);
  ET_CHECK_OR_RETURN_ERROR(a == b, Internal, "x %d", a);
  ET_CHECK_OK_OR_RETURN_ERROR(rt::Error::Ok);
  ET_CHECK_OK_OR_RETURN_ERROR(rt::Error::Ok, "m %d", 1);
  ET_LOG(Info, "hi %d", 1);
  ET_CHECK(a == b);
  ET_CHECK_MSG(a == b, "x");
  ET_DCHECK(a == b);
  ET_DCHECK_MSG(a == b, "x");
  ET_CHECK_OR_LOG_ERROR(a == b);
  ET_DEBUG_ONLY {
    a = b;
  }
  return rt::Error::Ok;
}
bool use_check_or_return_false() {
  ET_CHECK_OR_RETURN_FALSE(true, "x %d", 1);
  return true;
}
__ET_NODISCARD __ET_NOINLINE int not_inlined() {
  return 1;
}
__ET_DEPRECATED __ET_INLINE int always_inlined() {
  return __ET_LIKELY(not_inlined() == 1) ? 1 : 0;
}
void use_profiler_macros() {
  EXECUTORCH_SCOPE_PROF("a");
  auto t = EXECUTORCH_BEGIN_PROF("b");
  EXECUTORCH_END_PROF(t);
  EXECUTORCH_PROFILE_CREATE_BLOCK("x");
  { EXECUTORCH_PROFILE_INSTRUCTION_SCOPE(0, 1); }
  tx::prof_result_t result;
  EXECUTORCH_DUMP_PROFILE_RESULTS(&result);
  EXPECT_EQ(result.num_bytes, 0u);
  EXECUTORCH_RESET_PROFILE_RESULTS();
  auto id = EXECUTORCH_TRACK_ALLOCATOR("z");
  EXECUTORCH_TRACK_ALLOCATION(id, 3);
}
void allocate() {
  uint8_t buf[256];
  rt::MemoryAllocator a(sizeof buf, buf);
  a.enable_profiling("x");
  (void)a.allocateInstance<int>();
  (void)a.allocateList<float>(3);
  (void)a.allocate(3, 16);
  (void)a.base_address();
  (void)a.size();
  (void)a.used_size();
  (void)a.free_size();
  a.reset();
  (void)rt::MemoryAllocator::kDefaultAlignment;
  int* p = ET_TRY_ALLOCATE_INSTANCE_OR(&a, int, return;);
  (void)p;
  int* q = ET_TRY_ALLOCATE_LIST_OR(&a, int, 3, { return; });
  (void)q;
  void* r = ET_TRY_ALLOCATE_OR(&a, 3, return;);
  (void)r;
}
rt::Error allocate_or_return(rt::MemoryAllocator* a) {
  int* p = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(a, int);
  int* q = ET_ALLOCATE_LIST_OR_RETURN_ERROR(a, int, 3);
  void* r = ET_ALLOCATE_OR_RETURN_ERROR(a, 4);
  (void)p;
  (void)q;
  (void)r;
  return rt::Error::Ok;
}
struct CustomAllocator : rt::MemoryAllocator {
  CustomAllocator() : rt::MemoryAllocator(0, nullptr) {}
  void* allocate(size_t s, size_t al = kDefaultAlignment) override {
    if (!isPowerOf2(al)) return nullptr;
    EXECUTORCH_TRACK_ALLOCATION(prof_id(), s);
    return alignPointer(nullptr, al);
  }
  void reset() override {}
};
TEST(PublicCallsTest, Tensors) {
  rt::testing::TensorFactory<ea::ScalarType::Float> tf;
  ea::Tensor t = tf.make({2, 2}, {1, 2, 3, 4});
  tf.ones({2});
  tf.zeros({2});
  tf.full({2}, 3);
  tf.zeros_like(t);
  tf.ones_like(t);
  tf.full_like(t, 2.0f);
  tf.make({2}, {1, 2}, {1}, rt::TensorShapeDynamism::DYNAMIC_BOUND);
  tf.make_with_dimorder({2, 2}, {1, 2, 3, 4}, {1, 0});
  tf.full_channels_last({1, 2, 2, 2}, 1);
  tf.empty_strided({2, 2}, {1, 2});
  tf.channels_last_like(tf.ones({1, 2, 2, 2}));
  tf.zeros({2}, rt::TensorShapeDynamism::DYNAMIC_UNBOUND);
  tf.zeros_channels_last({1, 1, 1, 1});
  tf.ones_channels_last({1, 1, 1, 1});
  tf.make_channels_last({1, 1, 1, 1}, {1});
  rt::testing::TensorListFactory<ea::ScalarType::Int> tlf;
  auto tl = tlf.zeros_like({t});
  (void)tl;
  EXPECT_TENSOR_EQ(t, t);
  EXPECT_TENSOR_NE(t, tf.zeros({2, 2}));
  EXPECT_TENSOR_CLOSE(t, t);
  EXPECT_TENSOR_CLOSE_WITH_TOL(t, t, 1e-5, 1e-8);
  EXPECT_TENSOR_DATA_EQ(t, t);
  EXPECT_TENSOR_DATA_CLOSE(t, t);
  EXPECT_TENSOR_DATA_NE(t, tf.zeros({2, 2}));
  EXPECT_TENSOR_DATA_CLOSE_WITH_TOL(t, t, 1e-4, 1e-4);
  EXPECT_TENSOR_DATA_NOT_CLOSE(t, tf.zeros({2, 2}));
  EXPECT_TENSOR_NOT_CLOSE(t, tf.zeros({2, 2}));
  EXPECT_TENSOR_LISTS_EQ(tl, tl);
  EXPECT_TENSOR_LISTS_CLOSE(tl, tl);
  ASSERT_TENSOR_EQ(t, t);
  EXPECT_THAT(t, rt::testing::IsEqualTo(t));
  EXPECT_THAT(t, rt::testing::IsCloseTo(t));
  EXPECT_THAT(t, rt::testing::IsDataEqualTo(t));
  EXPECT_THAT(tl, rt::testing::IsListEqualTo(tl));
  EXPECT_THAT(t, rt::testing::IsDataCloseTo(t));
  EXPECT_THAT(tl, rt::testing::IsListCloseTo(tl));
  EXPECT_THAT(t, rt::testing::IsCloseTo(t, 1e-5, 1e-5));
  EXPECT_TRUE(rt::testing::tensors_are_close(t, t, 1e-5, 1e-8));
  EXPECT_TRUE(rt::testing::tensor_data_is_close(t, t, 1e-5, 1e-8));
  EXPECT_TRUE(
      rt::testing::tensor_lists_are_close(tl.data(), tl.size(), tl.data(), tl.size(), 1e-5, 1e-8));
  std::cout << t;
  (void)rt::testing::internal::kDefaultRtol;
  (void)rt::testing::internal::kDefaultAtol;
  static_assert(std::is_same_v<decltype(tf)::ctype, float>);
  ea::SizesType s[2] = {2, 2};
  ea::DimOrderType d[2] = {0, 1};
  ea::StridesType st[2];
  EXPECT_EQ(rt::dim_order_to_stride(s, d, 2, st), rt::Error::Ok);
  rt::dim_order_to_stride_nocheck(s, d, 2, st);
  EXPECT_EQ(rt::stride_to_dim_order(st, 2, d), rt::Error::Ok);
  EXPECT_TRUE(rt::is_contiguous_dim_order(d, 2));
  EXPECT_FALSE(rt::is_channels_last_dim_order(d, 2));
  EXPECT_TRUE(rt::validate_dim_order(d, 2));
  ea::DimOrderType dd[16];
  EXPECT_EQ(rt::get_dim_order(t, dd, 2), rt::Error::Ok);
  EXPECT_EQ(rt::internal::share_tensor_data(t, t), rt::Error::Ok);
  EXPECT_EQ(rt::internal::set_tensor_data(t, nullptr, 0), rt::Error::InvalidArgument);
  EXPECT_EQ(rt::internal::copy_tensor_data(t, t), rt::Error::Ok);
  rt::internal::reset_data_ptr(t);
  t = tf.zeros({2, 2}, rt::TensorShapeDynamism::DYNAMIC_BOUND);
  ea::SizesType ns[2] = {2, 1};
  EXPECT_EQ(rt::resize_tensor(t, {ns, 2}), rt::Error::Ok);
  EXPECT_EQ(rt::internal::resize_tensor_impl(t.unsafeGetTensorImpl(), {ns, 2}), rt::Error::Ok);
  tx::resize(t, {ns, 2});
  std::vector<int64_t> v{2, 2};
  EXPECT_EQ(rt::resize_tensor(t, ea::ArrayRef<int64_t>(v.data(), v.size())), rt::Error::Ok);
}
TEST(PublicCallsTest, Factories) {
  rt::testing::TensorFactory<ea::ScalarType::Bool> tb;
  tb.make({2}, {true, false});
  rt::testing::TensorFactory<ea::ScalarType::Half> th;
  th.ones({2});
  rt::testing::TensorFactory<ea::ScalarType::BFloat16> tbf;
  tbf.ones({2});
  rt::testing::TensorFactory<ea::ScalarType::ComplexFloat> tc;
  (void)tc;
  rt::testing::TensorFactory<ea::ScalarType::UInt16> tu;
  tu.ones({2});
  rt::testing::TensorFactory<ea::ScalarType::QUInt8> tq;
  (void)tq;
  using namespace torch::executor::testing;
  TensorFactory<exec_aten::ScalarType::Int> ti;
  ti.ones({1});
  TensorListFactory<exec_aten::ScalarType::Int> tl;
  IsCloseTo(ti.ones({1}));
}
TEST(PublicCallsTest, ErrorMatchers) {
  rt::Result<int> r(3);
  EXPECT_THAT(r, rt::testing::IsOk());
  EXPECT_THAT(rt::Error::Ok, rt::testing::IsOk());
  EXPECT_THAT(r, rt::testing::IsOkAndHolds(3));
  EXPECT_THAT(rt::Error::Internal, rt::testing::ErrorIs(rt::Error::Internal));
  ASSERT_OK_AND_UNWRAP(r);
}
void read_program(const rt::Program& p, rt::DataLoader* l) {
  (void)ProgramTestFriend::LoadSegment(
      &p, rt::DataLoader::SegmentInfo(rt::DataLoader::SegmentInfo::Type::Backend, 0, "x"));
  (void)ProgramTestFriend::GetInternalProgram(&p)->constant_segment();
  uint8_t b[3];
  (void)ProgramTestFriend::load_mutable_subsegment_into(&p, 0, 1, 3, b);
  (void)rt::internal::PteDataMap::create(l, 0, nullptr, nullptr);
  (void)rt::Program::check_header(b, 3);
  static_assert(rt::Program::kMinHeadBytes == 64);
  static_assert(rt::Program::HeaderStatus::ShortData != rt::Program::HeaderStatus::NotPresent);
  (void)rt::ExtendedHeader::Parse(b, 3);
  static_assert(rt::ExtendedHeader::kNumHeadBytes == 64);
  static_assert(rt::ExtendedHeader::kHeaderOffset == 8);
  (void)rt::ExtendedHeader::kMagic;
  rt::ExtendedHeader eh{1, 2, 3};
  (void)eh;
  rt::internal::PlatformMemoryAllocator pma;
  (void)pma.allocate(3);
  pma.reset();
}
void parse_tensor(const rt::Program* p, rt::MemoryManager* m,
                  const executorch_flatbuffer::Tensor* t, const rt::TensorLayout& layout) {
  (void)rt::deserialization::parseTensor(p, m, t);
  rt::deserialization::NamedData* nd =
      rt::deserialization::get_data_by_key("k", rt::Span<rt::deserialization::NamedData>());
  (void)nd;
  (void)rt::deserialization::getTensorDataPtr(t, p, 3, nullptr, nullptr,
                                              rt::Span<rt::deserialization::NamedData>());
  (void)rt::deserialization::validateTensorLayout(t, layout);
}
void validate() {
  (void)rt::validate_tensor(nullptr);
  (void)rt::validate_program(nullptr);
}
void register_and_run_kernels() {
  rt::KernelRuntimeContext c;
  c.fail(rt::Error::Internal);
  (void)c.failure_state();
  (void)c.allocate_temp(3);
  (void)c.allocate_temp(3, 8);
  (void)c.internal_event_tracer();
  rt::OpFunction f = [](rt::KernelRuntimeContext&, rt::Span<rt::EValue*>) {};
  rt::Kernel ks[] = {rt::Kernel("foo", f), rt::Kernel("foo", rt::KernelKey("v1/7;0,1"), f)};
  (void)rt::register_kernels({ks});
  (void)rt::register_kernels(rt::Span<const rt::Kernel>(ks));
  (void)rt::register_kernel(ks[0]);
  ea::DimOrderType d[] = {0, 1};
  rt::TensorMeta m[] = {rt::TensorMeta(ea::ScalarType::Int, rt::Span<ea::DimOrderType>(d, 2))};
  (void)rt::registry_has_op_function("foo", rt::Span<const rt::TensorMeta>(m));
  (void)rt::get_op_function_from_registry("foo", {m});
  (void)rt::internal::kKernelKeyBufSize;
  char b[rt::internal::kKernelKeyBufSize];
  (void)rt::internal::make_kernel_key_string(rt::Span<const rt::TensorMeta>(m), b, sizeof b);
  (void)tx::hasOpsFn("f");
  (void)tx::getOpsFn("f");
  (void)tx::register_kernels(tx::ArrayRef<tx::Kernel>(ks, 2));
  (void)(tx::Kernel{});
  (void)tx::get_kernels();
  executorch::extension::parallel_for(0, 3, 1, [](int64_t, int64_t) {});
  (void)executorch::extension::get_thread_num();
  executorch::extension::set_thread_num(0);
  torch::executor::parallel_for(0, 3, 1, [](int64_t, int64_t) {});
}
void call_platform_layer() {
  et_pal_init();
  (void)et_pal_current_ticks();
  et_tick_ratio_t r = et_pal_ticks_to_ns_multiplier();
  (void)r.numerator;
  et_pal_emit_log_message(0, et_pal_log_level_t::kDebug, "f", "fn", 1, "m", 1);
  (void)et_pal_allocate(1);
  et_pal_free(nullptr);
  (void)kError;
  (void)kUnknown;
  (void)rt::PalImpl::create(&et_pal_init, &et_pal_abort, &et_pal_current_ticks,
                            &et_pal_ticks_to_ns_multiplier, &et_pal_emit_log_message,
                            &et_pal_allocate, &et_pal_free, __FILE__);
  (void)rt::PalImpl::create(&et_pal_emit_log_message, __FILE__);
  rt::register_pal(rt::PalImpl::create(&et_pal_emit_log_message, __FILE__));
  const rt::PalImpl* p = rt::get_pal_impl();
  (void)p->init;
  (void)p->emit_log_message;
  (void)p->source_filename;
  (void)p->current_ticks;
  (void)p->abort;
  (void)p->allocate;
  (void)p->free;
  (void)p->ticks_to_ns_multiplier;
  rt::pal_init();
  (void)rt::pal_current_ticks();
  (void)rt::pal_ticks_to_ns_multiplier();
  rt::pal_emit_log_message(0, et_pal_log_level_t::kInfo, "f", "f", 1, "m", 1);
  rt::pal_free(rt::pal_allocate(1));
  (void)rt::ticks_to_ns(3);
  tx::runtime_init();
  (void)tx::ticks_to_ns(3);
  rt::internal::get_log_timestamp();
  rt::internal::logf(rt::LogLevel::Info, 0, "f", "fn", 1, "%d", 1);
  (void)et_pal_get_shared_library_name(nullptr);
  (void)DYNAMIC_LIBRARY_NOT_SUPPORTED;
}
void query_scalar_types() {
  (void)rt::isValid(ea::ScalarType::Int);
  (void)rt::toString(ea::ScalarType::Int);
  (void)rt::elementSize(ea::ScalarType::Int);
  (void)rt::isIntegralType(ea::ScalarType::Int, true);
  (void)rt::promoteTypes(ea::ScalarType::Int, ea::ScalarType::Float);
  (void)rt::promoteTypes(ea::ScalarType::Int, ea::ScalarType::Float, true);
}
TEST(PublicCallsTest, Compile) {
  Tracer tracer;
  rt::EValue value(1.0);
  call_event_tracer_hooks(&tracer, value);
  EXPECT_EQ(use_error_macros(), rt::Error::Ok);
  EXPECT_TRUE(use_check_or_return_false());
  use_profiler_macros();
  allocate();
}
