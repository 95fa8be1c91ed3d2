// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/advanced_index.h>

#include <algorithm>
#include <cinttypes>

namespace torch::executor::native::utils {

namespace {

bool is_mask_type(ScalarType type) {
  return type == ScalarType::Bool || type == ScalarType::Byte;
}

int64_t count_true(const Tensor& mask) {
  const auto* bytes = static_cast<const uint8_t*>(mask.const_data_ptr());
  return mask.numel() - std::count(bytes, bytes + mask.numel(), 0);
}

}  // namespace

bool AdvancedIndex::add(const Tensor& index, size_t dim) {
  Entry& entry = entries_[count_++];
  entry.tensor = &index;
  entry.reader = IndexReader(TensorView(index));
  entry.mask = static_cast<const uint8_t*>(index.const_data_ptr());
  entry.dim = dim;
  entry.is_mask = is_mask_type(index.scalar_type());
  entry.span = entry.is_mask ? static_cast<size_t>(index.dim()) : 1;
  entry.ordinal = -1;
  entry.count = 0;
  ET_LOG_MSG_AND_RETURN_IF_FALSE(entry.span > 0 && dim + entry.span <= self_dim_,
                                 "an index of %zu dimensions does not fit dimension %zu of %zu",
                                 entry.span, dim, self_dim_);
  if (!entry.is_mask) {
    return tensor_is_type(index, ScalarType::Int, ScalarType::Long);
  }
  for (size_t i = 0; i < entry.span; ++i) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(index.sizes()[i] == self_sizes_[dim + i],
                                   "a mask of size %" PRId32
                                   " does not fit dimension %zu of "
                                   "size %" PRId64,
                                   index.sizes()[i], dim + i, self_sizes_[dim + i]);
    entry.mask_strides[i] = index.strides()[i];
  }
  entry.count = count_true(index);
  return true;
}

TensorView AdvancedIndex::positions(const Entry& entry) {
  if (!entry.is_mask) {
    return TensorView(*entry.tensor);
  }
  return TensorView(nullptr, ScalarType::Byte).insert(0, entry.count, 1);
}

bool AdvancedIndex::broadcast() {
  TensorView shape(nullptr, ScalarType::Byte);
  for (size_t e = 0; e < count_; ++e) {
    TensorView index = positions(entries_[e]);
    if (!broadcast_together(shape, index)) {
      return false;
    }
  }
  rank_ = shape.dim;
  ET_LOG_MSG_AND_RETURN_IF_FALSE(rank_ + result_.dim <= kLimit,
                                 "the result would have more than %zu dimensions", kLimit);
  for (size_t d = rank_; d-- > 0;) {
    result_.insert(position_, shape.sizes[d]);
  }
  for (size_t e = 0; e < count_; ++e) {
    TensorView index = positions(entries_[e]);
    if (!index.broadcast_to(shape)) {
      return false;
    }
    std::copy(index.strides.begin(), index.strides.begin() + rank_, entries_[e].strides.begin());
  }
  return true;
}

bool AdvancedIndex::init(const Tensor& self, ArrayRef<optional<Tensor>> indices) {
  const TensorView view(self);
  self_sizes_ = view.sizes;
  self_strides_ = view.strides;
  self_dim_ = view.dim;
  bool adjacent = true;
  size_t dim = 0;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (!indices[i].has_value()) {
      ET_LOG_MSG_AND_RETURN_IF_FALSE(dim < self_dim_, "%zu indices for a tensor of rank %zu",
                                     indices.size(), self_dim_);
      ++dim;
      continue;
    }
    // Entry by entry, so a None in between is one that leaves a gap.
    const bool follows = count_ == 0 || entries_[count_ - 1].dim + entries_[count_ - 1].span == dim;
    adjacent = adjacent && follows;
    ET_LOG_MSG_AND_RETURN_IF_FALSE(count_ < kLimit, "more than %zu indices", kLimit);
    if (!add(*indices[i], dim)) {
      return false;
    }
    dim += entries_[count_ - 1].span;
  }
  result_ = block(view);
  position_ = adjacent && count_ > 0 ? entries_[0].dim : 0;
  return broadcast();
}

TensorView AdvancedIndex::block(const TensorView& self) const {
  TensorView kept = self;
  for (size_t e = count_; e-- > 0;) {
    for (size_t i = 0; i < entries_[e].span; ++i) {
      kept.remove(entries_[e].dim);
    }
  }
  return kept;
}

TensorView AdvancedIndex::result_block(const TensorView& result) const {
  TensorView kept = result;
  for (size_t i = 0; i < rank_; ++i) {
    kept.remove(position_);
  }
  return kept;
}

bool AdvancedIndex::locate(const int64_t* coordinate, int64_t* offset) {
  for (size_t e = 0; e < count_; ++e) {
    Entry& entry = entries_[e];
    int64_t at = 0;
    for (size_t d = 0; d < rank_; ++d) {
      at += coordinate[d] * entry.strides[d];
    }
    if (entry.is_mask) {
      ET_LOG_MSG_AND_RETURN_IF_FALSE(seek(entry, at), "the mask changed while it was read");
      for (size_t i = 0; i < entry.span; ++i) {
        *offset += entry.found[i] * self_strides_[entry.dim + i];
      }
    } else {
      const int64_t size = self_sizes_[entry.dim];
      const int64_t index = entry.reader.at(at);
      ET_LOG_MSG_AND_RETURN_IF_FALSE(index >= -size && index < size,
                                     "index %" PRId64
                                     " is out of range for dimension %zu of size %" PRId64,
                                     index, entry.dim, size);
      *offset += ET_NORMALIZE_IX(index, size) * self_strides_[entry.dim];
    }
  }
  return true;
}

bool AdvancedIndex::seek(Entry& mask, int64_t n) const {
  if (n < mask.ordinal) {
    mask.ordinal = -1;
  }
  while (mask.ordinal < n) {
    // One step in logical order; before the first element when nothing was found yet.
    if (mask.ordinal < 0) {
      mask.found.fill(0);
    }
    bool first = mask.ordinal < 0;
    int64_t offset = 0;
    do {
      size_t d = mask.span;
      while (!first && d-- > 0) {
        if (++mask.found[d] < self_sizes_[mask.dim + d]) {
          break;
        }
        mask.found[d] = 0;
      }
      if (d == static_cast<size_t>(-1)) {
        return false;
      }
      first = false;
      offset = 0;
      for (size_t i = 0; i < mask.span; ++i) {
        offset += mask.found[i] * mask.mask_strides[i];
      }
    } while (mask.mask[offset] == 0);
    ++mask.ordinal;
  }
  return true;
}

}  // namespace torch::executor::native::utils
