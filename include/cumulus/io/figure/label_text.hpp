// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text as a figure shows it: valid UTF-8 whatever a file's attribute holds, true minus signs, and
// raised exponents in units. Called by the tick labels and the panels.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

#include "cumulus/core/config.hpp"

namespace cumulus::inline v1::plot {

// Of this instruction set: the code that makes loops.
inline namespace CUMULUS_TARGET {

namespace detail {

// Bytes of the well-formed UTF-8 sequence at the start of `text`; 0 if it is none (Unicode, table
// 3-7).
inline std::size_t utf8_sequence(std::string_view text) {
  auto byte = [&](std::size_t i) { return i < text.size() ? text[i] & 0xFF : 0; };
  auto follows = [&](std::size_t i, int low, int high) {
    return byte(i) >= low && byte(i) <= high;
  };
  int const lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return follows(1, 0x80, 0xBF) ? 2 : 0;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    int const low = lead == 0xE0 ? 0xA0 : 0x80;
    int const high = lead == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    int const low = lead == 0xF0 ? 0x90 : 0x80;
    int const high = lead == 0xF4 ? 0x8F : 0xBF;
    bool const tail = follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF);
    return follows(1, low, high) && tail ? 4 : 0;
  }
  return 0;
}

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace detail

/// The text as valid UTF-8 on one line: bytes that are no UTF-8 are read as Latin-1 (older files
/// write ° so), control characters become spaces.
inline std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t const length = detail::utf8_sequence(text);
    int const first = text[0] & 0xFF;
    if (length == 0) {
      out += static_cast<char>(0xC0 | (first >> 6));
      out += static_cast<char>(0x80 | (first & 0x3F));
    } else if (first < 0x20 || first == 0x7F) {
      out += ' ';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

/// The integer as raised digits: -12 gives ⁻¹².
inline std::string superscript(std::string_view integer) {
  constexpr std::string_view raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out;
  for (char c : integer) {
    out += c == '-' ? std::string_view("⁻") : raised[c - '0'];
  }
  return out;
}

/// Units of a file as text for a figure: "m s-1" and "m s^-1" become "m s⁻¹", "m2" becomes "m²",
/// "degC" and "Deg C" become "°C". A digit after any other letters stays: it may be no exponent
/// ("CO2").
inline std::string pretty_units(std::string_view units) {
  std::string const text = printable(units);
  std::string lower;
  for (char c : text) {
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '_' ? ' ' : c;
  }
  for (char const* celsius : {"degc", "deg c", "degree c", "degrees c", "celsius", "deg celsius",
                              "degree celsius", "degrees celsius"}) {
    if (lower == celsius) {
      return "°C";
    }
  }
  std::string out;
  std::string word;
  for (std::size_t i = 0; i < text.size();) {
    if (detail::is_letter(text[i])) {
      word += text[i];
      out += text[i++];
      continue;
    }
    std::size_t sign = i;
    while (sign < text.size() && (text[sign] == '^' || text[sign] == '*') && sign < i + 2) {
      ++sign;
    }
    std::size_t digits = sign + (sign < text.size() && text[sign] == '-' ? 1 : 0);
    std::size_t end = digits;
    while (end < text.size() && detail::is_digit(text[end])) {
      ++end;
    }
    bool const length_or_time =
        word == "m" || word == "km" || word == "cm" || word == "mm" || word == "s" || word == "K";
    bool const marked = digits > i && text.substr(i, sign - i) != "*";
    if (end > digits && !word.empty() && (marked || length_or_time)) {
      out += superscript(std::string_view(text).substr(sign, end - sign));
      i = end;
    } else {
      out += text[i++];
    }
    word.clear();
  }
  return out;
}

/// Printable text for a font that has ASCII alone: minus signs, dashes and exponents become "-" and
/// plain digits, "°" goes, what else is not ASCII becomes "?".
inline std::string in_ascii(std::string_view text) {
  constexpr std::string_view plain[][2] = {
      {"⁰", "0"}, {"¹", "1"}, {"²", "2"}, {"³", "3"}, {"⁴", "4"},  {"⁵", "5"}, {"⁶", "6"},
      {"⁷", "7"}, {"⁸", "8"}, {"⁹", "9"}, {"⁻", "-"}, {"−", "-"},  {"–", "-"}, {"—", "-"},
      {"×", "x"}, {"°", ""},  {"µ", "u"}, {"μ", "u"}, {"…", "..."}};
  std::string out;
  while (!text.empty()) {
    std::size_t const length = std::max<std::size_t>(detail::utf8_sequence(text), 1);
    std::string_view shown = length == 1 ? text.substr(0, 1) : "?";
    for (auto const& [character, ascii] : plain) {
      shown = text.substr(0, length) == character ? ascii : shown;
    }
    out += shown;
    text.remove_prefix(length);
  }
  return out;
}

/// A number with a fixed count of decimals and a true minus sign, the same in every locale.
inline std::string fixed_number(double value, int decimals) {
  char digits[400];
  auto const result =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals);
  std::string_view const text(digits, static_cast<std::size_t>(result.ptr - digits));
  bool const zero = text.find_first_of("123456789") == text.npos;
  if (text.front() == '-') {
    return (zero ? "" : "−") + std::string(text.substr(1));
  }
  return std::string(text);
}

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::plot
