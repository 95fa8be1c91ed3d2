// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/schema/flatbuffer_verifier.h>

#include <cstring>

namespace executorch {
namespace runtime {
namespace flatbuffer {
namespace {

// Positions are bytes from the start of the buffer. The buffer and every offset are below 2^31, so
// a sum of two fits 32 bits.
constexpr uint32_t kMaxSize = INT32_MAX;

class Verifier {
 public:
  Verifier(const uint8_t* data, uint32_t size, const Schema& schema)
      : data_(data), size_(size), schema_(schema) {}

  bool run() {
    return inside(0, 8, 4) && memcmp(data_ + 4, schema_.identifier, 4) == 0 &&
           follow(0, [this](uint32_t root) { return table(root, schema_.root, 1); });
  }

 private:
  // Whether `bytes` bytes at `position` lie in the buffer, aligned.
  bool inside(uint32_t position, uint32_t bytes, uint32_t alignment) const {
    return position <= size_ && bytes <= size_ - position && (position & (alignment - 1)) == 0;
  }

  // Unsigned little endian; the bytes must be inside().
  uint32_t read(uint32_t position, int bytes) const {
    uint32_t value = 0;
    while (bytes-- > 0) {
      value = value << 8 | data_[position + bytes];
    }
    return value;
  }

  // Calls `visit` with the place that the offset at `position` leads to.
  template <typename Visit>
  bool follow(uint32_t position, Visit visit) {
    if (!inside(position, 4, 4)) {
      return false;
    }
    const uint32_t offset = read(position, 4);
    return offset != 0 && offset <= kMaxSize && visit(position + offset);
  }

  // A length and so many elements. Returns the length through `length`.
  bool vector(uint32_t position, uint32_t element_size, uint32_t* length) const {
    if (!inside(position, 4, 4)) {
      return false;
    }
    *length = read(position, 4);
    return *length <= size_ / element_size &&
           (*length == 0 || inside(position + 4, *length * element_size, element_size));
  }

  bool string(uint32_t position) const {
    uint32_t length = 0;
    return vector(position, 1, &length) && inside(position + 4 + length, 1, 1) &&
           data_[position + 4 + length] == 0;
  }

  // A vector of offsets.
  template <typename Visit>
  bool offset_vector(uint32_t position, Visit visit) {
    uint32_t length = 0;
    if (!vector(position, 4, &length)) {
      return false;
    }
    for (uint32_t i = 0; i < length; ++i) {
      if (!follow(position + 4 + 4 * i, visit)) {
        return false;
      }
    }
    return true;
  }

  bool table(uint32_t position, uint8_t index, uint32_t depth) {
    if (depth > kMaxDepth || ++visits_ > kMaxVisits || !inside(position, 4, 4)) {
      return false;
    }
    // The vtable may lie on either side; unsigned arithmetic wraps to the right place or out of
    // bounds.
    const uint32_t vtable = position - read(position, 4);
    if (!inside(vtable, 4, 2)) {
      return false;
    }
    const uint32_t vtable_size = read(vtable, 2);
    if ((vtable_size & 1) != 0 || vtable_size < 4 || !inside(vtable, vtable_size, 2)) {
      return false;
    }
    const uint32_t begin = index == 0 ? 0 : schema_.ends[index - 1];
    const uint32_t num_fields = schema_.ends[index] - begin;
    uint32_t union_type = 0;
    for (uint32_t i = 0; i < num_fields && 4 + 2 * i < vtable_size; ++i) {
      const Field field = schema_.fields[begin + i];
      const uint32_t field_offset = read(vtable + 4 + 2 * i, 2);
      const bool present = field_offset != 0;
      const uint32_t at = position + field_offset;
      if (field.kind == FieldKind::Scalar) {
        if (present && !inside(at, field.arg, field.arg)) {
          return false;
        }
        union_type = present && field.arg == 1 ? data_[at] : 0;
      } else if (present && !follow(at, [&](uint32_t target) {
                   return object(target, field, union_type, depth);
                 })) {
        return false;
      }
    }
    return true;
  }

  // What an offset field leads to.
  bool object(uint32_t position, Field field, uint32_t union_type, uint32_t depth) {
    uint32_t length = 0;
    switch (field.kind) {
      case FieldKind::String:
        return string(position);
      case FieldKind::Vector:
        return vector(position, field.arg, &length);
      case FieldKind::StringVector:
        return offset_vector(position, [this](uint32_t target) {
          return ++visits_ <= kMaxVisits && string(target);
        });
      case FieldKind::Table:
        return table(position, field.arg, depth + 1);
      case FieldKind::TableVector:
        return offset_vector(position, [this, field, depth](uint32_t target) {
          return table(target, field.arg, depth + 1);
        });
      case FieldKind::Union: {
        const Union& members = schema_.unions[field.arg];
        return union_type == 0 || union_type > members.num_members
                   ? inside(position, 1, 1)
                   : table(position, members.tables[union_type - 1], depth + 1);
      }
      default:
        return false;
    }
  }

  const uint8_t* const data_;
  const uint32_t size_;
  const Schema& schema_;
  uint32_t visits_ = 0;
};

}  // namespace

bool verify(const void* data, size_t size, const Schema& schema) {
  return data != nullptr && size <= kMaxSize &&
         Verifier(static_cast<const uint8_t*>(data), static_cast<uint32_t>(size), schema).run();
}

}  // namespace flatbuffer
}  // namespace runtime
}  // namespace executorch
