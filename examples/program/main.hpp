// SPDX-License-Identifier: Apache-2.0
#pragma once
// What every example's main does: the work, and an ending that a shell understands.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "error_report.hpp"
#include "interruption.hpp"

namespace program {

/// What was printed may still lie in the stream's buffer. Throws: io_error if it cannot be written.
inline void finish_printing() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw cm::io_error("cannot write to standard output");
  }
}

inline void print_written(std::filesystem::path const& path) {
  auto const bytes = static_cast<double>(std::filesystem::file_size(path));
  std::printf(bytes < 1e6 ? "Wrote %s (%.0f kB)\n" : "Wrote %s (%.1f MB)\n", path.c_str(),
              bytes < 1e6 ? bytes / 1e3 : bytes / 1e6);
}

/// Does the work of a program and gives its exit status; an error becomes a line on standard error.
template <class Work> int run(char const* name, char const* without_memory, Work const& work) {
  try {
    keep_interruptions();
    work();
    finish_printing();
    return 0;
  } catch (interrupted const& i) {
    end_by_signal(name, i);
  } catch (std::exception const& e) {
    std::fprintf(stderr, "%s\n", error_line(name, without_memory, e).c_str());
  }
  return 1;
}

}  // namespace program
