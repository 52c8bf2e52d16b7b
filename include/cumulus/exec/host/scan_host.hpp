// SPDX-License-Identifier: Apache-2.0
#pragma once
// Scans on the host. The expression is evaluated a piece of a row at a time into a buffer in the
// cache (an array that lies side by side is read where it is) and scanned from there; here is what
// a sweep needs to know of an expression and a scanner.

#include "cumulus/exec/host/scan_sweep.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// What an element that does not take part is scanned as: the operation's identity.
template <class S> void write_nothing(std::byte* to) {
  using T = typename S::input;
  T const nothing = identity<typename S::operation, T>();
  std::memcpy(to, &nothing, sizeof(nothing));
}

template <class S> void join_lanes(void const* op, void* lanes, index_t count) {
  auto* const lane = static_cast<typename S::lane*>(lanes);
  for (index_t i = 1; i < count; ++i) {
    lane[i] = static_cast<S const*>(op)->join(lane[i - 1], lane[i]);
  }
}

template <class Tree, class S> constexpr auto nothing_of() {
  using write = void (*)(std::byte*);
  if constexpr (tree::is_masked_v<Tree>) {
    return write(&write_nothing<S>);
  } else {
    return write(nullptr);
  }
}

}  // namespace detail

template <class Tree, class S>
inline constexpr scan_functions scan_functions_of = {.evaluator = row_evaluator_of<Tree>,
                                                     .nothing = detail::nothing_of<Tree, S>(),
                                                     .lane_bytes = sizeof(typename S::lane),
                                                     .down = &scan_down<S>,
                                                     .along = &scan_along<S>,
                                                     .down_streams = streams_down_v<S>,
                                                     .along_streams = scans_together_v<S>,
                                                     .join = &detail::join_lanes<S>};

/// Scans `Tree` as planned; operands are the output and the leaves.
template <class Tree, class S>
void scan_host(scan_plan const& plan, std::span<operand const> operands, S const& s) {
  scan_sweep(plan, operands, scan_functions_of<Tree, S>, &s).run();
}

}  // namespace cumulus::inline CUMULUS_TARGET
