// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/fusion.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace executorch::backends::xnnpack {

namespace fb = fb_xnnpack;
using runtime::Span;
using Type = fb::XNodeUnion;

std::vector<uint32_t> activations(const fb::XNode& node) {
  const void* table = node.xnode_union();
  switch (node.xnode_union_type()) {
    case Type::XNNAdd:
    case Type::XNNDiv:
    case Type::XNNMinimum:
    case Type::XNNMultiply:
    case Type::XNNSubtract:
    case Type::XNNMaximum:
    case Type::XNNPReLU:
    case Type::XNNBatchMatrixMultiply: {
      const auto* binary = static_cast<const fb::_XNNNode2x1*>(table);
      return {binary->input1_id(), binary->input2_id()};
    }
    case Type::XNNConcatenate2:
    case Type::XNNConcatenate3:
    case Type::XNNConcatenate4:
    case Type::XNNConcatenate5: {
      const auto* cat = static_cast<const fb::_XNNCat*>(table);
      return {cat->input1_id(), cat->input2_id(), cat->input3_id(), cat->input4_id(),
              cat->input5_id()};
    }
    case Type::XNNFullyConnected:
      return {node.xnode_union_as_XNNFullyConnected()->input1_id()};
    case Type::XNNConv2d:
    case Type::XNNDepthwiseConv2d:
    case Type::XNNConvTranspose2d:
      return {static_cast<const fb::_XNNNodeConv*>(table)->input1_id()};
    case Type::XNNAvgPooling2d:
    case Type::XNNMaxPooling2d:
      return {static_cast<const fb::_XNNPooling2D*>(table)->input_id()};
    case Type::XNNStaticTranspose:
      return {node.xnode_union_as_XNNStaticTranspose()->input_id()};
    case Type::XNNStaticResizeBilinear2D:
      return {node.xnode_union_as_XNNStaticResizeBilinear2D()->input_id()};
    case Type::XNNStaticConstantPad:
      return {node.xnode_union_as_XNNStaticConstantPad()->input_id()};
    case Type::XNNStaticReshape:
      return {node.xnode_union_as_XNNStaticReshape()->input_id()};
    case Type::XNNArgMaxPooling2d:
      return {node.xnode_union_as_XNNArgMaxPooling2d()->input_id()};
    case Type::XNNLeakyReLU:
      return {node.xnode_union_as_XNNLeakyReLU()->input_id()};
    case Type::XNNELU:
      return {node.xnode_union_as_XNNELU()->input_id()};
    case Type::XNNStaticSlice:
      return {node.xnode_union_as_XNNStaticSlice()->input_id()};
    case Type::XNNScaledDotProductAttention: {
      const auto* attention = node.xnode_union_as_XNNScaledDotProductAttention();
      return {attention->query_id(), attention->key_id(), attention->value_id(),
              attention->scale_id(), attention->mask_id()};
    }
    default:
      return {static_cast<const fb::_XNNNode1x1*>(table)->input_id()};
  }
}

namespace {

class Finder {
 public:
  Finder(const fb::XNNGraph& graph, const FindFloats& floats) : graph_(graph), floats_(floats) {
    uint32_t index = 0;
    for (const fb::XNode* node : *graph.xnodes()) {
      for (const uint32_t id : activations(*node)) {
        readers_[id].push_back(index);
      }
      ++index;
    }
    for (const fb::XValue* value : *graph.xvalues()) {
      // Plain floats that stay inside.
      const auto* tensor = value->xvalue_union_as_XNNTensorValue();
      if (tensor != nullptr && tensor->datatype() == fb::XNNDatatype::xnn_datatype_fp32 &&
          tensor->flags() == 0) {
        inner_.insert(tensor->id_out());
      }
      if (tensor != nullptr && tensor->datatype() == fb::XNNDatatype::xnn_datatype_fp32) {
        floats_ids_.insert(tensor->id_out());
      }
    }
  }

  std::vector<NormalizationPattern> normalizations() {
    std::vector<NormalizationPattern> found;
    uint32_t index = 0;
    for (const fb::XNode* node : *graph_.xnodes()) {
      if (const auto* unary = plain(*node, Type::XNNReciprocalSquareRoot)) {
        NormalizationPattern pattern;
        if (normalization(index, *static_cast<const fb::_XNNNode1x1*>(unary), &pattern)) {
          std::sort(pattern.nodes.begin(), pattern.nodes.end());
          found.push_back(std::move(pattern));
        }
      }
      note_output(*node, index++);
    }
    return found;
  }

 private:
  /// The table of a node of this type without limits and flags; null if it is another one.
  const void* plain(const fb::XNode& node, Type type) const {
    if (node.xnode_union_type() != type) {
      return nullptr;
    }
    const auto* limits = node.output_min_max();
    const bool limited = limits != nullptr &&
                         !(std::isinf(limits->output_min()) && std::isinf(limits->output_max()));
    const auto flags = [&] {
      if (type == Type::XNNFullyConnected) {
        return node.xnode_union_as_XNNFullyConnected()->flags();
      }
      return is_binary(type) ? static_cast<const fb::_XNNNode2x1*>(node.xnode_union())->flags()
                             : static_cast<const fb::_XNNNode1x1*>(node.xnode_union())->flags();
    };
    return limited || flags() != 0 ? nullptr : node.xnode_union();
  }

  static bool is_binary(Type type) {
    return type == Type::XNNAdd || type == Type::XNNSubtract || type == Type::XNNMultiply;
  }

  /// Remembers what the nodes that matter here write.
  void note_output(const fb::XNode& node, uint32_t index) {
    switch (node.xnode_union_type()) {
      case Type::XNNAdd:
      case Type::XNNSubtract:
      case Type::XNNMultiply:
        writers_.emplace(static_cast<const fb::_XNNNode2x1*>(node.xnode_union())->output_id(),
                         index);
        break;
      case Type::XNNSquare:
        writers_.emplace(static_cast<const fb::_XNNNode1x1*>(node.xnode_union())->output_id(),
                         index);
        break;
      case Type::XNNFullyConnected:
        writers_.emplace(node.xnode_union_as_XNNFullyConnected()->output_id(), index);
        break;
      default:
        break;
    }
  }

  const fb::XNode& node_at(uint32_t index) const { return *graph_.xnodes()->Get(index); }

  /// The node of this type that wrote a value which `num_readers` nodes read, and nobody outside;
  /// its position is added to `nodes`.
  template <typename Table>
  const Table* writer(uint32_t id, Type type, size_t num_readers, std::vector<uint32_t>* nodes) {
    const auto found = writers_.find(id);
    if (found == writers_.end() || inner_.count(id) == 0 || readers_[id].size() != num_readers) {
      return nullptr;
    }
    const void* table = plain(node_at(found->second), type);
    if (table != nullptr) {
      nodes->push_back(found->second);
    }
    return static_cast<const Table*>(table);
  }

  /// The value of which `id` is the mean over the last dimension, of this length.
  uint32_t mean_of(uint32_t id, size_t* length, std::vector<uint32_t>* nodes) {
    const auto* linear = writer<fb::XNNFullyConnected>(id, Type::XNNFullyConnected, 1, nodes);
    if (linear == nullptr || linear->bias_id() != kNoFileId) {
      return kNoFileId;
    }
    const Span<const float> filter = floats_(linear->filter_id());
    const auto n = static_cast<float>(filter.size());
    const bool averages =
        filter.size() != 0 && std::all_of(filter.begin(), filter.end(), [&](float weight) {
          return std::fabs(weight * n - 1.0f) < 1e-5f;
        });
    *length = filter.size();
    // One row: the output has as many elements as there are rows of the input.
    const auto* shape = dims(id);
    const bool one_row =
        shape != nullptr && shape->size() != 0 && shape->Get(shape->size() - 1) == 1;
    return averages && one_row ? linear->input1_id() : kNoFileId;
  }

  const flatbuffers::Vector<uint32_t>* dims(uint32_t id) const {
    for (const fb::XValue* value : *graph_.xvalues()) {
      const auto* tensor = value->xvalue_union_as_XNNTensorValue();
      if (tensor != nullptr && tensor->id_out() == id) {
        return tensor->dims();
      }
    }
    return nullptr;
  }

  /// One or several dimensions of which only the last is larger than 1.
  bool is_row(uint32_t id, size_t length) const {
    const auto* shape = dims(id);
    if (shape == nullptr || floats_(id).size() != length || shape->size() == 0) {
      return false;
    }
    return shape->Get(shape->size() - 1) == length;
  }

  /// If the only reader of `id` is of this type and its other operand a row of constants: takes it.
  bool take_row(Type type, size_t rank, size_t length, NormalizationPattern* pattern,
                uint32_t* row) {
    if (inner_.count(pattern->output) == 0 || readers_[pattern->output].size() != 1) {
      return false;
    }
    const uint32_t index = readers_[pattern->output].front();
    const auto* binary = static_cast<const fb::_XNNNode2x1*>(plain(node_at(index), type));
    if (binary == nullptr || floats_ids_.count(binary->output_id()) == 0) {
      return false;
    }
    const uint32_t other =
        binary->input1_id() == pattern->output ? binary->input2_id() : binary->input1_id();
    if (!is_row(other, length) || dims(other)->size() > rank) {
      return false;
    }
    *row = other;
    pattern->nodes.push_back(index);
    pattern->output = binary->output_id();
    return true;
  }

  bool normalization(uint32_t index, const fb::_XNNNode1x1& root, NormalizationPattern* pattern) {
    std::vector<uint32_t>& nodes = pattern->nodes;
    nodes.push_back(index);
    const auto* sum = writer<fb::_XNNNode2x1>(root.input_id(), Type::XNNAdd, 1, &nodes);
    if (sum == nullptr) {
      return false;
    }
    uint32_t variance = sum->input1_id();
    Span<const float> epsilon = floats_(sum->input2_id());
    if (epsilon.size() != 1) {
      variance = sum->input2_id();
      epsilon = floats_(sum->input1_id());
    }
    if (epsilon.size() != 1 || !(epsilon[0] >= 0) || std::isinf(epsilon[0])) {
      return false;
    }
    pattern->epsilon = epsilon[0];
    const uint32_t squared = mean_of(variance, &pattern->length, &nodes);
    const auto* square = squared == kNoFileId
                             ? nullptr
                             : writer<fb::_XNNNode1x1>(squared, Type::XNNSquare, 1, &nodes);
    if (square == nullptr) {
      return false;
    }
    // x or x - mean(x)
    const uint32_t deviation = square->input_id();
    pattern->input = deviation;
    std::vector<uint32_t> centering;
    if (const auto* difference =
            writer<fb::_XNNNode2x1>(deviation, Type::XNNSubtract, 2, &centering)) {
      size_t length = 0;
      if (mean_of(difference->input2_id(), &length, &centering) == difference->input1_id() &&
          length == pattern->length) {
        pattern->centered = true;
        pattern->input = difference->input1_id();
        nodes.insert(nodes.end(), centering.begin(), centering.end());
      }
    }
    // Times the inverse of the deviation.
    const uint32_t inverse = root.output_id();
    const auto* shape = dims(pattern->input);
    if (floats_ids_.count(pattern->input) == 0 || inner_.count(inverse) == 0 || shape == nullptr ||
        readers_[inverse].size() != 1) {
      return false;
    }
    const uint32_t product_index = readers_[inverse].front();
    const auto* product =
        static_cast<const fb::_XNNNode2x1*>(plain(node_at(product_index), Type::XNNMultiply));
    if (product == nullptr || floats_ids_.count(product->output_id()) == 0 ||
        !((product->input1_id() == deviation && product->input2_id() == inverse) ||
          (product->input2_id() == deviation && product->input1_id() == inverse))) {
      return false;
    }
    nodes.push_back(product_index);
    pattern->output = product->output_id();
    (void)take_row(Type::XNNMultiply, shape->size(), pattern->length, pattern, &pattern->scale);
    (void)take_row(Type::XNNAdd, shape->size(), pattern->length, pattern, &pattern->shift);
    return true;
  }

  const fb::XNNGraph& graph_;
  const FindFloats& floats_;
  std::unordered_map<uint32_t, std::vector<uint32_t>> readers_;  // id -> positions of nodes
  std::unordered_map<uint32_t, uint32_t> writers_;               // id -> position of a node
  std::unordered_set<uint32_t> inner_;
  std::unordered_set<uint32_t> floats_ids_;
};

}  // namespace

std::vector<NormalizationPattern> find_normalizations(const fb::XNNGraph& graph,
                                                      const FindFloats& floats) {
  return Finder(graph, floats).normalizations();
}

}  // namespace executorch::backends::xnnpack
