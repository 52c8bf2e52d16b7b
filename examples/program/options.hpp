// SPDX-License-Identifier: Apache-2.0
#pragma once
// What reading a command line with getopt_long needs besides: errors in words, paths compared, and
// the file that is named.

#include <getopt.h>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "cumulus/core/error.hpp"

namespace program {

namespace cm = cumulus;

/// Whether two paths are one file, or will be.
inline bool is_same_file(std::filesystem::path const& a, std::filesystem::path const& b) {
  std::error_code no_a;
  std::error_code no_b;
  if (std::filesystem::equivalent(a, b, no_a)) {
    return true;
  }
  no_a.clear();
  auto const whole_a = std::filesystem::weakly_canonical(std::filesystem::absolute(a, no_a), no_a);
  auto const whole_b = std::filesystem::weakly_canonical(std::filesystem::absolute(b, no_b), no_b);
  return !no_a && !no_b && whole_a == whole_b;
}

/// What is wrong where getopt_long stopped with this code. It leaves in optopt the letter of a
/// short option, which may stand in a bundle such as -xh, or the number of a long one that it
/// knows.
inline cm::value_error command_line_error(int code, char* const* argv) {
  std::string const word = argv[optind - 1];
  std::string const begin = "command line: ";
  if (code == ':') {
    return cm::value_error(begin + "expected a value after " + word);
  }
  if (optopt > 0 && optopt < ' ') {
    return cm::value_error(begin + "expected no value after " + word.substr(0, word.find('=')) +
                           ", got " + word);
  }
  bool const is_ascii = optopt >= ' ' && optopt < 127;  // else a piece of a letter
  std::string const unknown = optopt == 0 ? word
                              : is_ascii  ? std::string{'-', static_cast<char>(optopt)}
                                          : argv[optind];
  return cm::value_error(begin + "unknown option " + unknown + "; --help lists them");
}

/// The FILE behind the options, if there is one.
/// Throws: value_error if there are two.
inline std::optional<std::filesystem::path> the_one_file(int argc, char* const* argv) {
  if (optind + 1 < argc) {
    throw cm::value_error("command line: expected one FILE, got '" + std::string(argv[optind]) +
                          "' and '" + argv[optind + 1] + "'");
  }
  return optind < argc ? std::optional<std::filesystem::path>(argv[optind]) : std::nullopt;
}

}  // namespace program
