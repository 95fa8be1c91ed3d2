// SPDX-License-Identifier: BSD-3-Clause

#include "npy.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "flags.h"

using executorch::aten::ScalarType;

namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicSize = 6;

struct TypeName {
  ScalarType type;
  const char* descr;
};
constexpr TypeName kTypeNames[] = {
    {ScalarType::Byte, "|u1"},           {ScalarType::Char, "|i1"},
    {ScalarType::Short, "<i2"},          {ScalarType::Int, "<i4"},
    {ScalarType::Long, "<i8"},           {ScalarType::Half, "<f2"},
    {ScalarType::Float, "<f4"},          {ScalarType::Double, "<f8"},
    {ScalarType::Bool, "|b1"},           {ScalarType::UInt16, "<u2"},
    {ScalarType::UInt32, "<u4"},         {ScalarType::UInt64, "<u8"},
    {ScalarType::BFloat16, "<u2"},       {ScalarType::ComplexFloat, "<c8"},
    {ScalarType::ComplexDouble, "<c16"},
};

// What follows "'key':" in a Python dictionary, up to the end of the text; "" if it is not there.
std::string after_key(const std::string& dictionary, const char* key) {
  const size_t at = dictionary.find("'" + std::string(key) + "'");
  const size_t colon = at == std::string::npos ? at : dictionary.find(':', at);
  if (colon == std::string::npos) {
    return "";
  }
  const size_t begin = dictionary.find_first_not_of(' ', colon + 1);
  return begin == std::string::npos ? "" : dictionary.substr(begin);
}

}  // namespace

bool is_npy(const char* data, size_t size) {
  return size >= kMagicSize && std::memcmp(data, kMagic, kMagicSize) == 0;
}

NpyArray parse_npy(const char* data, size_t size, const std::string& path) {
  const auto damaged = [&](const char* what) { fail("'" + path + "': " + what); };
  const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(data[i])); };
  if (!is_npy(data, size) || size < kMagicSize + 4) {
    damaged("not an .npy file");
  }
  size_t header_begin = kMagicSize + 4;
  size_t header_size = byte(kMagicSize + 2) | byte(kMagicSize + 3) << 8;
  if (byte(kMagicSize) > 1) {
    header_begin += 2;
    if (size < header_begin) {
      damaged("the header is cut off");
    }
    header_size |= byte(kMagicSize + 4) << 16 | byte(kMagicSize + 5) << 24;
  }
  if (header_size > size - header_begin) {
    damaged("the header is cut off");
  }
  const std::string header(data + header_begin, header_size);
  NpyArray array;
  array.offset = header_begin + header_size;

  const std::string descr = after_key(header, "descr");
  const size_t quote = descr.find('\'', 1);
  if (descr.empty() || descr[0] != '\'' || quote == std::string::npos) {
    damaged("the header has no element type, or one with fields");
  }
  array.descr = descr.substr(1, quote - 1);
  if (after_key(header, "fortran_order").rfind("False", 0) != 0) {
    damaged("the elements are in Fortran's order; save numpy.ascontiguousarray() of it");
  }
  const std::string shape = after_key(header, "shape");
  const size_t end = shape.find(')');
  if (shape.empty() || shape[0] != '(' || end == std::string::npos) {
    damaged("the header has no shape");
  }
  const char* digits = std::strrchr(array.descr.c_str(), array.descr.back());
  while (digits > array.descr.c_str() && std::isdigit(static_cast<unsigned char>(digits[-1]))) {
    --digits;
  }
  size_t nbytes = static_cast<size_t>(std::strtoul(digits, nullptr, 10));
  for (size_t i = 1; i < end;) {
    char* after = nullptr;
    const long value = std::strtol(shape.c_str() + i, &after, 10);
    const auto next = static_cast<size_t>(after - shape.c_str());
    if (next == i) {
      break;  // the end, or the space before it
    }
    if (value < 0 || value > std::numeric_limits<int32_t>::max() ||
        __builtin_mul_overflow(nbytes, static_cast<size_t>(value), &nbytes)) {
      damaged("a size is out of range");
    }
    array.sizes.push_back(static_cast<int32_t>(value));
    i = shape.find_first_not_of(", ", next);
  }
  if (nbytes != size - array.offset) {
    damaged("there are not as many elements as the header says");
  }
  return array;
}

std::string npy_descr(ScalarType type) {
  for (const TypeName& entry : kTypeNames) {
    if (entry.type == type) {
      return entry.descr;
    }
  }
  return "";
}

std::string npy_header(const std::string& descr, const std::vector<int32_t>& sizes) {
  std::string shape;
  for (const int32_t size : sizes) {
    shape += std::to_string(size) + ",";
  }
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  // The elements start at a multiple of 64 bytes.
  const size_t before = kMagicSize + 4;
  header.append(63 - (before + header.size()) % 64, ' ');
  header += '\n';
  std::string prefix(kMagic, kMagicSize);
  prefix += '\x01';
  prefix += '\0';
  prefix += static_cast<char>(header.size() & 0xff);
  prefix += static_cast<char>(header.size() >> 8);
  return prefix + header;
}
