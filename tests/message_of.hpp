// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// What an exception of type Error says that f throws.
template <class Error, class F> std::string message_of(F const& f) {
  try {
    f();
  } catch (Error const& e) {
    return e.what();
  }
  return "nothing was thrown";
}
