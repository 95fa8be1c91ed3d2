// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * A flatbuffer verifier that is driven by tables instead of generated code: a schema is described
 * by constant arrays, and one function walks any buffer by such a description. It accepts a subset
 * of what the flatbuffers library's own verifier accepts.
 *
 *   // table Point { x: int; name: string; }
 *   enum : uint8_t { kPoint };
 *   constexpr Field kPointFields[] = {scalar(4), string()};
 *   constexpr auto kTables = make_tables(kPointFields);
 *   constexpr Schema kSchema = {kTables.fields, kTables.ends, nullptr, kPoint, "PT01"};
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace executorch {
namespace runtime {
namespace flatbuffer {

enum class FieldKind : uint8_t {
  /// `arg` bytes.
  Scalar,
  String,
  /// A vector of scalars of `arg` bytes each.
  Vector,
  StringVector,
  /// The table with index `arg`.
  Table,
  TableVector,
  /// The union with index `arg`; the field before it is its type.
  Union,
};

/// One slot of a vtable.
struct Field {
  FieldKind kind;
  uint8_t arg;
};

constexpr Field scalar(uint8_t size) {
  return {FieldKind::Scalar, size};
}
constexpr Field string() {
  return {FieldKind::String, 0};
}
constexpr Field vector(uint8_t element_size) {
  return {FieldKind::Vector, element_size};
}
constexpr Field string_vector() {
  return {FieldKind::StringVector, 0};
}
constexpr Field table(uint8_t index) {
  return {FieldKind::Table, index};
}
constexpr Field table_vector(uint8_t index) {
  return {FieldKind::TableVector, index};
}
/// Comes after a scalar(1), the type of the union.
constexpr Field union_value(uint8_t index) {
  return {FieldKind::Union, index};
}

/// A table without fields.
struct NoFields {};

/// The tables of a schema, with their fields in one array: no pointer has to be relocated.
template <size_t NumTables, size_t NumFields>
struct Tables {
  Field fields[NumFields];
  /// Where the fields of each table end; those of the next one begin there.
  uint8_t ends[NumTables];
};

/// Puts tables together: arrays of Field, in the order of the slots, or NoFields.
template <typename... T>
constexpr auto make_tables(const T&... tables) {
  constexpr size_t kNumFields = (std::extent_v<T> + ...);
  static_assert(kNumFields <= UINT8_MAX, "an end is a byte");
  Tables<sizeof...(T), kNumFields> result{};
  size_t end = 0;
  size_t table = 0;
  const auto append = [&](const auto& fields) {
    if constexpr (std::is_array_v<std::remove_reference_t<decltype(fields)>>) {
      for (const Field& field : fields) {
        result.fields[end++] = field;
      }
    }
    result.ends[table++] = static_cast<uint8_t>(end);
  };
  (append(tables), ...);
  return result;
}

/// The tables of a union's members, in the order of their types, which count from 1.
struct Union {
  template <size_t N>
  constexpr Union(const uint8_t (&array)[N]) : tables(array), num_members(N) {}

  const uint8_t* tables;
  uint8_t num_members;
};

/// A whole schema. Indices of tables and unions refer to these arrays.
struct Schema {
  /// As in Tables.
  const Field* fields;
  const uint8_t* ends;
  const Union* unions;
  /// The table at the root.
  uint8_t root;
  /// The four characters at byte 4.
  char identifier[5];
};

/// Tables may be nested this deep.
constexpr uint32_t kMaxDepth = 64;
/// Visits of tables and of elements of string vectors; a bound on time, as tables may be shared.
constexpr uint32_t kMaxVisits = 1000000;

/**
 * Whether every offset in the buffer that `schema` knows of leads to an aligned object inside the
 * buffer. A union of an unknown type is not looked into.
 * @param data aligned for the largest scalar.
 */
bool verify(const void* data, size_t size, const Schema& schema);

}  // namespace flatbuffer
}  // namespace runtime
}  // namespace executorch
