// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Weights in the library's own layout, shared by the delegates of a process and, through a file,
 * with its next start.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <xnnpack.h>

#include <executorch/backends/xnnpack/runtime/graph_builder.h>
#include <executorch/runtime/core/error.h>

namespace executorch::backends::xnnpack {

/// Packed bytes that stay where they are as long as someone holds them.
class PackedBlob {
 public:
  explicit PackedBlob(size_t size);
  /// Bytes of a file that `owner` keeps mapped.
  PackedBlob(void* data, size_t size, std::shared_ptr<void> owner)
      : data_(data), size_(size), owner_(std::move(owner)) {}
  ~PackedBlob();
  PackedBlob(const PackedBlob&) = delete;
  PackedBlob& operator=(const PackedBlob&) = delete;

  void* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
  std::shared_ptr<void> owner_;
};

/**
 * The weights of one delegate. The library asks it while it creates the runtime; what another
 * delegate has packed from the same constants in the same way is used again.
 *
 * Constants are identified by their keys in the named data. The exporter makes these from the
 * contents; a program whose keys lie can only be served wrong weights, of the right size.
 */
class PackedWeights {
 public:
  /**
   * @param cacheable the constants that have a key.
   * @param path file with packed weights, read now if it is there and was written on such a machine
   * by this version, and written by save(). "" for none.
   */
  PackedWeights(const std::vector<Constant>& cacheable, std::string path);
  PackedWeights(const PackedWeights&) = delete;
  PackedWeights& operator=(const PackedWeights&) = delete;

  /// For xnn_create_runtime_v4(); valid as long as this object.
  xnn_weights_cache_t provider() { return &provider_; }

  /// To be called when the runtime exists: forgets the constants, and writes the file if it lacks
  /// something.
  runtime::Error finish();

  /// Writes the files of all delegates that have one.
  static runtime::Error save_all();

 private:
  struct File;

  std::string key_of(const xnn_weights_cache_look_up_key& key) const;
  size_t look_up(const xnn_weights_cache_look_up_key& key);
  void* reserve(size_t size);
  size_t insert(const xnn_weights_cache_look_up_key& key, void* data, size_t size);

  xnn_weights_cache_provider provider_;
  std::unordered_map<const void*, std::string> keys_;  // of constants, while the runtime is created
  std::vector<std::shared_ptr<PackedBlob>> blobs_;     // by the offsets that the library is given
  std::shared_ptr<PackedBlob> reserved_;
  std::shared_ptr<File> file_;
};

}  // namespace executorch::backends::xnnpack
