// SPDX-License-Identifier: Apache-2.0
#pragma once
// The exceptions of the library. All derive from `error`, a std::runtime_error; messages read
// `function: expected …, got …` and name every shape, axis and type involved. They are put together
// out of line: where one is thrown, only its parts are listed.

#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "cumulus/core/config.hpp"

namespace cumulus::inline v1 {

struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct shape_error : error {
  using error::error;
};
struct axis_error : error {
  using error::error;
};
struct index_error : error {
  using error::error;
};
struct dtype_error : error {
  using error::error;
};
struct value_error : error {
  using error::error;
};
struct out_of_memory : error {
  using error::error;
};
struct cuda_error : error {
  using error::error;
};
/// A vendor library (BLAS, netCDF, …) reported a failure.
struct library_error : error {
  using error::error;
};
struct io_error : error {
  using error::error;
};

// Labelled arrays.
struct dim_error : error {
  using error::error;
};
struct coord_error : error {
  using error::error;
};
struct unit_error : error {
  using error::error;
};
struct calendar_error : error {
  using error::error;
};

/// A part of a message: words, a number, or a list such as a shape.
class message_part {
 public:
  message_part(char const* words) : words_(words) {}
  message_part(std::string const& words) : words_(words.c_str()) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  message_part(Number number) {
    if constexpr (std::is_floating_point_v<Number>) {
      what_ = kind::real;
      real_ = number;
    } else {
      what_ = std::is_signed_v<Number> ? kind::integer : kind::natural;
      integer_ = static_cast<index_t>(number);
    }
  }
  /// "(96, 192)", "(3,)" and "()" as Python writes tuples.
  message_part(index_t const* list, int length) : what_(kind::list), list_(list), length_(length) {}

  /// Writes to `at` with room for `room` characters and a 0; returns how many were written.
  int write(char* at, int room) const {
    switch (what_) {
      case kind::words:
        return written(std::snprintf(at, room + 1u, "%s", words_), room);
      case kind::integer:
        return written(std::snprintf(at, room + 1u, "%lld", static_cast<long long>(integer_)),
                       room);
      case kind::natural:
        return written(
            std::snprintf(at, room + 1u, "%llu", static_cast<unsigned long long>(integer_)), room);
      case kind::real:
        return written(std::snprintf(at, room + 1u, "%f", real_), room);
      case kind::list:
        break;
    }
    int n = message_part("(").write(at, room);
    for (int k = 0; k < length_; ++k) {
      n += message_part(k == 0 ? "" : ", ").write(at + n, room - n);
      n += message_part(list_[k]).write(at + n, room - n);
    }
    return n + message_part(length_ == 1 ? ",)" : ")").write(at + n, room - n);
  }

 private:
  enum class kind { words, integer, natural, real, list };

  static int written(int wanted, int room) { return wanted < room ? wanted : room; }

  kind what_ = kind::words;
  union {
    char const* words_;
    index_t integer_;
    double real_;
    index_t const* list_;
  };
  int length_ = 0;
};

namespace detail {

/// The parts of a message one after the other, cut off where they are too long.
struct message {
  char text[1024];
  int length = 0;

  [[gnu::cold, gnu::noinline]] message(std::initializer_list<message_part> parts) {
    text[0] = '\0';
    for (message_part const& part : parts) {
      length += part.write(text + length, static_cast<int>(sizeof(text)) - 1 - length);
    }
  }
};

}  // namespace detail

/// Throws an Error that says `parts`.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] void raise(std::initializer_list<message_part> parts) {
  throw Error(detail::message(parts).text);
}

}  // namespace cumulus::inline v1
