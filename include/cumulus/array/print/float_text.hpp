// SPDX-License-Identifier: Apache-2.0
#pragma once
// Floating-point numbers as text the way NumPy writes them: alone, or in a column with common
// widths. Called by array/print.hpp.

#include <charconv>
#include <climits>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "cumulus/array/print/print_options.hpp"
#include "cumulus/core/float16.hpp"
#include "cumulus/core/plain.hpp"

namespace cumulus::inline v1 {

/// The type whose neighbouring values the digits must tell apart.
enum class float_format { binary16, binary32, binary64 };

namespace detail {

/// The pieces of a number written with a point: "-1" "25" "+05"; no exponent in positional text.
struct number_text {
  std::string integer;
  std::string fraction;
  std::string exponent;
};

/// |value| = d.ddd * 10^exponent with no trailing zero except for the first digit.
struct decimal_digits {
  std::string digits;
  int exponent;
};

inline decimal_digits parse_scientific(char const* first, char const* last) {
  decimal_digits result{std::string(1, *first), 0};
  char const* at = first + 1;
  if (*at == '.') {
    for (++at; *at != 'e'; ++at) {
      result.digits += *at;
    }
  }
  at += at[1] == '+' ? 2 : 1;  // from_chars takes no plus sign
  std::from_chars(at, last, result.exponent);
  return result;
}

/// `fraction_digits` digits behind the point, correctly rounded.
inline decimal_digits rounded_digits(double magnitude, int fraction_digits) {
  char text[64];
  auto const end = std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific,
                                 fraction_digits);
  return parse_scientific(text, end.ptr);
}

/// The next larger decimal of as many digits.
inline decimal_digits next_decimal(decimal_digits d) {
  std::size_t at = d.digits.size();
  while (at > 0 && d.digits[at - 1] == '9') {
    d.digits[--at] = '0';
  }
  if (at > 0) {
    ++d.digits[at - 1];
  } else {
    d.digits.front() = '1';
    ++d.exponent;
  }
  return d;
}

inline bool rounds_to_half(decimal_digits const& d, double magnitude) {
  std::string const text =
      d.digits.substr(0, 1) + "." + d.digits.substr(1) + "e" + std::to_string(d.exponent);
  double read = 0;
  std::from_chars(text.data(), text.data() + text.size(), read);
  return float16(read).bits == float16(magnitude).bits;
}

inline decimal_digits shortest_half_digits(double magnitude) {
  for (int digits = 0;; ++digits) {
    decimal_digits const nearest = rounded_digits(magnitude, digits);
    if (rounds_to_half(nearest, magnitude)) {
      return nearest;
    }
    // Below a power of two neighbours are closer: a farther decimal above may be the right one.
    decimal_digits const above = next_decimal(nearest);
    if (rounds_to_half(above, magnitude)) {
      return above;
    }
  }
}

/// The fewest digits that only this value of the format rounds to.
inline decimal_digits shortest_digits(double magnitude, float_format format) {
  char text[64];
  char* const end = text + sizeof text;
  auto const style = std::chars_format::scientific;
  std::to_chars_result done{};
  if (format == float_format::binary64) {
    done = std::to_chars(text, end, magnitude, style);
  } else if (format == float_format::binary32) {
    done = std::to_chars(text, end, static_cast<float>(magnitude), style);
  } else {
    return shortest_half_digits(magnitude);
  }
  return parse_scientific(text, done.ptr);
}

inline std::string sign_text(double value, bool plus) {
  return std::signbit(value) ? "-" : (plus ? "+" : "");
}

inline void trim_zeros(std::string& fraction) {
  fraction.erase(fraction.find_last_not_of('0') + 1);
}

/// Digits behind the point: as many as tell the value apart, but at least `least` (then exact, not
/// zeros) and at most `most`. The exponent has two digits or more.
inline number_text scientific_text(double value, float_format format, int least, int most,
                                   bool plus) {
  double const magnitude = std::fabs(value);
  decimal_digits d = shortest_digits(magnitude, format);
  int const fraction_digits = static_cast<int>(d.digits.size()) - 1;
  if (fraction_digits > most || fraction_digits < least) {
    d = rounded_digits(magnitude, fraction_digits > most ? most : least);
  }
  std::string fraction = d.digits.substr(1);
  if (least == 0) {
    trim_zeros(fraction);
  }
  std::string const exponent = std::to_string(d.exponent < 0 ? -d.exponent : d.exponent);
  return {sign_text(value, plus) + d.digits[0], fraction,
          (d.exponent < 0 ? "-" : "+") + std::string(exponent.size() < 2 ? "0" : "") + exponent};
}

/// Digits behind the point: as many as tell the value apart, at most `most`, no trailing zeros.
/// Those before it are exact where `exact` is set, else zeros may follow the ones that matter.
inline number_text positional_text(double value, float_format format, int most, bool plus,
                                   bool exact) {
  double const magnitude = std::fabs(value);
  decimal_digits d = shortest_digits(magnitude, format);
  if (exact && static_cast<int>(d.digits.size()) <= d.exponent) {
    d = rounded_digits(magnitude, d.exponent);
  }
  int const count = static_cast<int>(d.digits.size());
  number_text result;
  if (count - 1 - d.exponent > most) {
    std::string text(static_cast<std::size_t>(most) + 400, '\0');
    auto const end = std::to_chars(text.data(), text.data() + text.size(), magnitude,
                                   std::chars_format::fixed, most);
    text.erase(static_cast<std::size_t>(end.ptr - text.data()));
    auto const point = text.find('.');
    result.integer = text.substr(0, point);
    result.fraction = point == std::string::npos ? "" : text.substr(point + 1);
  } else if (d.exponent < 0) {
    result.integer = "0";
    result.fraction = std::string(static_cast<std::size_t>(-d.exponent - 1), '0') + d.digits;
  } else {
    std::string digits = d.digits;
    std::size_t const whole = static_cast<std::size_t>(d.exponent) + 1;
    digits.append(whole > digits.size() ? whole - digits.size() : 0, '0');
    result.integer = digits.substr(0, whole);
    result.fraction = digits.substr(whole);
  }
  trim_zeros(result.fraction);
  result.integer.insert(0, sign_text(value, plus));
  return result;
}

inline std::string non_finite_text(double value, bool plus) {
  return std::isnan(value) ? (plus ? "+nan" : "nan") : sign_text(value, plus) + "inf";
}

}  // namespace detail

/// A number alone, as NumPy's str() of a scalar: "1.0", "1e+16", "nan". `bare` leaves ".0" out.
inline std::string scalar_text(double value, float_format format, bool bare = false,
                               bool plus = false) {
  if (!std::isfinite(value)) {
    return detail::non_finite_text(value, plus);
  }
  double const magnitude = std::fabs(value);
  if (magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16)) {
    auto const t = detail::positional_text(value, format, INT_MAX, plus, false);
    return t.integer + (bare && t.fraction.empty() ? "" : ".") +
           (t.fraction.empty() && !bare ? "0" : t.fraction);
  }
  auto const t = detail::scientific_text(value, format, 0, INT_MAX, plus);
  return t.integer + (t.fraction.empty() ? "" : ".") + t.fraction + "e" + t.exponent;
}

/// How the numbers of one array are written: NumPy's floatmode 'maxprec'. All finite ones have the
/// point in the same column.
class float_column {
 public:
  float_column(std::span<double const> values, float_format format, print_options const& options,
               bool plus)
      : format_(format), plus_(plus), precision_(options.precision) {
    choose_notation(values, options.suppress_small);
    std::size_t left = 0;
    std::size_t right = 0;
    std::size_t exponent = 0;
    std::size_t finite = 0;
    bool negative_infinity = plus;
    for (double v : values) {
      if (!std::isfinite(v)) {
        negative_infinity = negative_infinity || (std::isinf(v) && v < 0);
        continue;
      }
      ++finite;
      auto const t = scientific_ ? detail::scientific_text(v, format, 0, precision_, plus)
                                 : detail::positional_text(v, format, precision_, plus, true);
      left = plain::max(left, t.integer.size());
      right = plain::max(right, t.fraction.size());
      exponent = plain::max(exponent, t.exponent.size());
    }
    if (scientific_) {
      precision_ = static_cast<int>(right);
      exponent_digits_ = exponent - 1;
      right += exponent + 1;
    }
    if (finite != values.size()) {
      std::size_t const widest = plain::max<std::size_t>(3, 3 + (negative_infinity ? 1 : 0));
      left = plain::max(left, widest > right + 1 ? widest - right - 1 : 0);
    }
    left_ = left;
    right_ = right;
  }

  std::string text(double value) const {
    if (!std::isfinite(value)) {
      std::string const name = detail::non_finite_text(value, plus_);
      std::size_t const width = left_ + right_ + 1;
      return std::string(width > name.size() ? width - name.size() : 0, ' ') + name;
    }
    auto t = scientific_ ? detail::scientific_text(value, format_, precision_, precision_, plus_)
                         : detail::positional_text(value, format_, precision_, plus_, true);
    std::string result(left_ - t.integer.size(), ' ');
    result += t.integer + "." + t.fraction;
    if (scientific_) {
      t.exponent.insert(1, exponent_digits_ - (t.exponent.size() - 1), '0');
      return result + "e" + t.exponent;
    }
    return result + std::string(right_ - t.fraction.size(), ' ');
  }

 private:
  /// Powers of ten where plain digits would be long or lose the small values, compared in the
  /// array's own type as NumPy does.
  void choose_notation(std::span<double const> values, bool suppress_small) {
    double largest = 0;
    double smallest = INFINITY;
    for (double v : values) {
      double const magnitude = std::fabs(v);
      if (std::isfinite(magnitude) && magnitude != 0) {
        largest = plain::max(largest, magnitude);
        smallest = plain::min(smallest, magnitude);
      }
    }
    bool const small = smallest < rounded(1e-4) || rounded(largest / smallest) > 1000;
    scientific_ = largest >= 1e8 || (largest > 0 && !suppress_small && small);
  }

  double rounded(double value) const {
    switch (format_) {
      case float_format::binary16:
        return static_cast<double>(static_cast<float>(float16(value)));
      case float_format::binary32:
        return static_cast<double>(static_cast<float>(value));
      default:
        return value;
    }
  }

  float_format format_;
  bool plus_;
  int precision_;
  bool scientific_ = false;
  std::size_t left_ = 0;             ///< columns before the point
  std::size_t right_ = 0;            ///< columns behind it
  std::size_t exponent_digits_ = 0;  ///< of the longest exponent
};

}  // namespace cumulus::inline v1
