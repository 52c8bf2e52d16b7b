// SPDX-License-Identifier: Apache-2.0
#pragma once
// The header of a .npy file: a Python dictionary of the element type, the order and the shape. Read
// strictly, because the file may come from anywhere, and written byte for byte as NumPy does.

#include <bit>
#include <string>
#include <string_view>

#include "cumulus/core/dtype.hpp"
#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

/// The element type of a file: NumPy's kind character ('b', 'i', 'u', 'f' or 'c') and size.
struct npy_type {
  char kind = 0;
  int item_bytes = 0;
  bool swapped = false;  ///< the other byte order than this machine's

  bool same_values_as(npy_type const& other) const {
    return kind == other.kind && item_bytes == other.item_bytes;
  }
};

/// What a header says.
struct npy_header {
  npy_type type;
  std::string descr;  ///< the type as the file writes it
  bool fortran_order = false;
  cumulus::shape shape;
};

/// NumPy's name of a type: "float32".
inline std::string npy_type_name(npy_type const& type) {
  std::string const bits = std::to_string(type.item_bytes * 8);
  switch (type.kind) {
    case 'b':
      return "bool";
    case 'i':
      return "int" + bits;
    case 'u':
      return "uint" + bits;
    case 'f':
      return "float" + bits;
    default:
      return "complex" + bits;
  }
}

/// The type of a file that holds T; bfloat16 has none.
template <dtype T>
  requires(!std::is_same_v<T, bfloat16>)
constexpr npy_type npy_type_of() {
  char const kind = boolean<T>            ? 'b'
                    : fixed_integer<T>    ? (std::is_signed_v<T> ? 'i' : 'u')
                    : complex_floating<T> ? 'c'
                                          : 'f';
  return {kind, sizeof(T), false};
}

/// The text of a header as numpy.save writes it, padded so that the data begin at a multiple of 64
/// bytes; with the magic string, version 1.
inline std::string npy_header_text(npy_header const& header) {
  char const order = header.type.item_bytes == 1                  ? '|'
                     : std::endian::native == std::endian::little ? '<'
                                                                  : '>';
  std::string text = std::string("{'descr': '") + order + header.type.kind +
                     std::to_string(header.type.item_bytes) +
                     "', 'fortran_order': " + (header.fortran_order ? "True" : "False") +
                     ", 'shape': " + to_string(header.shape) + ", }";
  if (header.shape.rank() != 0) {  // room for the growing axis to be rewritten in place
    index_t const growing = header.fortran_order ? header.shape.back() : header.shape[0];
    text.append(21 - std::to_string(growing).size(), ' ');
  }
  std::size_t const prefix = 10;
  text.append(64 - (prefix + text.size() + 1) % 64, ' ');
  text += '\n';
  std::string result("\x93NUMPY\x01\x00", 8);
  result += static_cast<char>(text.size() & 0xff);
  result += static_cast<char>(text.size() >> 8);
  return result + text;
}

/// Reads the dictionary of a header.
class npy_header_parser {
 public:
  /// `where` begins every message: "load: 'a.npy'".
  npy_header_parser(std::string_view text, std::string const& where) : text_(text), where_(where) {}

  /// Throws: io_error if the text is not a header; dtype_error if no array has the type;
  ///         shape_error if there are more than 8 axes.
  npy_header parse() {
    npy_header header;
    bool seen[3] = {};
    expect('{');
    while (!accept('}')) {
      std::string const key = quoted();
      int const which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : 3;
      if (which == 3 || seen[which]) {
        fail("the keys 'descr', 'fortran_order' and 'shape' once each", "'" + key + "'");
      }
      seen[which] = true;
      expect(':');
      if (which == 0) {
        header.descr = type_text();
      } else if (which == 1) {
        header.fortran_order = truth();
      } else {
        header.shape = extents();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (at_ != text_.size()) {
      fail("nothing behind the header's dictionary", rest());
    }
    if (!seen[0] || !seen[1] || !seen[2]) {
      fail("the keys 'descr', 'fortran_order' and 'shape'", "fewer");
    }
    header.type = parse_type(header.descr);
    return header;
  }

 private:
  [[noreturn]] void fail(std::string const& expected, std::string const& got) const {
    throw io_error(where_ + ": expected " + expected + " in the .npy header, got " + got);
  }

  /// What comes next, short and printable, for messages.
  std::string rest() const {
    return at_ < text_.size() ? printable(text_.substr(at_, 40)) : "its end";
  }

  static std::string printable(std::string_view text) {
    std::string result;
    for (char const c : text) {
      result += c >= ' ' && c <= '~' ? c : '?';
    }
    return result;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\n\r\f").find(peek()) < 5) {
      ++at_;
    }
  }

  bool accept(char c) {
    skip_blanks();
    if (at_ < text_.size() && peek() == c) {
      ++at_;
      return true;
    }
    return false;
  }

  void expect(char c) {
    if (!accept(c)) {
      fail(std::string("'") + c + "'", rest());
    }
  }

  std::string quoted() {
    skip_blanks();
    char const quote = peek();
    auto const end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : text_.npos;
    if (end == text_.npos) {
      fail("a string", rest());
    }
    std::string_view const inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.find_first_of("\\\n") != inside.npos) {
      fail("a string without escapes", rest());
    }
    at_ = end + 1;
    return printable(inside);
  }

  /// A list means a structured type, which no array of the library can hold.
  std::string type_text() {
    skip_blanks();
    if (peek() == '[' || peek() == '(') {
      unsupported(printable(text_.substr(at_, 100)));
    }
    return quoted();
  }

  bool truth() {
    skip_blanks();
    for (bool const value : {true, false}) {
      std::string_view const word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return value;
      }
    }
    fail("True or False", rest());
  }

  cumulus::shape extents() {
    cumulus::shape result;
    int axes = 0;
    expect('(');
    while (!accept(')')) {
      index_t const extent = natural_number();
      if (++axes > max_rank) {
        throw shape_error(where_ + ": expected at most 8 axes, got more");
      }
      result.push_back(extent);
      bool const comma = accept(',');
      if (!comma) {
        expect(')');
        if (axes == 1) {
          fail("a tuple", "the number " + std::to_string(extent));
        }
        break;
      }
    }
    return result;
  }

  index_t natural_number() {
    skip_blanks();
    std::size_t const first = at_;
    index_t value = 0;
    bool fits = true;
    for (; peek() >= '0' && peek() <= '9'; ++at_) {
      fits = fits && !__builtin_mul_overflow(value, index_t{10}, &value) &&
             !__builtin_add_overflow(value, index_t{peek() - '0'}, &value);
    }
    bool const leading_zero = at_ - first > 1 && text_[first] == '0';
    if (at_ == first || leading_zero) {
      at_ = first;
      fail("an extent", rest());
    }
    if (!fits) {
      fail("extents below 2^63", printable(text_.substr(first, 40)));
    }
    return value;
  }

  [[noreturn]] void unsupported(std::string const& descr) const {
    throw dtype_error(where_ +
                      ": expected bool, int8 to int64, uint8 to uint64, float16 to float64, "
                      "complex64 or complex128, got the type " +
                      descr);
  }

  npy_type parse_type(std::string const& descr) const {
    std::string_view text = descr;
    bool const big = text.starts_with('>');
    bool const little = text.starts_with('<');
    if (big || little || text.starts_with('=') || text.starts_with('|')) {
      text.remove_prefix(1);
    }
    for (std::string_view const known :
         {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"}) {
      if (text == known) {
        int const bytes = known.size() == 3 ? 16 : known[1] - '0';
        bool const native_little = std::endian::native == std::endian::little;
        return {known[0], bytes, bytes > 1 && (native_little ? big : little)};
      }
    }
    unsupported("'" + descr + "'");
  }

  std::string_view text_;
  std::string const& where_;
  std::size_t at_ = 0;
};

}  // namespace cumulus::inline v1
