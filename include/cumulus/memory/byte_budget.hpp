// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the pools count: bytes in use, against a limit.

#include "cumulus/core/error.hpp"
#include "cumulus/memory/atomic_value.hpp"

namespace cumulus::inline v1 {

/// Bytes that arrays hold, and the most that they may hold together; no limit at first.
class byte_budget {
 public:
  std::size_t used() const noexcept { return used_; }
  std::size_t limit() const noexcept { return limit_; }
  void set_limit(std::size_t bytes) noexcept { limit_ = bytes; }

  /// Counts bytes as used.
  /// Throws: out_of_memory, naming the `kind` of memory, if that would pass the limit.
  void claim(std::size_t bytes, char const* kind) {
    std::size_t before = used_;
    do {
      std::size_t const most = limit_;
      if (bytes > most || before > most - bytes) {
        raise<out_of_memory>({"allocate: expected at most ", most, " bytes of ", kind,
                              " memory in use, got ", bytes, " more beside ", before});
      }
    } while (!used_.replace(before, before + bytes));
  }
  void give_back(std::size_t bytes) noexcept { used_.subtract(bytes); }

 private:
  atomic_value<std::size_t> used_{0};
  atomic_value<std::size_t> limit_{static_cast<std::size_t>(-1)};
};

}  // namespace cumulus::inline v1
