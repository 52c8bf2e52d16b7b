// SPDX-License-Identifier: Apache-2.0
#pragma once
// The text of an array of the host: its elements as words, laid out. Called by array/print.hpp.

#include "cumulus/array/print/array_text.hpp"
#include "cumulus/array/print/float_text.hpp"
#include "cumulus/core/error.hpp"
#include "cumulus/core/plain.hpp"
#include "cumulus/expr/elementary.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// The words of a column, right-aligned.
inline void align_right(std::vector<std::string>& words) {
  std::size_t width = 0;
  for (std::string const& word : words) {
    width = plain::max(width, word.size());
  }
  for (std::string& word : words) {
    word.insert(0, width - word.size(), ' ');
  }
}

inline std::vector<std::string> float_words(std::vector<double> const& values, float_format format,
                                            print_options const& options, bool scalar) {
  std::vector<std::string> words;
  if (scalar) {
    words.push_back(scalar_text(values[0], format));
    return words;
  }
  float_column const column(values, format, options, false);
  for (double v : values) {
    words.push_back(column.text(v));
  }
  return words;
}

inline std::vector<std::string> complex_words(std::vector<double> const& re,
                                              std::vector<double> const& im, float_format format,
                                              print_options const& options, bool scalar) {
  std::vector<std::string> words;
  if (scalar) {
    bool const imaginary = re[0] == 0 && !std::signbit(re[0]);
    words.push_back(imaginary ? scalar_text(im[0], format, true) + "j"
                              : "(" + scalar_text(re[0], format, true) +
                                    scalar_text(im[0], format, true, true) + "j)");
    return words;
  }
  float_column const real(re, format, options, false);
  float_column const imag(im, format, options, true);
  for (std::size_t i = 0; i < re.size(); ++i) {
    std::string word = real.text(re[i]) + imag.text(im[i]);
    word.insert(word.find_last_not_of(' ') + 1, 1, 'j');
    words.push_back(std::move(word));
  }
  return words;
}

template <class T> constexpr float_format float_format_of() {
  return sizeof(T) == 8               ? float_format::binary64
         : std::is_same_v<T, float16> ? float_format::binary16
                                      : float_format::binary32;
}

/// The elements at `offsets` as words of equal width.
template <dtype T>
std::vector<std::string> element_words(T const* data, std::vector<index_t> const& offsets,
                                       print_options const& options, bool scalar) {
  if constexpr (complex_floating<T>) {
    std::vector<double> re;
    std::vector<double> im;
    for (index_t const i : offsets) {
      re.push_back(static_cast<double>(data[i].re));
      im.push_back(static_cast<double>(data[i].im));
    }
    return complex_words(re, im, float_format_of<real_t<T>>(), options, scalar);
  } else if constexpr (real_floating<T>) {
    std::vector<double> values;
    for (index_t const i : offsets) {
      values.push_back(static_cast<double>(static_cast<compute_t<T>>(data[i])));
    }
    return float_words(values, float_format_of<T>(), options, scalar);
  } else {
    std::vector<std::string> words;
    for (index_t const i : offsets) {
      if constexpr (boolean<T>) {
        words.push_back(data[i] ? (scalar ? "True" : " True") : "False");
      } else {
        words.push_back(std::to_string(data[i]));
      }
    }
    if constexpr (!boolean<T>) {
      align_right(words);
    }
    return words;
  }
}

template <dtype T>
std::string host_text(T const* data, shape const& s, strides const& st,
                      print_options const& options) {
  if (options.precision < 0 || options.threshold < 0 || options.edgeitems < 1) {
    raise<value_error>(
        {"to_string: expected precision >= 0, threshold >= 0 and edgeitems >= 1, got ",
         options.precision, ", ", options.threshold, " and ", options.edgeitems});
  }
  if (s.size() == 0) {
    return "[]";
  }
  bool const summarised = s.size() > options.threshold;
  auto const words =
      element_words(data, written_offsets(s, st, summarised, options), options, s.rank() == 0);
  return array_text(s, words, summarised, options).text();
}

}  // namespace detail

}  // namespace cumulus::inline CUMULUS_TARGET
