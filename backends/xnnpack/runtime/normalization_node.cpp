// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/fused_nodes.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

// The library's public interface has no nodes of others, its own structures have: a node is three
// functions and some numbers.
#include <xnnpack/allocator.h>
#include <xnnpack/config.h>
#include <xnnpack/operator.h>
#include <xnnpack/subgraph.h>

extern "C" {
#include <xnnpack/reshape-helpers.h>
}

namespace executorch::backends::xnnpack {

namespace {

/// Inputs of the node after the first, in order; those that it has not are left out.
enum Flags : uint32_t { kCentered = 1, kScaled = 2, kShifted = 4 };

/// What computes rows. The loops are the library's: they are chosen for the processor.
struct Rows {
  const float* input;
  float* output;
  const float* scale;
  const float* shift;
  size_t length;
  float epsilon;
  bool centered;
  xnn_reduce_ukernel_fn sum;
  xnn_vbinary_ukernel_fn square_of_difference;  // with a number
  xnn_vbinary_ukernel_fn subtract;              // a number
  xnn_vbinary_ukernel_fn multiply_by_number;
  xnn_vbinary_ukernel_fn multiply;
  xnn_vbinary_ukernel_fn add;

  void normalize(size_t row) const {
    const float* x = input + row * length;
    float* y = output + row * length;
    const size_t bytes = length * sizeof(float);
    const float one_over_length = 1.0f / static_cast<float>(length);
    xnn_f32_scale_params average = {};
    average.scalar.scale = one_over_length;
    float mean = 0;
    if (centered) {
      sum(bytes, x, &mean, &average);
    }
    square_of_difference(bytes, x, &mean, y, nullptr);
    float variance = 0;
    sum(bytes, y, &variance, &average);
    const float factor = 1.0f / std::sqrt(variance + epsilon);
    if (centered) {
      subtract(bytes, x, &mean, y, nullptr);
      multiply_by_number(bytes, y, &factor, y, nullptr);
    } else {
      multiply_by_number(bytes, x, &factor, y, nullptr);
    }
    if (scale != nullptr) {
      multiply(bytes, y, scale, y, nullptr);
    }
    if (shift != nullptr) {
      add(bytes, y, shift, y, nullptr);
    }
  }

  static void run(void* self, size_t begin, size_t count) {
    for (size_t row = begin; row < begin + count; ++row) {
      static_cast<const Rows*>(self)->normalize(row);
    }
  }
};

Rows* rows_of(xnn_operator_t op) {
  static_assert(sizeof(Rows) <= sizeof(op->context) && alignof(Rows) <= alignof(xnn_operator));
  return reinterpret_cast<Rows*>(&op->context);
}

xnn_status create(const xnn_node* node, const xnn_value*, size_t, xnn_operator_data* data,
                  xnn_code_cache*, xnn_weights_cache_t) {
  const auto* sum = xnn_init_f32_rsum_config();
  const auto* square_of_difference = xnn_init_f32_vsqrdiff_config();
  const auto* subtract = xnn_init_f32_vsub_config();
  const auto* multiply = xnn_init_f32_vmul_config();
  const auto* add = xnn_init_f32_vadd_config();
  if (sum == nullptr || square_of_difference == nullptr || subtract == nullptr ||
      multiply == nullptr || add == nullptr) {
    return xnn_status_unsupported_hardware;
  }
  auto* op = static_cast<xnn_operator_t>(xnn_allocate_zero_simd_memory(sizeof(xnn_operator)));
  if (op == nullptr) {
    return xnn_status_out_of_memory;
  }
  op->type = xnn_operator_type_scaled_dot_product_attention_nhtc_f32;
  op->state = xnn_run_state_invalid;
  Rows* rows = new (rows_of(op)) Rows{};
  rows->epsilon = node->activation.output_min;
  rows->centered = (node->flags & kCentered) != 0;
  rows->sum = sum->ukernel;
  rows->square_of_difference = square_of_difference->opc_ukernel;
  rows->subtract = subtract->opc_ukernel;
  rows->multiply_by_number = multiply->opc_ukernel;
  rows->multiply = multiply->op_ukernel;
  rows->add = add->op_ukernel;
  data->operator_objects[0] = op;
  return xnn_status_success;
}

xnn_status reshape(xnn_operator_data* data, xnn_value* values, size_t num_values,
                   pthreadpool_t pool) {
  const xnn_shape& shape = values[data->inputs[0]].shape;
  size_t count = 1;
  for (size_t i = 0; i + 1 < shape.num_dims; ++i) {
    count *= shape.dim[i];
  }
  xnn_operator_t op = data->operator_objects[0];
  Rows* rows = rows_of(op);
  rows->length = shape.dim[shape.num_dims - 1];
  op->state = count == 0 || rows->length == 0 ? xnn_run_state_skip : xnn_run_state_needs_setup;
  // A few parts for each thread, none so small that sharing it out takes longer than computing it.
  const size_t parts = 4 * pthreadpool_get_threads_count(pool);
  constexpr size_t kElements = 4096;
  const size_t tile =
      std::max((count + parts - 1) / parts, kElements / std::max<size_t>(rows->length, 1));
  op->compute[0].type = xnn_parallelization_type_1d_tile_1d;
  op->compute[0].task_1d_tile_1d = Rows::run;
  op->compute[0].context_offset = 0;
  op->compute[0].range[0] = count;
  op->compute[0].tile[0] = std::max<size_t>(tile, 1);
  return resize_unary_elementwise_output_tensor(data, values, num_values, data->workspace_size,
                                                pool);
}

xnn_status setup(const xnn_operator_data* data, const xnn_value* values, size_t, pthreadpool_t) {
  xnn_operator_t op = data->operator_objects[0];
  if (op->state == xnn_run_state_skip) {
    return xnn_status_success;
  }
  Rows* rows = rows_of(op);
  rows->input = static_cast<const float*>(values[data->inputs[0]].data);
  rows->output = static_cast<float*>(values[data->outputs[0]].data);
  size_t next = 1;
  if ((data->flags & kScaled) != 0) {
    rows->scale = static_cast<const float*>(values[data->inputs[next++]].data);
  }
  if ((data->flags & kShifted) != 0) {
    rows->shift = static_cast<const float*>(values[data->inputs[next++]].data);
  }
  op->state = xnn_run_state_ready;
  return xnn_status_success;
}

}  // namespace

xnn_status define_normalization(xnn_subgraph_t subgraph, const Normalization& normalization) {
  xnn_node* node = xnn_subgraph_new_node(subgraph);
  if (node == nullptr) {
    return xnn_status_out_of_memory;
  }
  // The type tells the library what it may do with a node: of this one, nothing but find the rank
  // of the output, which is that of the first input.
  node->type = xnn_node_type_scaled_dot_product_attention;
  if (normalization.centered) {
    node->flags |= kCentered;
  }
  node->activation.output_min = normalization.epsilon;
  node->inputs[node->num_inputs++] = normalization.input;
  if (normalization.scale != XNN_INVALID_VALUE_ID) {
    node->flags |= kScaled;
    node->inputs[node->num_inputs++] = normalization.scale;
  }
  if (normalization.shift != XNN_INVALID_VALUE_ID) {
    node->flags |= kShifted;
    node->inputs[node->num_inputs++] = normalization.shift;
  }
  node->num_outputs = 1;
  node->outputs[0] = normalization.output;
  node->create = create;
  node->reshape = reshape;
  node->setup = setup;
  return xnn_status_success;
}

}  // namespace executorch::backends::xnnpack
