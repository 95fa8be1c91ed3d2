// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/graph_builder.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include <executorch/backends/xnnpack/runtime/fused_nodes.h>
#include <executorch/backends/xnnpack/runtime/fusion.h>
#include <executorch/backends/xnnpack/runtime/status_name.h>

namespace executorch::backends::xnnpack {

using executorch::aten::string_view;
using runtime::Error;
using runtime::FreeableBuffer;
using runtime::NamedDataMap;
using runtime::Result;
using runtime::Span;

namespace {

namespace fb = fb_xnnpack;

constexpr uint32_t kNoId = XNN_INVALID_VALUE_ID;
constexpr uint32_t kExternalFlags = XNN_VALUE_FLAG_EXTERNAL_INPUT | XNN_VALUE_FLAG_EXTERNAL_OUTPUT;
/// Sizes, paddings, strides and so on beyond this are mistakes, and sums and products of a few stay
/// in 64 bits.
constexpr uint32_t kMaxParameter = 1 << 24;

Result<xnn_datatype> to_library_datatype(fb::XNNDatatype datatype) {
  switch (datatype) {
    case fb::XNNDatatype::xnn_datatype_fp32:
      return xnn_datatype_fp32;
    case fb::XNNDatatype::xnn_datatype_fp16:
      return xnn_datatype_fp16;
    case fb::XNNDatatype::xnn_datatype_qint8:
      return xnn_datatype_qint8;
    case fb::XNNDatatype::xnn_datatype_quint8:
      return xnn_datatype_quint8;
    case fb::XNNDatatype::xnn_datatype_qint32:
      return xnn_datatype_qint32;
    case fb::XNNDatatype::xnn_datatype_qcint8:
      return xnn_datatype_qcint8;
    case fb::XNNDatatype::xnn_datatype_qcint32:
      return xnn_datatype_qcint32;
    case fb::XNNDatatype::xnn_datatype_qcint4:
      return xnn_datatype_qcint4;
    case fb::XNNDatatype::xnn_datatype_qdint8:
      return xnn_datatype_qdint8;
    case fb::XNNDatatype::xnn_datatype_qbint4:
      return xnn_datatype_qbint4;
    case fb::XNNDatatype::xnn_datatype_qpint8:
      return xnn_datatype_qpint8;
    case fb::XNNDatatype::xnn_datatype_int32:
      return xnn_datatype_int32;
    case fb::XNNDatatype::xnn_datatype_pfp32:
      return xnn_datatype_pfp32;
    case fb::XNNDatatype::xnn_datatype_bf16:
      return xnn_datatype_bf16;
    default:
      ET_REPORT_ERROR("XNNPACK payload: %d is not a data type", static_cast<int>(datatype));
      return Error::InvalidProgram;
  }
}

/// Bytes of a constant of this type; kTooMany, or 0 for a type that constants cannot have.
size_t constant_nbytes(xnn_datatype datatype, const Shape& shape) {
  const size_t numel = shape.numel();
  if (numel == Shape::kTooMany) {
    return numel;
  }
  switch (datatype) {
    case xnn_datatype_fp32:
    case xnn_datatype_qint32:
    case xnn_datatype_qcint32:
    case xnn_datatype_int32:
      return numel * 4;
    case xnn_datatype_fp16:
    case xnn_datatype_bf16:
      return numel * 2;
    case xnn_datatype_qint8:
    case xnn_datatype_quint8:
    case xnn_datatype_qcint8:
      return numel;
    case xnn_datatype_qcint4:
    case xnn_datatype_qbint4:
      return shape.num_dims == 0 || shape.last() == 0
                 ? 0
                 : numel / shape.last() * ((shape.last() + 1) / 2);
    default:
      return 0;
  }
}

/// 64-bit FNV-1a, in hexadecimal.
std::string fingerprint(const void* data, size_t size) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; ++i) {
    hash = (hash ^ static_cast<const uint8_t*>(data)[i]) * 0x100000001b3;
  }
  char text[17] = {};
  snprintf(text, sizeof(text), "%016" PRIx64, hash);
  return text;
}

std::string fingerprint(float value) {
  return fingerprint(&value, sizeof(value));
}

class Builder {
 public:
  Builder(const Payload& payload, const NamedDataMap* named_data)
      : payload_(payload), graph_(*payload.graph), named_data_(named_data) {}

  Result<Graph> build();

 private:
  // --- values ---
  Error define_value(const fb::XValue* value);
  Result<Constant> constant(uint32_t index, bool resident, size_t alignment, size_t min_size);
  Result<const float*> channel_scales(const flatbuffers::Vector<float>* inline_scales,
                                      uint32_t index, size_t count);
  Error find_resident_constants();

  // --- nodes ---
  Error define_node(const fb::XNode& node);
  Error unary(const fb::_XNNNode1x1& node, xnn_unary_operator type,
              const xnn_unary_params* params = nullptr);
  Error unary(uint32_t input_id, uint32_t output_id, uint32_t flags, xnn_unary_operator type,
              const xnn_unary_params* params);
  Error binary(const fb::_XNNNode2x1& node, xnn_binary_operator type, bool clamped);
  Error fully_connected(const fb::XNNFullyConnected& node);
  Error convolution(const fb::_XNNNodeConv& node, fb::XNodeUnion type);
  Error pooling(const fb::_XNNPooling2D& node, fb::XNodeUnion type);
  Error concatenate(const fb::_XNNCat& node, size_t num_inputs);
  Error batch_matrix_multiply(const fb::_XNNNode2x1& node);
  Error softmax(const fb::_XNNNode1x1& node);
  Error copy(const fb::_XNNNode1x1& node);
  Error global_average_pooling(const fb::_XNNNode1x1& node);
  Error transpose(const fb::XNNStaticTranspose& node);
  Error reshape(const fb::XNNStaticReshape& node);
  Error slice(const fb::XNNStaticSlice& node);
  Error pad(const fb::XNNStaticConstantPad& node);
  Error resize_bilinear(const fb::XNNStaticResizeBilinear2D& node);
  Error argmax_pooling(const fb::XNNArgMaxPooling2d& node);
  Error attention(const fb::XNNScaledDotProductAttention& node);
  Error normalization(const NormalizationPattern& pattern);

  /// Library id of a value that is read, or written, by the current node.
  Error read(uint32_t file_id, uint32_t* id);
  Error write(uint32_t file_id, uint32_t* id);
  Error read_optional(uint32_t file_id, uint32_t* id) {
    *id = kNoId;
    return file_id == kNoId ? Error::Ok : read(file_id, id);
  }
  /// Makes an error of a refusal by the library.
  Error defined(xnn_status status);
  Error check_parameters(std::initializer_list<uint32_t> values, uint32_t min);
  Error check_vector(const flatbuffers::Vector<uint32_t>* values, const char* name);
  void add_rule(std::function<Error(Shapes&, const char* node)> rule) {
    out_.shape_rules.push_back(
        [rule = std::move(rule), name = node_name_](Shapes& s) { return rule(s, name.c_str()); });
    out_.debug_handles.push_back(debug_handle_);
  }
  /// Makes what the current node packs from `filter` part of its key.
  void describe_packing(uint32_t filter, uint32_t input, uint32_t output, uint32_t bias,
                        const std::string& node);
  /// Elements of a constant used as weights, checked against what the node reads.
  Error check_numel(uint32_t id, size_t expected, const char* what);

  xnn_subgraph_t subgraph() { return out_.subgraph.get(); }

  const Payload& payload_;
  const fb::XNNGraph& graph_;
  const NamedDataMap* named_data_;
  Graph out_;
  std::string node_name_;
  uint32_t debug_handle_ = 0;
  float min_ = 0;
  float max_ = 0;
  std::unordered_map<uint32_t, uint32_t> ids_;              // file id -> library id
  std::unordered_map<uint32_t, Span<const float>> floats_;  // elements of constants, by file id
  std::unordered_set<uint32_t> available_;                  // library ids that hold something
  std::unordered_set<uint32_t> wanted_;     // library ids that a node reads, or outputs
  std::unordered_set<uint32_t> constants_;  // library ids
  std::unordered_set<uint32_t> resident_;   // file ids of what is read whenever the graph runs
  std::vector<uint32_t> written_;           // library ids that the current node writes
  // By library id:
  std::unordered_map<uint32_t, xnn_datatype> datatypes_;
  std::unordered_map<uint32_t, std::string> quantizations_;
  std::unordered_map<uint32_t, size_t> cacheable_;  // index in out_.cacheable
  std::unordered_map<uint32_t, std::string> packing_of_;
};

#define RETURN_IF_ERROR(expression) ET_CHECK_OK_OR_RETURN_ERROR(expression)

// --- constants
// --------------------------------------------------------------------------------------------------------

Result<Constant> Builder::constant(uint32_t index, bool resident, size_t alignment,
                                   size_t min_size) {
  Constant result;
  const auto* entries = graph_.constant_data();
  if (entries != nullptr && entries->size() > 0) {
    const fb::ConstantDataOffset* entry = index < entries->size() ? entries->Get(index) : nullptr;
    ET_CHECK_OR_RETURN_ERROR(entry != nullptr, InvalidProgram,
                             "XNNPACK payload: there is no constant %" PRIu32, index);
    if (entry->named_key() != nullptr) {
      const char* key = entry->named_key()->c_str();
      ET_CHECK_OR_RETURN_ERROR(named_data_ != nullptr, NotFound,
                               "XNNPACK payload: constant %" PRIu32
                               " is named '%s', but the program comes with no named data",
                               index, key);
      Result<FreeableBuffer> buffer =
          named_data_->get_data(string_view(key, entry->named_key()->size()));
      if (!buffer.ok()) {
        ET_REPORT_ERROR("XNNPACK payload: constant %" PRIu32 " ('%s') cannot be loaded", index,
                        key);
        return buffer.error();
      }
      result.data = buffer->data();
      result.size = buffer->size();
      result.key = key;
      out_.packed_constants.push_back(std::move(*buffer));
    } else {
      ET_CHECK_OR_RETURN_ERROR(entry->offset() <= payload_.constants.size() &&
                                   entry->size() <= payload_.constants.size() - entry->offset(),
                               InvalidProgram,
                               "XNNPACK payload: constant %" PRIu32 " (%" PRIu64
                               " bytes at %" PRIu64 ") is outside of the %zu bytes of constants",
                               index, entry->size(), entry->offset(), payload_.constants.size());
      result.data = payload_.constants.data() + entry->offset();
      result.size = static_cast<size_t>(entry->size());
    }
  } else {
    const auto* buffers = graph_.constant_buffer();
    const fb::Buffer* buffer =
        buffers != nullptr && index < buffers->size() ? buffers->Get(index) : nullptr;
    ET_CHECK_OR_RETURN_ERROR(buffer != nullptr && buffer->storage() != nullptr, InvalidProgram,
                             "XNNPACK payload: there is no constant %" PRIu32, index);
    result.data = buffer->storage()->data();
    result.size = buffer->storage()->size();
  }
  ET_CHECK_OR_RETURN_ERROR(result.size >= min_size, InvalidProgram,
                           "XNNPACK payload: constant %" PRIu32
                           " has %zu bytes where %zu are needed",
                           index, result.size, min_size);
  if (resident || reinterpret_cast<uintptr_t>(result.data) % alignment != 0) {
    // The library reads a few bytes beyond the end of what it computes with.
    auto bytes = std::make_unique<uint8_t[]>(min_size + XNN_EXTRA_BYTES);
    memcpy(bytes.get(), result.data, min_size);
    result.data = bytes.get();
    out_.resident_constants.push_back(std::move(bytes));
  }
  return result;
}

Result<const float*> Builder::channel_scales(const flatbuffers::Vector<float>* inline_scales,
                                             uint32_t index, size_t count) {
  if (index != 0) {
    Result<Constant> scales = constant(index, true, alignof(float), count * sizeof(float));
    if (!scales.ok()) {
      return scales.error();
    }
    return static_cast<const float*>(scales->data);
  }
  ET_CHECK_OR_RETURN_ERROR(inline_scales != nullptr && inline_scales->size() >= count,
                           InvalidProgram, "XNNPACK payload: %zu scales are needed, there are %u",
                           count, inline_scales == nullptr ? 0u : inline_scales->size());
  auto bytes = std::make_unique<uint8_t[]>(count * sizeof(float) + XNN_EXTRA_BYTES);
  auto* scales = reinterpret_cast<float*>(bytes.get());
  for (size_t i = 0; i < count; ++i) {
    scales[i] = inline_scales->Get(static_cast<flatbuffers::uoffset_t>(i));
  }
  out_.resident_constants.push_back(std::move(bytes));
  return static_cast<const float*>(scales);
}

// What is read when the graph runs. The weights of FullyConnected and convolution nodes are not:
// the library copies them into a layout of its own. Only a FullyConnected whose filter is computed
// reads its bias.
Error Builder::find_resident_constants() {
  std::unordered_set<uint32_t> constants;
  for (const fb::XValue* value : *graph_.xvalues()) {
    const fb::XNNTensorValue* tensor = value->xvalue_union_as_XNNTensorValue();
    if (const auto* quantized = value->xvalue_union_as_XNNQuantizedTensorValue()) {
      tensor = quantized->tensor_value();
    }
    ET_CHECK_OR_RETURN_ERROR(tensor != nullptr, InvalidProgram,
                             "XNNPACK payload: a value is of an unknown kind, or empty");
    if (tensor->constant_buffer_idx() != 0) {
      constants.insert(tensor->id_out());
    }
  }
  for (const fb::XNode* node : *graph_.xnodes()) {
    const auto type = node->xnode_union_type();
    ET_CHECK_OR_RETURN_ERROR(type > fb::XNodeUnion::NONE && type <= fb::XNodeUnion::MAX,
                             NotImplemented, "XNNPACK payload: %d is not a kind of node",
                             static_cast<int>(type));
    ET_CHECK_OR_RETURN_ERROR(node->xnode_union() != nullptr, InvalidProgram,
                             "XNNPACK payload: a node (%s) is empty", fb::EnumNameXNodeUnion(type));
    for (const uint32_t id : activations(*node)) {
      resident_.insert(id);
    }
    const auto* linear = node->xnode_union_as_XNNFullyConnected();
    if (linear != nullptr && constants.count(linear->filter_id()) == 0) {
      resident_.insert(linear->bias_id());
    }
  }
  return Error::Ok;
}

// --- values
// -----------------------------------------------------------------------------------------------------------

Error Builder::define_value(const fb::XValue* value) {
  const auto* quantized = value->xvalue_union_as_XNNQuantizedTensorValue();
  const fb::XNNTensorValue& tensor =
      quantized != nullptr ? *quantized->tensor_value() : *value->xvalue_union_as_XNNTensorValue();
  const uint32_t file_id = tensor.id_out();
  const size_t num_dims = tensor.dims() == nullptr ? 0 : tensor.dims()->size();
  ET_CHECK_OR_RETURN_ERROR(num_dims <= XNN_MAX_TENSOR_DIMS, InvalidProgram,
                           "XNNPACK value %" PRIu32 " has %zu dimensions; at most %d are supported",
                           file_id, num_dims, XNN_MAX_TENSOR_DIMS);
  ET_CHECK_OR_RETURN_ERROR(ids_.count(file_id) == 0 && file_id != kNoId, InvalidProgram,
                           "XNNPACK value %" PRIu32 " is defined twice, or has no id", file_id);
  Shape shape;
  for (size_t i = 0; i < num_dims; ++i) {
    shape.dims[shape.num_dims++] = tensor.dims()->Get(static_cast<flatbuffers::uoffset_t>(i));
  }
  Result<xnn_datatype> datatype = to_library_datatype(tensor.datatype());
  if (!datatype.ok()) {
    return datatype.error();
  }
  ET_CHECK_OR_RETURN_ERROR(shape.numel() != Shape::kTooMany, InvalidProgram,
                           "XNNPACK value %" PRIu32 " of shape %s is too large", file_id,
                           shape.to_string().c_str());
  const bool is_input = (tensor.flags() & XNN_VALUE_FLAG_EXTERNAL_INPUT) != 0;
  const bool is_output = (tensor.flags() & XNN_VALUE_FLAG_EXTERNAL_OUTPUT) != 0;
  const bool is_constant = tensor.constant_buffer_idx() != 0;
  uint32_t external_id = tensor.external_id();
  ET_CHECK_OR_RETURN_ERROR(
      (tensor.flags() & ~kExternalFlags) == 0 && is_input + is_output + is_constant <= 1 &&
          (is_input || is_output ? external_id < graph_.num_externs() : external_id == kNoId),
      InvalidProgram,
      "XNNPACK value %" PRIu32 ": flags %#" PRIx32 " and external id %" PRIu32
      " do not fit a %s of a graph with %" PRIu32 " inputs and outputs",
      file_id, tensor.flags(), external_id, is_constant ? "constant" : "value",
      graph_.num_externs());
  for (const auto* externals : {&out_.inputs, &out_.outputs}) {
    for (const External& other : *externals) {
      ET_CHECK_OR_RETURN_ERROR(external_id != other.id, InvalidProgram,
                               "XNNPACK value %" PRIu32 ": argument %" PRIu32
                               " belongs to two values",
                               file_id, external_id);
    }
  }

  const void* data = nullptr;
  bool is_cacheable = false;
  if (is_constant) {
    const size_t nbytes = constant_nbytes(*datatype, shape);
    ET_CHECK_OR_RETURN_ERROR(
        nbytes != 0 && nbytes != Shape::kTooMany, InvalidProgram,
        "XNNPACK value %" PRIu32 ": a constant of shape %s and type %s is not supported", file_id,
        shape.to_string().c_str(), fb::EnumNameXNNDatatype(tensor.datatype()));
    const size_t element_size = std::max<size_t>(1, std::min<size_t>(4, nbytes / shape.numel()));
    Result<Constant> bytes =
        constant(tensor.constant_buffer_idx(), resident_.count(file_id) != 0, element_size, nbytes);
    if (!bytes.ok()) {
      return bytes.error();
    }
    data = bytes->data;
    if (quantized == nullptr && *datatype == xnn_datatype_fp32) {
      floats_[file_id] = {static_cast<const float*>(data), shape.numel()};
    }
    if (!bytes->key.empty() && resident_.count(file_id) == 0) {
      bytes->key +=
          " " + std::string(fb::EnumNameXNNDatatype(tensor.datatype())) + shape.to_string();
      is_cacheable = true;
      out_.cacheable.push_back(std::move(*bytes));
    }
  }

  // What the library packs depends on these, too.
  std::string quantization;
  uint32_t id = kNoId;
  xnn_status status = xnn_status_invalid_parameter;
  if (quantized == nullptr) {
    status = xnn_define_tensor_value(subgraph(), *datatype, num_dims, shape.dims, data, external_id,
                                     tensor.flags(), &id);
  } else if (const auto* per_tensor = quantized->quant_params_as_PerTensorQuant()) {
    quantization =
        fingerprint(per_tensor->scale()) + "," + std::to_string(per_tensor->zero_point());
    status = xnn_define_quantized_tensor_value(subgraph(), *datatype, per_tensor->zero_point(),
                                               per_tensor->scale(), num_dims, shape.dims, data,
                                               external_id, tensor.flags(), &id);
  } else if (const auto* per_channel = quantized->quant_params_as_PerChannelQuant()) {
    const auto channel_dim = static_cast<uint32_t>(per_channel->channel_dim());
    ET_CHECK_OR_RETURN_ERROR(channel_dim < num_dims && is_constant, InvalidProgram,
                             "XNNPACK value %" PRIu32 ": channel dimension %" PRIu32 " of shape %s",
                             file_id, channel_dim, shape.to_string().c_str());
    Result<const float*> scales =
        channel_scales(per_channel->scale(), per_channel->scale_buffer_idx(), shape[channel_dim]);
    if (!scales.ok()) {
      return scales.error();
    }
    quantization = fingerprint(*scales, shape[channel_dim] * sizeof(float)) + "," +
                   std::to_string(channel_dim);
    const int32_t zero_point = *datatype == xnn_datatype_qcint4 ? 8 : 0;
    status = xnn_define_channelwise_quantized_tensor_value_v2(
        subgraph(), *datatype, zero_point, *scales, num_dims, channel_dim, shape.dims, data,
        external_id, tensor.flags(), &id);
  } else if (const auto* groups = quantized->quant_params_as_PerChannelGroupQuant()) {
    const auto group_size = static_cast<uint32_t>(groups->group_size());
    ET_CHECK_OR_RETURN_ERROR(
        *datatype == xnn_datatype_qbint4 && is_constant && num_dims == 2 && group_size != 0 &&
            shape[1] % group_size == 0 && groups->channel_dim() == 0 &&
            (groups->scale_buffer_idx() == 0 ||
             groups->num_scales() == shape[0] * (shape[1] / group_size)),
        Internal,
        "XNNPACK value %" PRIu32 ": groups of %" PRIu32
        " along dimension 1 of shape %s, with %" PRIu32 " scales, are not supported",
        file_id, group_size, shape.to_string().c_str(), groups->num_scales());
    const size_t count = shape[0] * (shape[1] / group_size);
    const uint16_t* scales = nullptr;
    if (groups->scale_buffer_idx() != 0) {
      Result<Constant> bytes =
          constant(groups->scale_buffer_idx(), true, alignof(uint16_t), count * sizeof(uint16_t));
      if (!bytes.ok()) {
        return bytes.error();
      }
      scales = static_cast<const uint16_t*>(bytes->data);
    } else {
      Result<const float*> floats = channel_scales(groups->scale(), 0, count);
      if (!floats.ok()) {
        return floats.error();
      }
      auto bytes = std::make_unique<uint8_t[]>(count * sizeof(uint16_t) + XNN_EXTRA_BYTES);
      auto* bf16 = reinterpret_cast<uint16_t*>(bytes.get());
      for (size_t i = 0; i < count; ++i) {
        // To nearest, by scaling before the lower half is dropped.
        const float scaled = (*floats)[i] * 1.00389105f;
        uint32_t bits = 0;
        memcpy(&bits, &scaled, sizeof(bits));
        bf16[i] = static_cast<uint16_t>(bits >> 16);
      }
      scales = bf16;
      out_.resident_constants.push_back(std::move(bytes));
    }
    quantization = fingerprint(scales, count * sizeof(uint16_t)) + "," + std::to_string(group_size);
    status = xnn_define_blockwise_quantized_tensor_value(
        subgraph(), *datatype, 8, scales, num_dims, static_cast<size_t>(groups->channel_dim()),
        group_size, shape.dims, data, external_id, tensor.flags(), &id);
  } else if (const auto* dynamic = quantized->quant_params_as_PerTokenDynamicQuant()) {
    const auto num_nonbatch_dims = static_cast<uint32_t>(dynamic->num_nonbatch_dims());
    ET_CHECK_OR_RETURN_ERROR(
        !is_constant && num_nonbatch_dims <= num_dims, InvalidProgram,
        "XNNPACK value %" PRIu32 ": %" PRIu32 " dimensions that share a scale, in a %s of shape %s",
        file_id, num_nonbatch_dims, is_constant ? "constant" : "value", shape.to_string().c_str());
    status = xnn_define_dynamically_quantized_tensor_value(subgraph(), *datatype, num_dims,
                                                           num_nonbatch_dims, shape.dims,
                                                           external_id, tensor.flags(), &id);
  } else {
    ET_REPORT_ERROR("XNNPACK value %" PRIu32 " is quantized without parameters", file_id);
    return Error::InvalidProgram;
  }
  ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal,
                           "XNNPACK value %" PRIu32 " (%s, shape %s) is refused by the library: %s",
                           file_id, fb::EnumNameXNNDatatype(tensor.datatype()),
                           shape.to_string().c_str(), status_name(status));
  const auto define_shape = [&](uint32_t value_id, const Shape& value_shape) {
    out_.shapes.resize(std::max<size_t>(out_.shapes.size(), value_id + 1));
    out_.shapes[value_id] = value_shape;
  };
  define_shape(id, shape);
  if (is_input) {
    out_.inputs.push_back({external_id, *datatype, shape});
  } else if (is_output) {
    out_.outputs.push_back({external_id, *datatype, shape});
  }
  if (is_input || is_constant) {
    available_.insert(id);
  }
  if (is_constant) {
    constants_.insert(id);
  }
  if (is_cacheable) {
    cacheable_[id] = out_.cacheable.size() - 1;
    out_.cacheable.back().key += " " + quantization;
  }
  quantizations_[id] = quantization;
  datatypes_[id] = *datatype;
  ids_[file_id] = id;

  // Files from before 2024: what the nodes read is the quantized form of a float input.
  if (quantized == nullptr && tensor.dq_datatype() == fb::XNNDatatype::xnn_datatype_qint8) {
    ET_CHECK_OR_RETURN_ERROR(
        is_input && *datatype == xnn_datatype_fp32 && num_dims > 0, InvalidProgram,
        "XNNPACK value %" PRIu32 ": only a float input can be quantized", file_id);
    uint32_t quantized_id = kNoId;
    node_name_ = "quantization of value " + std::to_string(file_id);
    RETURN_IF_ERROR(defined(xnn_define_dynamically_quantized_tensor_value(
        subgraph(), xnn_datatype_qdint8, num_dims, 1, shape.dims, kNoId, 0, &quantized_id)));
    define_shape(quantized_id, shape);
    RETURN_IF_ERROR(
        defined(xnn_define_unary(subgraph(), xnn_unary_convert, nullptr, id, quantized_id, 0)));
    add_rule([id, quantized_id](Shapes& shapes, const char*) {
      shapes[quantized_id] = shapes[id];
      return Error::Ok;
    });
    available_.insert(quantized_id);
    datatypes_[quantized_id] = xnn_datatype_qdint8;
    ids_[file_id] = quantized_id;
  }
  return Error::Ok;
}

// --- nodes
// ------------------------------------------------------------------------------------------------------------

Error Builder::read(uint32_t file_id, uint32_t* id) {
  const auto found = ids_.find(file_id);
  ET_CHECK_OR_RETURN_ERROR(found != ids_.end(), Internal,
                           "XNNPACK %s reads value %" PRIu32 ", which is not defined",
                           node_name_.c_str(), file_id);
  ET_CHECK_OR_RETURN_ERROR(available_.count(found->second) != 0, InvalidProgram,
                           "XNNPACK %s reads value %" PRIu32 " before a node writes it",
                           node_name_.c_str(), file_id);
  *id = found->second;
  wanted_.insert(*id);
  return Error::Ok;
}

Error Builder::write(uint32_t file_id, uint32_t* id) {
  const auto found = ids_.find(file_id);
  ET_CHECK_OR_RETURN_ERROR(found != ids_.end(), Internal,
                           "XNNPACK %s writes value %" PRIu32 ", which is not defined",
                           node_name_.c_str(), file_id);
  ET_CHECK_OR_RETURN_ERROR(available_.insert(found->second).second, InvalidProgram,
                           "XNNPACK %s writes value %" PRIu32
                           ", which is an input, a constant or written already",
                           node_name_.c_str(), file_id);
  *id = found->second;
  written_.push_back(*id);
  return Error::Ok;
}

Error Builder::defined(xnn_status status) {
  ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal,
                           "XNNPACK %s is refused by the library: %s", node_name_.c_str(),
                           status_name(status));
  return Error::Ok;
}

Error Builder::check_parameters(std::initializer_list<uint32_t> values, uint32_t min) {
  for (const uint32_t value : values) {
    ET_CHECK_OR_RETURN_ERROR(value >= min && value <= kMaxParameter, InvalidProgram,
                             "XNNPACK %s: a parameter is %" PRIu32 "; %" PRIu32 " to %" PRIu32
                             " are supported",
                             node_name_.c_str(), value, min, kMaxParameter);
  }
  return Error::Ok;
}

Error Builder::check_vector(const flatbuffers::Vector<uint32_t>* values, const char* name) {
  ET_CHECK_OR_RETURN_ERROR(values != nullptr && values->size() <= XNN_MAX_TENSOR_DIMS,
                           InvalidProgram, "XNNPACK %s: %s is missing or too long",
                           node_name_.c_str(), name);
  return Error::Ok;
}

void Builder::describe_packing(uint32_t filter, uint32_t input, uint32_t output, uint32_t bias,
                               const std::string& node) {
  const auto found = cacheable_.find(filter);
  if (found == cacheable_.end()) {
    return;
  }
  std::string& key = out_.cacheable[found->second].key;
  const std::string use = " " + node + " " + std::to_string(datatypes_[input]) + ":" +
                          quantizations_[input] + ">" + std::to_string(datatypes_[output]) + ":" +
                          quantizations_[output] + (bias == kNoId ? " no bias" : "");
  // Two nodes that pack the same constant differently: such a constant is not cached.
  if (!packing_of_.emplace(filter, use).second) {
    key = packing_of_[filter] == use ? key : "";
  } else if (!key.empty()) {
    key += use;
  }
}

Error Builder::check_numel(uint32_t id, size_t expected, const char* what) {
  ET_CHECK_OR_RETURN_ERROR(out_.shapes[id].numel() == expected, InvalidProgram,
                           "XNNPACK %s: the %s of shape %s must have %zu elements",
                           node_name_.c_str(), what, out_.shapes[id].to_string().c_str(), expected);
  return Error::Ok;
}

Error Builder::unary(uint32_t input_id, uint32_t output_id, uint32_t flags, xnn_unary_operator type,
                     const xnn_unary_params* params) {
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(input_id, &input));
  RETURN_IF_ERROR(write(output_id, &output));
  RETURN_IF_ERROR(defined(xnn_define_unary(subgraph(), type, params, input, output, flags)));
  add_rule([input, output](Shapes& shapes, const char*) {
    shapes[output] = shapes[input];
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::unary(const fb::_XNNNode1x1& node, xnn_unary_operator type,
                     const xnn_unary_params* params) {
  return unary(node.input_id(), node.output_id(), node.flags(), type, params);
}

Error broadcast(const Shape& a, const Shape& b, size_t ignored_dims, Shape* out, const char* node) {
  out->num_dims = std::max(a.num_dims, b.num_dims);
  for (size_t i = ignored_dims; i < out->num_dims; ++i) {  // from the last dimension on
    const size_t da = i < a.num_dims ? a.dims[a.num_dims - 1 - i] : 1;
    const size_t db = i < b.num_dims ? b.dims[b.num_dims - 1 - i] : 1;
    ET_CHECK_OR_RETURN_ERROR(da == db || da == 1 || db == 1, InvalidArgument,
                             "XNNPACK %s: shapes %s and %s cannot be broadcast", node,
                             a.to_string().c_str(), b.to_string().c_str());
    out->dims[out->num_dims - 1 - i] = da == 1 ? db : da;
  }
  return Error::Ok;
}

Error Builder::binary(const fb::_XNNNode2x1& node, xnn_binary_operator type, bool clamped) {
  uint32_t input1 = 0;
  uint32_t input2 = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input1_id(), &input1));
  RETURN_IF_ERROR(read(node.input2_id(), &input2));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  const xnn_binary_params params = {min_, max_};
  RETURN_IF_ERROR(defined(xnn_define_binary(subgraph(), type, clamped ? &params : nullptr, input1,
                                            input2, output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    Shape result;
    RETURN_IF_ERROR(broadcast(shapes[input1], shapes[input2], 0, &result, name));
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::fully_connected(const fb::XNNFullyConnected& node) {
  uint32_t input = 0;
  uint32_t filter = 0;
  uint32_t bias = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input1_id(), &input));
  RETURN_IF_ERROR(read(node.filter_id(), &filter));
  RETURN_IF_ERROR(read_optional(node.bias_id(), &bias));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  const Shape& weights = out_.shapes[filter];
  ET_CHECK_OR_RETURN_ERROR(weights.num_dims == 2 && weights.numel() != 0, InvalidProgram,
                           "XNNPACK %s: the filter's shape %s must have two dimensions",
                           node_name_.c_str(), weights.to_string().c_str());
  describe_packing(filter, input, output, bias, "linear " + std::to_string(node.flags()));
  const bool is_static = constants_.count(filter) != 0;
  ET_CHECK_OR_RETURN_ERROR(
      bias == kNoId || !is_static || constants_.count(bias) != 0, InvalidProgram,
      "XNNPACK %s: the filter is a constant, so the bias must be one", node_name_.c_str());
  // All three bf16: the library computes in float.
  uint32_t computed = output;
  const bool is_bf16 = datatypes_[input] == xnn_datatype_bf16 &&
                       datatypes_[filter] == xnn_datatype_bf16 &&
                       datatypes_[output] == xnn_datatype_bf16;
  if (is_bf16) {
    const Shape& shape = out_.shapes[output];
    RETURN_IF_ERROR(defined(xnn_define_tensor_value(subgraph(), xnn_datatype_fp32, shape.num_dims,
                                                    shape.dims, nullptr, kNoId, 0, &computed)));
    out_.shapes.resize(std::max<size_t>(out_.shapes.size(), computed + 1));
  }
  RETURN_IF_ERROR(defined(xnn_define_fully_connected(subgraph(), min_, max_, input, filter, bias,
                                                     computed, node.flags())));
  const bool transposed = (node.flags() & XNN_FLAG_TRANSPOSE_WEIGHTS) != 0;
  const bool flattened = (node.flags() & XNN_FLAG_TENSORFLOW_RESHAPE_2D) != 0;
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    const Shape& w = shapes[filter];
    const size_t input_channels = w[transposed ? 0 : 1];
    const size_t output_channels = w[transposed ? 1 : 0];
    ET_CHECK_OR_RETURN_ERROR(in.num_dims >= 1 && (flattened ? in.numel() % input_channels == 0
                                                            : in.last() == input_channels),
                             InvalidArgument, "XNNPACK %s: input of shape %s, filter of shape %s",
                             name, in.to_string().c_str(), w.to_string().c_str());
    ET_CHECK_OR_RETURN_ERROR(bias == kNoId || shapes[bias].numel() == output_channels,
                             InvalidArgument, "XNNPACK %s: a bias of shape %s for %zu channels",
                             name, shapes[bias].to_string().c_str(), output_channels);
    Shape result = flattened ? Shape{in.numel() / input_channels, output_channels} : in;
    result[result.num_dims - 1] = output_channels;
    shapes[output] = result;
    return Error::Ok;
  });
  if (is_bf16) {
    RETURN_IF_ERROR(
        defined(xnn_define_unary(subgraph(), xnn_unary_convert, nullptr, computed, output, 0)));
    add_rule([](Shapes&, const char*) { return Error::Ok; });
  }
  return Error::Ok;
}

/// Positions of a window along one dimension; 0 if it does not fit.
size_t num_windows(size_t padded, size_t kernel, size_t dilation, size_t stride) {
  const size_t extent = (kernel - 1) * dilation + 1;
  return padded < extent ? 0 : (padded - extent) / stride + 1;
}

Error Builder::convolution(const fb::_XNNNodeConv& node, fb::XNodeUnion type) {
  const bool transposed = type == fb::XNodeUnion::XNNConvTranspose2d;
  const bool depthwise = type == fb::XNodeUnion::XNNDepthwiseConv2d;
  RETURN_IF_ERROR(
      check_parameters({node.padding_top(), node.padding_right(), node.padding_bottom(),
                        node.padding_left(), node.adjustment_height(), node.adjustment_width()},
                       0));
  RETURN_IF_ERROR(
      check_parameters({node.kernel_height(), node.kernel_width(), node.subsampling_height(),
                        node.subsampling_width(), node.dilation_height(), node.dilation_width(),
                        node.group_input_channels(), node.group_output_channels(), node.groups()},
                       1));
  uint32_t input = 0;
  uint32_t filter = 0;
  uint32_t bias = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input1_id(), &input));
  RETURN_IF_ERROR(read(node.filter_id(), &filter));
  RETURN_IF_ERROR(read_optional(node.bias_id(), &bias));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  ET_CHECK_OR_RETURN_ERROR(
      constants_.count(filter) != 0 && (bias == kNoId || constants_.count(bias) != 0),
      InvalidProgram, "XNNPACK %s: filter and bias must be constants", node_name_.c_str());
  const size_t groups = node.groups();
  const size_t input_channels = groups * node.group_input_channels();
  const size_t output_channels = groups * node.group_output_channels();
  const Shape weights = depthwise
                            ? Shape{1, node.kernel_height(), node.kernel_width(), output_channels}
                            : Shape{output_channels, node.kernel_height(), node.kernel_width(),
                                    node.group_input_channels()};
  ET_CHECK_OR_RETURN_ERROR(
      out_.shapes[filter] == weights && (!depthwise || node.group_input_channels() == 1),
      InvalidProgram, "XNNPACK %s: the filter has the shape %s, expected %s", node_name_.c_str(),
      out_.shapes[filter].to_string().c_str(), weights.to_string().c_str());
  if (bias != kNoId) {
    RETURN_IF_ERROR(check_numel(bias, output_channels, "bias"));
  }
  describe_packing(filter, input, output, bias,
                   std::to_string(static_cast<int>(type)) + " " + std::to_string(node.flags()) +
                       " " + std::to_string(groups) + weights.to_string() +
                       std::to_string(node.subsampling_height()) + "," +
                       std::to_string(node.subsampling_width()));
  xnn_status status = xnn_status_invalid_parameter;
  if (transposed) {
    status = xnn_define_deconvolution_2d(
        subgraph(), node.padding_top(), node.padding_right(), node.padding_bottom(),
        node.padding_left(), node.adjustment_height(), node.adjustment_width(),
        node.kernel_height(), node.kernel_width(), node.subsampling_height(),
        node.subsampling_width(), node.dilation_height(), node.dilation_width(), node.groups(),
        node.group_input_channels(), node.group_output_channels(), min_, max_, input, filter, bias,
        output, node.flags());
  } else if (depthwise) {
    status = xnn_define_depthwise_convolution_2d(
        subgraph(), node.padding_top(), node.padding_right(), node.padding_bottom(),
        node.padding_left(), node.kernel_height(), node.kernel_width(), node.subsampling_height(),
        node.subsampling_width(), node.dilation_height(), node.dilation_width(),
        node.group_output_channels() / node.group_input_channels(), node.groups(), min_, max_,
        input, filter, bias, output, node.flags());
  } else {
    status = xnn_define_convolution_2d(
        subgraph(), node.padding_top(), node.padding_right(), node.padding_bottom(),
        node.padding_left(), node.kernel_height(), node.kernel_width(), node.subsampling_height(),
        node.subsampling_width(), node.dilation_height(), node.dilation_width(), node.groups(),
        node.group_input_channels(), node.group_output_channels(), min_, max_, input, filter, bias,
        output, node.flags());
  }
  RETURN_IF_ERROR(defined(status));
  struct Window {
    size_t padding, kernel, dilation, stride, adjustment;
  };
  const Window windows[2] = {
      {size_t(node.padding_top()) + node.padding_bottom(), node.kernel_height(),
       node.dilation_height(), node.subsampling_height(), node.adjustment_height()},
      {size_t(node.padding_left()) + node.padding_right(), node.kernel_width(),
       node.dilation_width(), node.subsampling_width(), node.adjustment_width()}};
  const bool same = (node.flags() & XNN_FLAG_TENSORFLOW_SAME_PADDING) != 0;
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(
        in.num_dims == 4 && in[3] == input_channels, InvalidArgument,
        "XNNPACK %s: the input must have the shape [batch, height, width, %zu], it has %s", name,
        input_channels, in.to_string().c_str());
    Shape result = in;
    for (size_t i = 0; i < 2; ++i) {
      const Window& w = windows[i];
      const size_t size = in[1 + i];
      if (transposed) {
        const size_t full =
            size == 0 ? 0 : w.stride * (size - 1) + w.adjustment + (w.kernel - 1) * w.dilation + 1;
        result[1 + i] = full > w.padding ? full - w.padding : 0;
      } else if (same) {
        result[1 + i] = (size + w.stride - 1) / w.stride;
      } else {
        result[1 + i] = num_windows(size + w.padding, w.kernel, w.dilation, w.stride);
      }
      ET_CHECK_OR_RETURN_ERROR(result[1 + i] != 0, InvalidArgument,
                               "XNNPACK %s: the kernel does not fit an input of shape %s", name,
                               in.to_string().c_str());
    }
    result[3] = output_channels;
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::pooling(const fb::_XNNPooling2D& node, fb::XNodeUnion type) {
  const bool max = type == fb::XNodeUnion::XNNMaxPooling2d;
  RETURN_IF_ERROR(check_parameters(
      {node.padding_top(), node.padding_right(), node.padding_bottom(), node.padding_left()}, 0));
  RETURN_IF_ERROR(check_parameters(
      {node.pooling_height(), node.pooling_width(), node.stride_height(), node.stride_width()}, 1));
  if (max) {
    RETURN_IF_ERROR(check_parameters({node.dilation_height(), node.dilation_width()}, 1));
  }
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  RETURN_IF_ERROR(
      defined(max ? xnn_define_max_pooling_2d(
                        subgraph(), node.padding_top(), node.padding_right(), node.padding_bottom(),
                        node.padding_left(), node.pooling_height(), node.pooling_width(),
                        node.stride_height(), node.stride_width(), node.dilation_height(),
                        node.dilation_width(), min_, max_, input, output, node.flags())
                  : xnn_define_average_pooling_2d(
                        subgraph(), node.padding_top(), node.padding_right(), node.padding_bottom(),
                        node.padding_left(), node.pooling_height(), node.pooling_width(),
                        node.stride_height(), node.stride_width(), min_, max_, input, output,
                        node.flags())));
  const size_t paddings[2] = {size_t(node.padding_top()) + node.padding_bottom(),
                              size_t(node.padding_left()) + node.padding_right()};
  const size_t kernels[2] = {node.pooling_height(), node.pooling_width()};
  const size_t strides[2] = {node.stride_height(), node.stride_width()};
  const size_t dilations[2] = {max ? node.dilation_height() : 1, max ? node.dilation_width() : 1};
  const bool same = (node.flags() & XNN_FLAG_TENSORFLOW_SAME_PADDING) != 0;
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(in.num_dims == 4, InvalidArgument,
                             "XNNPACK %s: an input of shape %s, four dimensions are needed", name,
                             in.to_string().c_str());
    Shape result = in;
    for (size_t i = 0; i < 2; ++i) {
      result[1 + i] =
          same ? (in[1 + i] + strides[i] - 1) / strides[i]
               : num_windows(in[1 + i] + paddings[i], kernels[i], dilations[i], strides[i]);
      ET_CHECK_OR_RETURN_ERROR(result[1 + i] != 0, InvalidArgument,
                               "XNNPACK %s: the window does not fit an input of shape %s", name,
                               in.to_string().c_str());
    }
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::concatenate(const fb::_XNNCat& node, size_t num_inputs) {
  const uint32_t file_ids[5] = {node.input1_id(), node.input2_id(), node.input3_id(),
                                node.input4_id(), node.input5_id()};
  uint32_t ids[5] = {};
  for (size_t i = 0; i < num_inputs; ++i) {
    RETURN_IF_ERROR(read(file_ids[i], &ids[i]));
  }
  uint32_t output = 0;
  RETURN_IF_ERROR(write(node.output_id(), &output));
  const auto axis = static_cast<int32_t>(node.axis());
  ET_CHECK_OR_RETURN_ERROR(axis >= -XNN_MAX_TENSOR_DIMS && axis < XNN_MAX_TENSOR_DIMS,
                           InvalidProgram, "XNNPACK %s: axis %" PRId32, node_name_.c_str(), axis);
  xnn_status status = xnn_status_invalid_parameter;
  switch (num_inputs) {
    case 2:
      status = xnn_define_concatenate2(subgraph(), axis, ids[0], ids[1], output, node.flags());
      break;
    case 3:
      status =
          xnn_define_concatenate3(subgraph(), axis, ids[0], ids[1], ids[2], output, node.flags());
      break;
    case 4:
      status = xnn_define_concatenate4(subgraph(), axis, ids[0], ids[1], ids[2], ids[3], output,
                                       node.flags());
      break;
    default:
      status = xnn_define_concatenate5(subgraph(), axis, ids[0], ids[1], ids[2], ids[3], ids[4],
                                       output, node.flags());
      break;
  }
  RETURN_IF_ERROR(defined(status));
  const std::vector<uint32_t> inputs(ids, ids + num_inputs);
  add_rule([=](Shapes& shapes, const char* name) {
    Shape result = shapes[inputs[0]];
    const int32_t dim = axis < 0 ? axis + static_cast<int32_t>(result.num_dims) : axis;
    ET_CHECK_OR_RETURN_ERROR(dim >= 0 && static_cast<size_t>(dim) < result.num_dims,
                             InvalidArgument, "XNNPACK %s: axis %" PRId32 " of shape %s", name,
                             axis, result.to_string().c_str());
    const auto d = static_cast<size_t>(dim);
    for (size_t i = 1; i < inputs.size(); ++i) {
      Shape other = shapes[inputs[i]];
      ET_CHECK_OR_RETURN_ERROR(other.num_dims == result.num_dims, InvalidArgument,
                               "XNNPACK %s: shapes %s and %s along axis %zu", name,
                               result.to_string().c_str(), other.to_string().c_str(), d);
      const size_t size = other[d];
      other[d] = result[d];
      ET_CHECK_OR_RETURN_ERROR(
          other == result, InvalidArgument, "XNNPACK %s: shapes %s and %s differ beside axis %zu",
          name, result.to_string().c_str(), shapes[inputs[i]].to_string().c_str(), d);
      result[d] += size;
    }
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::batch_matrix_multiply(const fb::_XNNNode2x1& node) {
  uint32_t input1 = 0;
  uint32_t input2 = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input1_id(), &input1));
  RETURN_IF_ERROR(read(node.input2_id(), &input2));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  RETURN_IF_ERROR(
      defined(xnn_define_batch_matrix_multiply(subgraph(), input1, input2, output, node.flags())));
  const bool transposed = (node.flags() & XNN_FLAG_TRANSPOSE_B) != 0;
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& a = shapes[input1];
    const Shape& b = shapes[input2];
    ET_CHECK_OR_RETURN_ERROR(
        a.num_dims >= 2 && b.num_dims >= 2 && a.last() == b[b.num_dims - (transposed ? 1 : 2)],
        InvalidArgument, "XNNPACK %s: shapes %s and %s cannot be multiplied", name,
        a.to_string().c_str(), b.to_string().c_str());
    Shape result;
    RETURN_IF_ERROR(broadcast(a, b, 2, &result, name));
    result[result.num_dims - 2] = a[a.num_dims - 2];
    result[result.num_dims - 1] = b[b.num_dims - (transposed ? 2 : 1)];
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::softmax(const fb::_XNNNode1x1& node) {
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  RETURN_IF_ERROR(defined(xnn_define_softmax(subgraph(), input, output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    ET_CHECK_OR_RETURN_ERROR(shapes[input].num_dims >= 1, InvalidArgument,
                             "XNNPACK %s: the input has no dimension", name);
    shapes[output] = shapes[input];
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::copy(const fb::_XNNNode1x1& node) {
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  RETURN_IF_ERROR(defined(xnn_define_copy(subgraph(), input, output, node.flags())));
  add_rule([=](Shapes& shapes, const char*) {
    shapes[output] = shapes[input];
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::global_average_pooling(const fb::_XNNNode1x1& node) {
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  const bool keep_dims = (node.flags() & XNN_FLAG_KEEP_DIMS) != 0;
  const bool clamped = min_ != -std::numeric_limits<float>::infinity() ||
                       max_ != std::numeric_limits<float>::infinity();
  uint32_t mean = output;
  if (clamped) {
    const Shape& shape = out_.shapes[output];
    RETURN_IF_ERROR(defined(xnn_define_tensor_value(subgraph(), datatypes_[output], shape.num_dims,
                                                    shape.dims, nullptr, kNoId, 0, &mean)));
    out_.shapes.resize(std::max<size_t>(out_.shapes.size(), mean + 1));
  }
  const int64_t height_and_width[2] = {1, 2};
  RETURN_IF_ERROR(defined(xnn_define_static_reduce_v2(
      subgraph(), xnn_reduce_mean, 2, height_and_width, input, mean, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(in.num_dims == 4 && in[1] != 0 && in[2] != 0, InvalidArgument,
                             "XNNPACK %s: an input of shape %s, four dimensions are needed", name,
                             in.to_string().c_str());
    shapes[mean] = keep_dims ? Shape{in[0], 1, 1, in[3]} : Shape{in[0], in[3]};
    return Error::Ok;
  });
  if (clamped) {
    xnn_unary_params params = {};
    params.clamp.min = min_;
    params.clamp.max = max_;
    RETURN_IF_ERROR(
        defined(xnn_define_unary(subgraph(), xnn_unary_clamp, &params, mean, output, 0)));
    add_rule([=](Shapes& shapes, const char*) {
      shapes[output] = shapes[mean];
      return Error::Ok;
    });
  }
  return Error::Ok;
}

Error Builder::transpose(const fb::XNNStaticTranspose& node) {
  RETURN_IF_ERROR(check_vector(node.perm(), "perm"));
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  Shape perm;
  uint32_t seen = 0;
  for (const uint32_t dim : *node.perm()) {
    ET_CHECK_OR_RETURN_ERROR(dim < node.perm()->size() && (seen >> dim & 1) == 0, InvalidProgram,
                             "XNNPACK %s: perm is not a permutation", node_name_.c_str());
    seen |= 1u << dim;
    perm.dims[perm.num_dims++] = dim;
  }
  ET_CHECK_OR_RETURN_ERROR(perm.num_dims > 0, InvalidProgram, "XNNPACK %s: perm is empty",
                           node_name_.c_str());
  RETURN_IF_ERROR(defined(xnn_define_static_transpose(subgraph(), perm.num_dims, perm.dims, input,
                                                      output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(in.num_dims == perm.num_dims, InvalidArgument,
                             "XNNPACK %s: permutation %s of shape %s", name,
                             perm.to_string().c_str(), in.to_string().c_str());
    Shape result = in;
    for (size_t i = 0; i < perm.num_dims; ++i) {
      result[i] = in[perm[i]];
    }
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::reshape(const fb::XNNStaticReshape& node) {
  RETURN_IF_ERROR(check_vector(node.new_shape(), "new_shape"));
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  Shape target;
  size_t inferred = SIZE_MAX;
  for (const uint32_t size : *node.new_shape()) {
    if (size == 0) {
      ET_CHECK_OR_RETURN_ERROR(inferred == SIZE_MAX, InvalidProgram,
                               "XNNPACK %s: more than one dimension is to be inferred",
                               node_name_.c_str());
      inferred = target.num_dims;
    }
    target.dims[target.num_dims++] = size;
  }
  RETURN_IF_ERROR(defined(xnn_define_static_reshape(subgraph(), target.num_dims, target.dims, input,
                                                    output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    Shape result = target;
    if (inferred != SIZE_MAX) {
      result[inferred] = 1;
      const size_t rest = result.numel();
      result[inferred] = rest == Shape::kTooMany ? 0 : in.numel() / rest;
    }
    ET_CHECK_OR_RETURN_ERROR(result.numel() == in.numel(), InvalidArgument,
                             "XNNPACK %s: shape %s cannot become %s (0: inferred)", name,
                             in.to_string().c_str(), target.to_string().c_str());
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::slice(const fb::XNNStaticSlice& node) {
  RETURN_IF_ERROR(check_vector(node.offsets(), "offsets"));
  RETURN_IF_ERROR(check_vector(node.sizes(), "sizes"));
  ET_CHECK_OR_RETURN_ERROR(node.offsets()->size() == node.sizes()->size(), InvalidProgram,
                           "XNNPACK %s: %u offsets, %u sizes", node_name_.c_str(),
                           node.offsets()->size(), node.sizes()->size());
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  Shape offsets;
  Shape sizes;
  for (flatbuffers::uoffset_t i = 0; i < node.sizes()->size(); ++i) {
    offsets.dims[offsets.num_dims++] = node.offsets()->Get(i);
    sizes.dims[sizes.num_dims++] = node.sizes()->Get(i);
  }
  RETURN_IF_ERROR(defined(xnn_define_static_slice(subgraph(), sizes.num_dims, offsets.dims,
                                                  sizes.dims, input, output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(in.num_dims == sizes.num_dims, InvalidArgument,
                             "XNNPACK %s: a slice %s of shape %s", name, sizes.to_string().c_str(),
                             in.to_string().c_str());
    Shape result = sizes;
    for (size_t i = 0; i < in.num_dims; ++i) {
      if (sizes[i] == 0) {  // the whole dimension
        result[i] = in[i];
      }
      ET_CHECK_OR_RETURN_ERROR(offsets[i] <= in[i] && result[i] <= in[i] - offsets[i],
                               InvalidArgument, "XNNPACK %s: a slice of size %s at %s of shape %s",
                               name, sizes.to_string().c_str(), offsets.to_string().c_str(),
                               in.to_string().c_str());
    }
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::pad(const fb::XNNStaticConstantPad& node) {
  RETURN_IF_ERROR(check_vector(node.pre_paddings(), "pre_paddings"));
  RETURN_IF_ERROR(check_vector(node.post_paddings(), "post_paddings"));
  ET_CHECK_OR_RETURN_ERROR(node.pre_paddings()->size() == node.post_paddings()->size(),
                           InvalidProgram, "XNNPACK %s: %u paddings before, %u after",
                           node_name_.c_str(), node.pre_paddings()->size(),
                           node.post_paddings()->size());
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  size_t before[XNN_MAX_TENSOR_DIMS] = {};  // the library reads as many as the input has dimensions
  size_t after[XNN_MAX_TENSOR_DIMS] = {};
  Shape total;
  for (flatbuffers::uoffset_t i = 0; i < node.pre_paddings()->size(); ++i) {
    RETURN_IF_ERROR(
        check_parameters({node.pre_paddings()->Get(i), node.post_paddings()->Get(i)}, 0));
    before[i] = node.pre_paddings()->Get(i);
    after[i] = node.post_paddings()->Get(i);
    total.dims[total.num_dims++] = before[i] + after[i];
  }
  RETURN_IF_ERROR(defined(xnn_define_static_constant_pad(
      subgraph(), before, after, node.padding_value(), input, output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    Shape result = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(result.num_dims == total.num_dims, InvalidArgument,
                             "XNNPACK %s: paddings %s for shape %s", name,
                             total.to_string().c_str(), result.to_string().c_str());
    for (size_t i = 0; i < result.num_dims; ++i) {
      result[i] += total[i];
    }
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::resize_bilinear(const fb::XNNStaticResizeBilinear2D& node) {
  RETURN_IF_ERROR(check_parameters({node.new_height(), node.new_width()}, 1));
  uint32_t input = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  const size_t height = node.new_height();
  const size_t width = node.new_width();
  RETURN_IF_ERROR(defined(xnn_define_static_resize_bilinear_2d(subgraph(), height, width, input,
                                                               output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& in = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(in.num_dims == 4, InvalidArgument,
                             "XNNPACK %s: an input of shape %s, four dimensions are needed", name,
                             in.to_string().c_str());
    shapes[output] = Shape{in[0], height, width, in[3]};
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::argmax_pooling(const fb::XNNArgMaxPooling2d& node) {
  RETURN_IF_ERROR(check_parameters(
      {node.padding_top(), node.padding_right(), node.padding_bottom(), node.padding_left()}, 0));
  RETURN_IF_ERROR(check_parameters({node.pooling_height(), node.pooling_width()}, 1));
  uint32_t input = 0;
  uint32_t value = 0;
  uint32_t index = 0;
  RETURN_IF_ERROR(read(node.input_id(), &input));
  RETURN_IF_ERROR(write(node.output_value_id(), &value));
  RETURN_IF_ERROR(write(node.output_index_id(), &index));
  RETURN_IF_ERROR(defined(xnn_define_argmax_pooling_2d(
      subgraph(), node.padding_top(), node.padding_right(), node.padding_bottom(),
      node.padding_left(), node.pooling_height(), node.pooling_width(), input, value, index,
      node.flags())));
  const size_t paddings[2] = {size_t(node.padding_top()) + node.padding_bottom(),
                              size_t(node.padding_left()) + node.padding_right()};
  const size_t kernels[2] = {node.pooling_height(), node.pooling_width()};
  const bool same = (node.flags() & XNN_FLAG_TENSORFLOW_SAME_PADDING) != 0;
  add_rule([=](Shapes& shapes, const char* name) {
    Shape result = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(result.num_dims == 4, InvalidArgument,
                             "XNNPACK %s: an input of shape %s, four dimensions are needed", name,
                             result.to_string().c_str());
    for (size_t i = 0; i < 2; ++i) {
      const size_t padded = result[1 + i] + (same ? kernels[i] - 1 : paddings[i]);
      ET_CHECK_OR_RETURN_ERROR(padded >= kernels[i], InvalidArgument,
                               "XNNPACK %s: the window does not fit an input of shape %s", name,
                               result.to_string().c_str());
      result[1 + i] = padded / kernels[i];
    }
    shapes[value] = result;
    shapes[index] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::attention(const fb::XNNScaledDotProductAttention& node) {
  uint32_t query = 0;
  uint32_t key = 0;
  uint32_t value = 0;
  uint32_t scale = 0;
  uint32_t mask = 0;
  uint32_t output = 0;
  RETURN_IF_ERROR(read(node.query_id(), &query));
  RETURN_IF_ERROR(read(node.key_id(), &key));
  RETURN_IF_ERROR(read(node.value_id(), &value));
  RETURN_IF_ERROR(read(node.scale_id(), &scale));
  RETURN_IF_ERROR(read(node.mask_id(), &mask));
  RETURN_IF_ERROR(write(node.output_id(), &output));
  RETURN_IF_ERROR(defined(xnn_define_scaled_dot_product_attention(
      subgraph(), xnn_attention_logits_cap_type_none, nullptr, query, key, value, scale, mask,
      output, node.flags())));
  add_rule([=](Shapes& shapes, const char* name) {
    const Shape& q = shapes[query];
    const Shape& k = shapes[key];
    const Shape& v = shapes[value];
    const bool valid = q.num_dims >= 3 && k.num_dims == q.num_dims && v.num_dims == q.num_dims &&
                       q.last() == k.last() && v[v.num_dims - 2] == k[k.num_dims - 2] &&
                       std::equal(q.dims, q.dims + q.num_dims - 2, k.dims) &&
                       std::equal(q.dims, q.dims + q.num_dims - 2, v.dims) &&
                       shapes[scale].numel() == q.last() &&
                       shapes[mask] == Shape{q[q.num_dims - 2], k[k.num_dims - 2]};
    ET_CHECK_OR_RETURN_ERROR(valid, InvalidArgument,
                             "XNNPACK %s: query %s, key %s, value %s, scale %s, mask %s", name,
                             q.to_string().c_str(), k.to_string().c_str(), v.to_string().c_str(),
                             shapes[scale].to_string().c_str(), shapes[mask].to_string().c_str());
    Shape result = q;
    result[result.num_dims - 1] = v.last();
    shapes[output] = result;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::normalization(const NormalizationPattern& pattern) {
  Normalization node = {kNoId, kNoId, kNoId, kNoId, pattern.epsilon, pattern.centered};
  RETURN_IF_ERROR(read(pattern.input, &node.input));
  RETURN_IF_ERROR(read_optional(pattern.scale, &node.scale));
  RETURN_IF_ERROR(read_optional(pattern.shift, &node.shift));
  RETURN_IF_ERROR(write(pattern.output, &node.output));
  RETURN_IF_ERROR(defined(define_normalization(subgraph(), node)));
  add_rule([input = node.input, output = node.output, length = pattern.length](Shapes& shapes,
                                                                               const char* name) {
    const Shape& in = shapes[input];
    ET_CHECK_OR_RETURN_ERROR(in.num_dims != 0 && in.last() == length, InvalidArgument,
                             "XNNPACK %s: an input of shape %s, the last dimension must be %zu",
                             name, in.to_string().c_str(), length);
    shapes[output] = in;
    return Error::Ok;
  });
  return Error::Ok;
}

Error Builder::define_node(const fb::XNode& node) {
  using Type = fb::XNodeUnion;
  const Type type = node.xnode_union_type();
  const void* table = node.xnode_union();
  const auto& u = *static_cast<const fb::_XNNNode1x1*>(table);
  const auto& b = *static_cast<const fb::_XNNNode2x1*>(table);
  min_ = -std::numeric_limits<float>::infinity();
  max_ = std::numeric_limits<float>::infinity();
  if (node.output_min_max() != nullptr) {
    min_ = node.output_min_max()->output_min();
    max_ = node.output_min_max()->output_max();
    ET_CHECK_OR_RETURN_ERROR(min_ < max_, InvalidProgram,
                             "XNNPACK %s: the output is limited to %g to %g", node_name_.c_str(),
                             static_cast<double>(min_), static_cast<double>(max_));
  }
  xnn_unary_params params = {};
  switch (type) {
    case Type::XNNAdd:
      return binary(b, xnn_binary_add, true);
    case Type::XNNSubtract:
      return binary(b, xnn_binary_subtract, true);
    case Type::XNNMultiply:
      return binary(b, xnn_binary_multiply, true);
    case Type::XNNDiv:
      return binary(b, xnn_binary_divide, true);
    case Type::XNNMinimum:
      return binary(b, xnn_binary_minimum, false);
    case Type::XNNMaximum:
      return binary(b, xnn_binary_maximum, false);
    case Type::XNNPReLU:
      return binary(b, xnn_binary_prelu, false);
    case Type::XNNFullyConnected:
      return fully_connected(*node.xnode_union_as_XNNFullyConnected());
    case Type::XNNBatchMatrixMultiply:
      return batch_matrix_multiply(b);
    case Type::XNNSoftmax:
      return softmax(u);
    case Type::XNNSigmoid:
      return unary(u, xnn_unary_sigmoid);
    case Type::XNNStaticTranspose:
      return transpose(*node.xnode_union_as_XNNStaticTranspose());
    case Type::XNNClamp:
      params.clamp.min = min_;
      params.clamp.max = max_;
      return unary(u, xnn_unary_clamp, &params);
    case Type::XNNConv2d:
    case Type::XNNDepthwiseConv2d:
    case Type::XNNConvTranspose2d:
      return convolution(*static_cast<const fb::_XNNNodeConv*>(table), type);
    case Type::XNNStaticResizeBilinear2D:
      return resize_bilinear(*node.xnode_union_as_XNNStaticResizeBilinear2D());
    case Type::XNNStaticConstantPad:
      return pad(*node.xnode_union_as_XNNStaticConstantPad());
    case Type::XNNAvgPooling2d:
    case Type::XNNMaxPooling2d:
      return pooling(*static_cast<const fb::_XNNPooling2D*>(table), type);
    case Type::XNNFloor:
      return unary(u, xnn_unary_floor);
    case Type::XNNConvert:
      return unary(u, xnn_unary_convert);
    case Type::XNNGlobalAvgPooling2d:
      return global_average_pooling(u);
    case Type::XNNStaticReshape:
      return reshape(*node.xnode_union_as_XNNStaticReshape());
    case Type::XNNArgMaxPooling2d:
      return argmax_pooling(*node.xnode_union_as_XNNArgMaxPooling2d());
    case Type::XNNSquareRoot:
      return unary(u, xnn_unary_square_root);
    case Type::XNNReciprocalSquareRoot:
      return unary(u, xnn_unary_reciprocal_square_root);
    case Type::XNNCeiling:
      return unary(u, xnn_unary_ceiling);
    case Type::XNNHardswish:
      return unary(u, xnn_unary_hardswish);
    case Type::XNNLeakyReLU: {
      const auto& leaky = *node.xnode_union_as_XNNLeakyReLU();
      params.leaky_relu.negative_slope = leaky.negative_slope();
      return unary(leaky.input_id(), leaky.output_id(), leaky.flags(), xnn_unary_leaky_relu,
                   &params);
    }
    case Type::XNNELU: {
      const auto& elu = *node.xnode_union_as_XNNELU();
      params.elu.alpha = elu.alpha();
      return unary(elu.input_id(), elu.output_id(), elu.flags(), xnn_unary_elu, &params);
    }
    case Type::XNNNegate:
      return unary(u, xnn_unary_negate);
    case Type::XNNSquare:
      return unary(u, xnn_unary_square);
    case Type::XNNAbs:
      return unary(u, xnn_unary_abs);
    case Type::XNNLog:
      return unary(u, xnn_unary_log);
    case Type::XNNGelu:
      return unary(u, xnn_unary_gelu);
    case Type::XNNTanh:
      return unary(u, xnn_unary_tanh);
    case Type::XNNExp:
      return unary(u, xnn_unary_exp);
    case Type::XNNSin:
      return unary(u, xnn_unary_sine);
    case Type::XNNCos:
      return unary(u, xnn_unary_cosine);
    case Type::XNNCopy:
      return copy(u);
    case Type::XNNConcatenate2:
      return concatenate(*static_cast<const fb::_XNNCat*>(table), 2);
    case Type::XNNConcatenate3:
      return concatenate(*static_cast<const fb::_XNNCat*>(table), 3);
    case Type::XNNConcatenate4:
      return concatenate(*static_cast<const fb::_XNNCat*>(table), 4);
    case Type::XNNConcatenate5:
      return concatenate(*static_cast<const fb::_XNNCat*>(table), 5);
    case Type::XNNStaticSlice:
      return slice(*node.xnode_union_as_XNNStaticSlice());
    case Type::XNNScaledDotProductAttention:
      return attention(*node.xnode_union_as_XNNScaledDotProductAttention());
    case Type::NONE:
      break;
  }
  ET_REPORT_ERROR("XNNPACK %s: this kind of node is not supported", node_name_.c_str());
  return Error::NotImplemented;
}

Result<Graph> Builder::build() {
  xnn_subgraph_t subgraph = nullptr;
  const xnn_status status = xnn_create_subgraph(graph_.num_externs(), 0, &subgraph);
  ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, Internal,
                           "XNNPACK: no subgraph can be created: %s", status_name(status));
  out_.subgraph.reset(subgraph);
  out_.shapes.resize(graph_.num_externs());
  RETURN_IF_ERROR(find_resident_constants());
  for (const fb::XValue* value : *graph_.xvalues()) {
    RETURN_IF_ERROR(define_value(value));
  }
  const std::vector<NormalizationPattern> normalizations =
      find_normalizations(graph_, [this](uint32_t file_id) {
        const auto found = floats_.find(file_id);
        return found == floats_.end() ? Span<const float>() : found->second;
      });
  // The pattern that a node belongs to.
  std::unordered_map<uint32_t, const NormalizationPattern*> patterns;
  for (const NormalizationPattern& pattern : normalizations) {
    for (const uint32_t position : pattern.nodes) {
      patterns[position] = &pattern;
    }
  }
  uint32_t index = 0;
  std::vector<std::pair<std::string, std::vector<uint32_t>>> results;
  for (const fb::XNode* node : *graph_.xnodes()) {
    const auto pattern = patterns.find(index);
    if (pattern != patterns.end() && pattern->second->nodes.back() != index) {
      ++index;
      continue;
    }
    // "XNNAdd" without the prefix
    node_name_ = "node " + std::to_string(index++) + " (" +
                 (fb::EnumNameXNodeUnion(node->xnode_union_type()) + 3) + ")";
    debug_handle_ = node->debug_handle();
    written_.clear();
    RETURN_IF_ERROR(pattern == patterns.end() ? define_node(*node)
                                              : normalization(*pattern->second));
    results.emplace_back(node_name_, written_);
  }
  for (const External& output : out_.outputs) {
    ET_CHECK_OR_RETURN_ERROR(available_.count(output.id) != 0, InvalidProgram,
                             "XNNPACK payload: no node writes output %" PRIu32, output.id);
    wanted_.insert(output.id);
  }
  // The library ends the process when it meets a node whose results nobody wants.
  for (const auto& [name, ids] : results) {
    ET_CHECK_OR_RETURN_ERROR(
        std::any_of(ids.begin(), ids.end(), [&](uint32_t id) { return wanted_.count(id) != 0; }),
        InvalidProgram, "XNNPACK %s: nothing reads what it writes", name.c_str());
  }
  const auto by_id = [](const External& a, const External& b) { return a.id < b.id; };
  std::sort(out_.inputs.begin(), out_.inputs.end(), by_id);
  std::sort(out_.outputs.begin(), out_.outputs.end(), by_id);
  // The file says how large each value is at most, and the library sets memory aside for that. A
  // damaged padding or stride would make more of it, a damaged shape ask for far too much.
  constexpr size_t kSlackFactor = 16;
  constexpr size_t kSlack = 65536;
  const Shapes declared = out_.shapes;
  RETURN_IF_ERROR(out_.infer_shapes());
  for (size_t i = 0; i < declared.size(); ++i) {
    const size_t inferred = out_.shapes[i].numel();
    ET_CHECK_OR_RETURN_ERROR(inferred <= declared[i].numel() &&
                                 (declared[i].numel() <= kSlack ||
                                  (declared[i].numel() - kSlack) / kSlackFactor <= inferred),
                             InvalidProgram,
                             "XNNPACK: a value of shape %s in the payload comes out as %s",
                             declared[i].to_string().c_str(), out_.shapes[i].to_string().c_str());
  }
  return std::move(out_);
}

}  // namespace

Result<Graph> Graph::build(const Payload& payload, const NamedDataMap* named_data) {
  return Builder(payload, named_data).build();
}

Error Graph::infer_shapes() {
  for (const ShapeRule& rule : shape_rules) {
    RETURN_IF_ERROR(rule(shapes));
  }
  for (size_t i = 0; i < shapes.size(); ++i) {
    ET_CHECK_OR_RETURN_ERROR(shapes[i].numel() != Shape::kTooMany, InvalidArgument,
                             "XNNPACK: a value of shape %s is too large",
                             shapes[i].to_string().c_str());
  }
  return Error::Ok;
}

}  // namespace executorch::backends::xnnpack
