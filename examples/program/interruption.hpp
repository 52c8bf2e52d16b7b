// SPDX-License-Identifier: Apache-2.0
#pragma once
// Ctrl-C and requests to end: the work stops at its next step, so that unfinished files are
// removed.

#include <array>
#include <csignal>
#include <cstdio>

namespace program {

/// Thrown in the middle of the work. No std::exception: nothing on its way may take it for a reason
/// to go on without a variable.
struct interrupted {
  int signal;
};

namespace detail {
inline std::sig_atomic_t volatile signal_that_came = 0;
}

/// From now on SIGINT, SIGTERM and SIGHUP, unless ignored, are kept for throw_if_interrupted. The
/// second one ends the program at once.
inline void keep_interruptions() {
  for (int const signal : std::array{SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      struct sigaction kept{};
      kept.sa_handler = [](int came) { detail::signal_that_came = came; };
      kept.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
      sigemptyset(&kept.sa_mask);
      sigaction(signal, &kept, nullptr);
    }
  }
}

/// Throws: interrupted, if a signal has come.
inline void throw_if_interrupted() {
  if (detail::signal_that_came != 0) {
    throw interrupted{detail::signal_that_came};
  }
}

/// Ends the program as the signal would have, for the shell that waits for it.
inline void end_by_signal(char const* program, interrupted const& i) {
  std::fprintf(stderr, "%s: interrupted, nothing is written\n", program);
  std::signal(i.signal, SIG_DFL);
  std::raise(i.signal);
}

}  // namespace program
