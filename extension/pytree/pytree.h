// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Nested containers as flat lists of leaves, which is what methods take and return, and back:
 *
 *   const char* encoding = *program->get_output_flattening_encoding("forward");
 *   Result<TreeSpec> spec = from_str(encoding);
 *   Result<ContainerHandle<EValue>> outputs = unflatten(*spec, leaves.data(), leaves.size());
 *   EValue& logits = outputs->at("logits").leaf();
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <executorch/runtime/core/result.h>

namespace executorch {
namespace extension {
namespace pytree {

enum class Kind : uint8_t { List, Tuple, NamedTuple, Dict, Leaf, Custom, None };

/// Of an entry of a dictionary: a number or a text.
class Key {
 public:
  Key(int64_t number) : number_(number), is_number_(true) {}
  Key(std::string text) : text_(std::move(text)) {}
  Key(const char* text) : text_(text) {}

  bool is_int() const { return is_number_; }
  int64_t as_int() const { return number_; }
  const std::string& as_str() const { return text_; }

  friend bool operator==(const Key& a, const Key& b) {
    return a.is_number_ == b.is_number_ && a.number_ == b.number_ && a.text_ == b.text_;
  }
  friend bool operator!=(const Key& a, const Key& b) { return !(a == b); }

 private:
  int64_t number_ = 0;
  std::string text_;
  bool is_number_ = false;
};

/// The shape of a tree.
struct TreeSpec {
  Kind kind = Kind::Leaf;
  std::vector<TreeSpec> children;
  /// Of a Dict, one for each child; of a NamedTuple the names, where they are known.
  std::vector<Key> keys;
  /// The type of a Custom container.
  std::string custom_type;

  bool is_leaf() const { return kind == Kind::Leaf; }
  /// How many leaves it has.
  size_t leaves_num() const;

  friend bool operator==(const TreeSpec& a, const TreeSpec& b) {
    return a.kind == b.kind && a.children == b.children && a.keys == b.keys &&
           a.custom_type == b.custom_type;
  }
  friend bool operator!=(const TreeSpec& a, const TreeSpec& b) { return !(a == b); }
};

/**
 * Reads what a program says about the inputs or outputs of a method: either the compact form, such
 * as "T2#1#1($,$)", or torch's JSON. InvalidArgument if it is neither, or nested deeper than 64.
 */
runtime::Result<TreeSpec> from_str(std::string_view text);

/// The compact form.
std::string to_str(const TreeSpec& spec);

/// A tree whose leaves refer to values of the caller's.
template <typename T>
class ContainerHandle {
 public:
  /// A leaf.
  ContainerHandle(T* leaf) : leaf_(leaf) {}
  /// A container with as many children as the spec has.
  ContainerHandle(TreeSpec spec, std::vector<ContainerHandle> children)
      : spec_(std::move(spec)), children_(std::move(children)) {}

  const TreeSpec& spec() const { return spec_; }
  Kind kind() const { return spec_.kind; }
  bool is_leaf() const { return spec_.is_leaf(); }
  /// The value, if this is a leaf.
  T& leaf() const { return *leaf_; }

  size_t size() const { return children_.size(); }
  ContainerHandle& operator[](size_t index) { return children_[index]; }
  const ContainerHandle& operator[](size_t index) const { return children_[index]; }

  /// The child with a key; null if there is none.
  const ContainerHandle* find(const Key& key) const {
    for (size_t i = 0; i < spec_.keys.size() && i < children_.size(); ++i) {
      if (spec_.keys[i] == key) {
        return &children_[i];
      }
    }
    return nullptr;
  }

  /// The same; there has to be one.
  const ContainerHandle& at(const Key& key) const {
    const ContainerHandle* child = find(key);
    ET_CHECK_MSG(child != nullptr, "There is no entry with this key");
    return *child;
  }

 private:
  TreeSpec spec_;
  std::vector<ContainerHandle> children_;
  T* leaf_ = nullptr;
};

namespace internal {

template <typename T>
void collect_leaves(const ContainerHandle<T>& tree, std::vector<T*>& leaves) {
  if (tree.is_leaf()) {
    leaves.push_back(&tree.leaf());
  }
  for (size_t i = 0; i < tree.size(); ++i) {
    collect_leaves(tree[i], leaves);
  }
}

template <typename T>
ContainerHandle<T> build(const TreeSpec& spec, T*& next) {
  if (spec.is_leaf()) {
    return ContainerHandle<T>(next++);
  }
  std::vector<ContainerHandle<T>> children;
  children.reserve(spec.children.size());
  for (const TreeSpec& child : spec.children) {
    children.push_back(build(child, next));
  }
  return ContainerHandle<T>(spec, std::move(children));
}

}  // namespace internal

/// The leaves of a tree in order, and its shape.
template <typename T>
std::pair<std::vector<T*>, TreeSpec> flatten(const ContainerHandle<T>& tree) {
  std::vector<T*> leaves;
  internal::collect_leaves(tree, leaves);
  return {std::move(leaves), tree.spec()};
}

/// The tree of this shape over an array of leaves. InvalidArgument unless `count` is how many it
/// has.
template <typename T>
runtime::Result<ContainerHandle<T>> unflatten(const TreeSpec& spec, T* leaves, size_t count) {
  ET_CHECK_OR_RETURN_ERROR(spec.leaves_num() == count, InvalidArgument,
                           "the tree has %zu leaves, but %zu were given", spec.leaves_num(), count);
  return internal::build(spec, leaves);
}

}  // namespace pytree
}  // namespace extension
}  // namespace executorch
