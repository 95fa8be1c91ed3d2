// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/delegate.h>

#include <cinttypes>
#include <cstring>
#include <map>
#include <string>

#include <executorch/backends/xnnpack/runtime/product_blocking.h>
#include <executorch/backends/xnnpack/runtime/runtime_pool.h>
#include <executorch/backends/xnnpack/runtime/status_name.h>
#include <executorch/runtime/core/event_tracer_hooks_delegate.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

namespace executorch::backends::xnnpack {

using executorch::aten::ScalarType;
using executorch::aten::SizesType;
using executorch::aten::Tensor;
using runtime::BackendExecutionContext;
using runtime::Error;
using runtime::EValue;
using runtime::Result;
using runtime::Span;

namespace {

/// The element types of tensors that hold values of a library type; an output of indices may be
/// wider.
bool holds(ScalarType type, xnn_datatype datatype, bool is_output) {
  switch (datatype) {
    case xnn_datatype_fp32:
      return type == ScalarType::Float;
    case xnn_datatype_fp16:
      return type == ScalarType::Half;
    case xnn_datatype_bf16:
      return type == ScalarType::BFloat16;
    case xnn_datatype_qint8:
      return type == ScalarType::Char;
    case xnn_datatype_quint8:
      return type == ScalarType::Byte;
    case xnn_datatype_int32:
    case xnn_datatype_qint32:
      return type == ScalarType::Int || (is_output && type == ScalarType::Long);
    default:
      return false;
  }
}

/// Sizes in the order of the dimensions in memory. A single number has the shape [1].
Shape physical_shape(const Tensor& tensor) {
  Shape shape;
  for (ssize_t i = 0; i < tensor.dim(); ++i) {
    shape.dims[shape.num_dims++] = static_cast<size_t>(tensor.size(tensor.dim_order()[i]));
  }
  if (tensor.dim() == 0) {
    shape.dims[shape.num_dims++] = 1;
  }
  return shape;
}

}  // namespace

Result<std::unique_ptr<Delegate>> Delegate::create(Graph graph,
                                                   std::shared_ptr<Workspace> workspace,
                                                   std::unique_ptr<PackedWeights> packed_weights,
                                                   pthreadpool_t pool, ET_UNUSED bool profile) {
  std::unique_ptr<Delegate> delegate(new Delegate());
  uint32_t flags = 0;
#ifdef ET_EVENT_TRACER_ENABLED
  flags |= profile ? XNN_FLAG_BASIC_PROFILING : 0;
#endif
  delegate->graph_ = std::move(graph);
  delegate->workspace_ = std::move(workspace);
  delegate->packed_weights_ = std::move(packed_weights);
  delegate->pool_ = pool;
  Graph& g = delegate->graph_;
  {
    const std::lock_guard<std::mutex> lock(delegate->workspace_->mutex);
    const xnn_status status = xnn_create_runtime_v4(
        g.subgraph.get(),
        delegate->packed_weights_ == nullptr ? nullptr : delegate->packed_weights_->provider(),
        delegate->workspace_->handle, pool, flags, &delegate->runtime_);
    ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal,
                             "XNNPACK: the runtime cannot be created: %s", status_name(status));
  }
  if (delegate->packed_weights_ != nullptr) {
    // A file that cannot be written costs time at the next start, nothing else.
    (void)delegate->packed_weights_->finish();
  }
  g.subgraph.reset();
  g.packed_constants.clear();
  g.packed_constants.shrink_to_fit();
  g.cacheable.clear();
  for (const auto* externals : {&g.inputs, &g.outputs}) {
    for (const External& external : *externals) {
      delegate->pointers_.push_back({external.id, nullptr});
    }
  }
  return delegate;
}

Delegate::~Delegate() {
  if (runtime_ != nullptr) {
    const std::lock_guard<std::mutex> lock(workspace_->mutex);
    (void)xnn_delete_runtime(runtime_);
  }
}

Error Delegate::check_tensors(Span<EValue*> args) {
  const size_t num_inputs = graph_.inputs.size();
  for (size_t i = 0; i < pointers_.size(); ++i) {
    const bool is_output = i >= num_inputs;
    const External& external = is_output ? graph_.outputs[i - num_inputs] : graph_.inputs[i];
    const uint32_t id = external.id;
    ET_CHECK_OR_RETURN_ERROR(id < args.size() && args[id] != nullptr && args[id]->isTensor(),
                             InvalidArgument,
                             "XNNPACK: argument %" PRIu32 " of the call must be a tensor", id);
    const Tensor& tensor = args[id]->toTensor();
    ET_CHECK_OR_RETURN_ERROR(
        holds(tensor.scalar_type(), external.datatype, is_output), InvalidArgument,
        "XNNPACK: argument %" PRIu32 " has the element type %s, which is not what was compiled", id,
        runtime::toString(tensor.scalar_type()));
    const auto rank = static_cast<size_t>(tensor.dim());
    ET_CHECK_OR_RETURN_ERROR(
        rank == external.bound.num_dims || (rank == 0 && external.bound == Shape{1}),
        InvalidArgument,
        "XNNPACK: argument %" PRIu32 " has %zu dimensions, the shape that was compiled is %s", id,
        rank, external.bound.to_string().c_str());
    const void* data = tensor.const_data_ptr();
    ET_CHECK_OR_RETURN_ERROR(
        (data != nullptr || tensor.numel() == 0) &&
            reinterpret_cast<uintptr_t>(data) % runtime::elementSize(tensor.scalar_type()) == 0,
        InvalidArgument,
        "XNNPACK: argument %" PRIu32 " has no data, or data that is not aligned to its elements",
        id);
  }
  return Error::Ok;
}

Error Delegate::reshape(Span<EValue*> args, pthreadpool_t pool) {
  bool changed = !is_reshaped_ || pool != pool_;
  for (const External& input : graph_.inputs) {
    const Shape shape = physical_shape(args[input.id]->toTensor());
    if (shape != graph_.shapes[input.id]) {
      graph_.shapes[input.id] = shape;
      changed = true;
    }
  }
  if (!changed) {
    return Error::Ok;
  }
  is_reshaped_ = false;
  is_set_up_ = false;
  ET_CHECK_OK_OR_RETURN_ERROR(graph_.infer_shapes());
  has_empty_value_ = false;
  for (const auto* externals : {&graph_.inputs, &graph_.outputs}) {
    for (const External& external : *externals) {
      has_empty_value_ = has_empty_value_ || graph_.shapes[external.id].numel() == 0;
    }
  }
  if (has_empty_value_) {
    for (const External& output : graph_.outputs) {
      ET_CHECK_OR_RETURN_ERROR(graph_.shapes[output.id].numel() == 0, NotSupported,
                               "XNNPACK: an input has no elements, but output %" PRIu32
                               " of shape %s does",
                               output.id, graph_.shapes[output.id].to_string().c_str());
    }
    is_reshaped_ = true;
    return Error::Ok;
  }
  if (pool != pool_) {
    set_runtime_pool(runtime_, pool);
    pool_ = pool;
  }
  for (const External& input : graph_.inputs) {
    const Shape& shape = graph_.shapes[input.id];
    const xnn_status status =
        xnn_reshape_external_value(runtime_, input.id, shape.num_dims, shape.dims);
    ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal,
                             "XNNPACK: input %" PRIu32 " cannot take the shape %s: %s", input.id,
                             shape.to_string().c_str(), status_name(status));
  }
  const xnn_status status = xnn_reshape_runtime(runtime_);
  ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal,
                           "XNNPACK: the graph cannot take the shapes of the inputs: %s",
                           status_name(status));
  block_products(runtime_);
  for (const External& output : graph_.outputs) {
    Shape shape;
    const xnn_status found =
        xnn_get_external_value_shape(runtime_, output.id, &shape.num_dims, shape.dims);
    ET_CHECK_OR_RETURN_ERROR(found == xnn_status_success && shape == graph_.shapes[output.id],
                             Internal, "XNNPACK: output %" PRIu32 " has the shape %s, expected %s",
                             output.id, shape.to_string().c_str(),
                             graph_.shapes[output.id].to_string().c_str());
  }
  is_reshaped_ = true;
  return Error::Ok;
}

Error Delegate::resize_outputs(Span<EValue*> args) {
  for (const External& output : graph_.outputs) {
    Tensor& tensor = args[output.id]->toTensor();
    const Shape& shape = graph_.shapes[output.id];
    const auto rank = static_cast<size_t>(tensor.dim());
    ET_CHECK_OR_RETURN_ERROR(rank == shape.num_dims || (rank == 0 && shape.numel() == 1),
                             InvalidArgument,
                             "XNNPACK: output %" PRIu32 " has %zu dimensions, its value is %s",
                             output.id, rank, shape.to_string().c_str());
    SizesType sizes[XNN_MAX_TENSOR_DIMS] = {};
    for (size_t i = 0; i < rank; ++i) {
      sizes[tensor.dim_order()[i]] = static_cast<SizesType>(shape[i]);
    }
    ET_CHECK_OK_OR_RETURN_ERROR(runtime::resize_tensor(tensor, {sizes, rank}),
                                "XNNPACK: output %" PRIu32 " cannot take the shape %s", output.id,
                                shape.to_string().c_str());
  }
  return Error::Ok;
}

Error Delegate::execute(BackendExecutionContext& context, Span<EValue*> args, pthreadpool_t pool) {
  ET_CHECK_OK_OR_RETURN_ERROR(check_tensors(args));
  std::unique_lock<std::mutex> lock(workspace_->mutex, std::defer_lock);
  if (workspace_->is_shared) {
    lock.lock();
  }
  ET_CHECK_OK_OR_RETURN_ERROR(reshape(args, pool));
  ET_CHECK_OK_OR_RETURN_ERROR(resize_outputs(args));
  if (has_empty_value_) {
    return Error::Ok;
  }
  // Another user of a shared workspace may have moved it.
  bool changed = !is_set_up_ || workspace_->is_shared;
  for (xnn_external_value& pointer : pointers_) {
    void* data = args[pointer.id]->toTensor().mutable_data_ptr();
    changed = changed || data != pointer.data;
    pointer.data = data;
  }
  if (changed) {
    is_set_up_ = false;
    const xnn_status status = xnn_setup_runtime_v2(runtime_, pointers_.size(), pointers_.data());
    ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal,
                             "XNNPACK: inputs and outputs cannot be set up: %s",
                             status_name(status));
    is_set_up_ = true;
  }
  const xnn_status status = xnn_invoke_runtime(runtime_);
  ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal, "XNNPACK: the run failed: %s",
                           status_name(status));
  log_profile(context.event_tracer());

  // The library's indices have 32 bits.
  for (const External& output : graph_.outputs) {
    Tensor& tensor = args[output.id]->toTensor();
    if (tensor.scalar_type() == ScalarType::Long) {
      auto* wide = static_cast<char*>(tensor.mutable_data_ptr());
      for (auto i = static_cast<size_t>(tensor.numel()); i-- > 0;) {
        int32_t narrow = 0;
        memcpy(&narrow, wide + i * sizeof(narrow), sizeof(narrow));
        const int64_t value = narrow;
        memcpy(wide + i * sizeof(value), &value, sizeof(value));
      }
    }
  }
  return Error::Ok;
}

// The library measures in microseconds, from a start that it does not tell: events are laid end to
// end.
void Delegate::log_profile(ET_UNUSED runtime::EventTracer* tracer) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (tracer == nullptr) {
    return;
  }
  size_t size = 0;
  size_t num_operators = 0;
  if (xnn_get_runtime_profiling_info(runtime_, xnn_profile_info_num_operators,
                                     sizeof(num_operators), &num_operators,
                                     &size) != xnn_status_success) {
    return;
  }
  if (operator_names_.size() != num_operators) {
    size_t length = 0;
    (void)xnn_get_runtime_profiling_info(runtime_, xnn_profile_info_operator_name, 0, nullptr,
                                         &length);
    std::vector<char> names(length + 1);
    if (xnn_get_runtime_profiling_info(runtime_, xnn_profile_info_operator_name, length,
                                       names.data(), &size) != xnn_status_success) {
      return;
    }
    operator_names_.clear();
    std::map<std::string, size_t> occurrences;
    for (const char* name = names.data();
         operator_names_.size() < num_operators && name < names.data() + length;
         name += strlen(name) + 1) {
      // Numbered, as one operator occurs at several places.
      const size_t number = ++occurrences[name];
      operator_names_.push_back(std::string(name) + " #" + std::to_string(number));
    }
  }
  std::vector<uint64_t> microseconds(num_operators);
  if (operator_names_.size() != num_operators ||
      xnn_get_runtime_profiling_info(runtime_, xnn_profile_info_operator_timing,
                                     num_operators * sizeof(uint64_t), microseconds.data(),
                                     &size) != xnn_status_success) {
    return;
  }
  const et_tick_ratio_t ratio = et_pal_ticks_to_ns_multiplier();
  et_timestamp_t now = et_pal_current_ticks();
  const auto to_ticks = [&](uint64_t us) {
    return us * 1000 * ratio.denominator / ratio.numerator;
  };
  for (const uint64_t us : microseconds) {
    now -= to_ticks(us);
  }
  for (size_t i = 0; i < num_operators; ++i) {
    const et_timestamp_t end = now + to_ticks(microseconds[i]);
    runtime::event_tracer_log_profiling_delegate(tracer, operator_names_[i].c_str(),
                                                 runtime::kUnsetDelegateDebugIntId, now, end);
    now = end;
  }
#endif
}

}  // namespace executorch::backends::xnnpack
