// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/pytree/pytree.h>

#include <cctype>
#include <numeric>

namespace executorch {
namespace extension {
namespace pytree {

using runtime::Result;

namespace {

constexpr size_t kMaxDepth = 64;

// Reads a text from left to right. After the first thing that does not belong there, ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return position_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  size_t position() const { return position_; }
  size_t remaining() const { return text_.size() - position_; }
  void fail() { ok_ = false; }

  // Whether the next character is this one, which is then passed.
  bool take(char c) {
    const bool found = ok_ && !at_end() && text_[position_] == c;
    position_ += found ? 1 : 0;
    return found;
  }

  void expect(char c) { ok_ = take(c) && ok_; }

  size_t number() {
    size_t value = 0;
    bool has_digits = false;
    while (ok_ && std::isdigit(static_cast<unsigned char>(peek())) != 0) {
      has_digits = true;
      const auto digit = static_cast<size_t>(peek() - '0');
      if (value > (SIZE_MAX - digit) / 10) {
        fail();
        break;
      }
      value = value * 10 + digit;
      ++position_;
    }
    ok_ = ok_ && has_digits;
    return value;
  }

  // Up to `end`, which is passed.
  std::string until(char end) {
    const size_t found = text_.find(end, position_);
    if (!ok_ || found == std::string_view::npos) {
      fail();
      return "";
    }
    std::string result(text_.substr(position_, found - position_));
    position_ = found + 1;
    return result;
  }

  void skip_space() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(peek())) != 0) {
      ++position_;
    }
  }

 private:
  std::string_view text_;
  size_t position_ = 0;
  bool ok_ = true;
};

// --- The compact form ----------------------------------------------------------------------------

TreeSpec read_compact(Reader& reader, size_t depth) {
  TreeSpec spec;
  if (depth == kMaxDepth) {
    reader.fail();
  }
  if (!reader.ok() || reader.take('$')) {
    return spec;
  }
  if (reader.take('L')) {
    spec.kind = Kind::List;
  } else if (reader.take('T')) {
    spec.kind = Kind::Tuple;
  } else if (reader.take('N')) {
    spec.kind = Kind::NamedTuple;
  } else if (reader.take('D')) {
    spec.kind = Kind::Dict;
  } else if (reader.take('C')) {
    spec.kind = Kind::Custom;
    reader.expect('(');
    spec.custom_type = reader.until(')');
  } else {
    reader.fail();
    return spec;
  }
  const size_t count = reader.number();
  std::vector<size_t> leaves;
  // Each child takes more than one character: a count that is too large is noticed here.
  for (size_t i = 0; reader.ok() && i < count && count <= reader.remaining(); ++i) {
    reader.expect('#');
    leaves.push_back(reader.number());
  }
  reader.expect('(');
  for (size_t i = 0; reader.ok() && i < count; ++i) {
    if (i > 0) {
      reader.expect(',');
    }
    if (spec.kind == Kind::Dict) {
      if (reader.take('\'')) {
        spec.keys.emplace_back(reader.until('\''));
      } else {
        spec.keys.emplace_back(static_cast<int64_t>(reader.number()));
      }
      reader.expect(':');
    }
    spec.children.push_back(read_compact(reader, depth + 1));
    if (i >= leaves.size() || spec.children.back().leaves_num() != leaves[i]) {
      reader.fail();
    }
  }
  reader.expect(')');
  return spec;
}

void write_compact(const TreeSpec& spec, std::string& text) {
  switch (spec.kind) {
    case Kind::Leaf:
      text += '$';
      return;
    case Kind::List:
      text += 'L';
      break;
    case Kind::Dict:
      text += 'D';
      break;
    case Kind::NamedTuple:
      text += 'N';
      break;
    case Kind::Custom:
      text += "C(" + spec.custom_type + ")";
      break;
    default:  // None is a container without children.
      text += 'T';
  }
  text += std::to_string(spec.children.size());
  for (const TreeSpec& child : spec.children) {
    text += "#" + std::to_string(child.leaves_num());
  }
  text += '(';
  for (size_t i = 0; i < spec.children.size(); ++i) {
    text += i > 0 ? "," : "";
    if (spec.kind == Kind::Dict) {
      const Key& key = spec.keys[i];
      text += (key.is_int() ? std::to_string(key.as_int()) : "'" + key.as_str() + "'") + ":";
    }
    write_compact(spec.children[i], text);
  }
  text += ')';
}

// --- torch's JSON --------------------------------------------------------------------------------

std::string read_json_string(Reader& reader) {
  std::string text;
  reader.expect('"');
  while (reader.ok() && !reader.take('"')) {
    if (reader.at_end()) {
      reader.fail();
    } else if (reader.take('\\')) {
      const char escaped = reader.peek();
      text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
      reader.take(escaped);
    } else {
      const char c = reader.peek();
      text += c;
      reader.take(c);
    }
  }
  return text;
}

// A string, or null as "".
std::string read_json_string_or_null(Reader& reader) {
  if (reader.peek() != 'n') {
    return read_json_string(reader);
  }
  for (const char c : {'n', 'u', 'l', 'l'}) {
    reader.expect(c);
  }
  return "";
}

// The context of a dictionary: the JSON list of its keys.
std::vector<Key> read_keys(const std::string& context) {
  std::vector<Key> keys;
  Reader reader(context);
  reader.expect('[');
  reader.skip_space();
  while (reader.ok() && !reader.take(']')) {
    if (!keys.empty()) {
      reader.expect(',');
      reader.skip_space();
    }
    if (reader.peek() == '"') {
      keys.emplace_back(read_json_string(reader));
    } else {
      keys.emplace_back(static_cast<int64_t>(reader.number()));
    }
    reader.skip_space();
  }
  return reader.ok() ? keys : std::vector<Key>();
}

Kind kind_of(const std::string& type) {
  return type.empty()                       ? Kind::Leaf
         : type == "builtins.list"          ? Kind::List
         : type == "builtins.tuple"         ? Kind::Tuple
         : type == "collections.namedtuple" ? Kind::NamedTuple
         : type == "builtins.dict" || type == "collections.OrderedDict" ||
                 type == "collections.defaultdict"
             ? Kind::Dict
             : Kind::Custom;
}

TreeSpec read_json(Reader& reader, size_t depth) {
  TreeSpec spec;
  std::string type;
  std::string context;
  if (depth == kMaxDepth) {
    reader.fail();
  }
  reader.skip_space();
  reader.expect('{');
  bool is_first = true;
  for (reader.skip_space(); reader.ok() && !reader.take('}'); reader.skip_space()) {
    if (!is_first) {
      reader.expect(',');
      reader.skip_space();
    }
    is_first = false;
    const std::string name = read_json_string(reader);
    reader.skip_space();
    reader.expect(':');
    reader.skip_space();
    if (name == "type") {
      type = read_json_string_or_null(reader);
    } else if (name == "context") {
      context = read_json_string_or_null(reader);
    } else if (name == "children_spec") {
      reader.expect('[');
      for (reader.skip_space(); reader.ok() && !reader.take(']'); reader.skip_space()) {
        if (!spec.children.empty()) {
          reader.expect(',');
        }
        spec.children.push_back(read_json(reader, depth + 1));
      }
    } else {
      reader.fail();
    }
  }
  spec.kind = kind_of(type);
  if (spec.kind == Kind::Dict) {
    spec.keys = read_keys(context);
    if (spec.keys.size() != spec.children.size()) {
      reader.fail();
    }
  } else if (spec.kind == Kind::Custom) {
    spec.custom_type = type;
  } else if (spec.kind == Kind::Leaf && !spec.children.empty()) {
    reader.fail();
  }
  return spec;
}

}  // namespace

size_t TreeSpec::leaves_num() const {
  if (is_leaf()) {
    return 1;
  }
  return std::accumulate(
      children.begin(), children.end(), size_t{0},
      [](size_t sum, const TreeSpec& child) { return sum + child.leaves_num(); });
}

Result<TreeSpec> from_str(std::string_view text) {
  Reader reader(text);
  TreeSpec spec;
  if (reader.take('[')) {
    reader.number();  // the version
    reader.skip_space();
    reader.expect(',');
    spec = read_json(reader, 0);
    reader.skip_space();
    reader.expect(']');
  } else {
    spec = read_compact(reader, 0);
  }
  ET_CHECK_OR_RETURN_ERROR(reader.ok() && reader.at_end(), InvalidArgument,
                           "the description of a tree is damaged at character %zu of %zu",
                           reader.position(), text.size());
  return spec;
}

std::string to_str(const TreeSpec& spec) {
  std::string text;
  write_compact(spec, text);
  return text;
}

}  // namespace pytree
}  // namespace extension
}  // namespace executorch
