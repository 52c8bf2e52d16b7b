// SPDX-License-Identifier: Apache-2.0
#pragma once
// The line that an error becomes on standard error.

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <typeinfo>

#include "cumulus/core/error.hpp"

namespace program {

namespace cm = cumulus;

/// The name of an error's type, as the library has it: "io_error". "error" for types that are not
/// the library's.
inline std::string kind_of_error(std::exception const& e) {
  if (dynamic_cast<std::bad_alloc const*>(&e) != nullptr) {
    return "out_of_memory";
  }
  if (dynamic_cast<cm::error const*>(&e) == nullptr) {
    return "error";
  }
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> const name(
      abi::__cxa_demangle(typeid(e).name(), nullptr, nullptr, &status), std::free);
  std::string const whole = status == 0 ? name.get() : "error";
  std::size_t const colon = whole.rfind(':');
  return colon == std::string::npos ? whole : whole.substr(colon + 1);
}

/// What a program says of an error: "climate_anomaly: io_error: …"; without memory, what would
/// help.
inline std::string error_line(std::string const& program, std::string const& without_memory,
                              std::exception const& e) {
  bool const no_memory = dynamic_cast<std::bad_alloc const*>(&e) != nullptr;
  return program + ": " + kind_of_error(e) + ": " +
         (no_memory ? "not enough memory; " + without_memory : e.what());
}

}  // namespace program
