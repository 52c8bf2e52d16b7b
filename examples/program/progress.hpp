// SPDX-License-Identifier: Apache-2.0
#pragma once
// Progress of long work on standard error; short work stays silent. Where progress is reported the
// work may also be interrupted.

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "interruption.hpp"

namespace program {

/// Says how far the work is, once it has taken a while.
class progress {
 public:
  using clock = std::chrono::steady_clock;

  /// Nothing is said in the first `silence`, then at most once in `pause`.
  struct timing {
    clock::duration silence = std::chrono::milliseconds(1500);
    clock::duration pause = std::chrono::milliseconds(3000);
  };

  /// `steps` is all the work, in any unit. A terminal's line is rewritten; a log gets few lines.
  explicit progress(double steps)
      : progress(
            steps,
            isatty(STDERR_FILENO) == 1 ? timing{.pause = std::chrono::milliseconds(200)} : timing{},
            stderr) {}
  progress(double steps, timing when, std::FILE* to)
      : steps_(steps), to_(to), pause_(when.pause), next_(clock::now() + when.silence) {
    in_place_ = isatty(fileno(to)) == 1;
  }
  progress(progress const&) = delete;
  progress& operator=(progress const&) = delete;
  ~progress() { clear(); }

  /// Says what is being done now. Throws: interrupted (so does advance).
  void begin(std::string what) {
    what_ = std::move(what);
    report();
  }
  /// Counts finished work.
  void advance(double steps) {
    done_ += steps;
    report();
  }
  /// Takes the line away from a terminal.
  void clear() {
    if (in_place_ && shown_) {
      std::fputs("\r\033[K", to_);
      std::fflush(to_);
      shown_ = false;
    }
  }

 private:
  void report() {
    throw_if_interrupted();
    auto const now = clock::now();
    if (now < next_) {
      return;
    }
    next_ = now + pause_;
    double const percent = steps_ > 0 ? 100 * done_ / steps_ : 0;
    std::fprintf(to_, "%s%3.0f %%  %s%s", in_place_ ? "\r\033[K" : "", percent, what_.c_str(),
                 in_place_ ? "" : "\n");
    std::fflush(to_);
    shown_ = true;
  }

  double steps_;
  double done_ = 0;
  std::string what_;
  std::FILE* to_;
  clock::duration pause_;
  clock::time_point next_;
  bool in_place_ = false;
  bool shown_ = false;
};

}  // namespace program
