// SPDX-License-Identifier: Apache-2.0

#include "cumulus/operands.hpp"

namespace cumulus_rows {
namespace {

template <int Axis> void add_cumsum() {
  bench::add_row<bench::cumsum<Axis>>([](auto& p) {
    auto const in = inputs_of(p);
    // The pool keeps the memory of this result for those that are measured; the pages of the first
    // one of a process are new.
    cm::ndarray const first = cm::cumsum(in[0], Axis);
    return [&p, in] {
      auto const result = cm::cumsum(in[0], Axis);
      p.give(result.data(), result.size());
    };
  });
}

}  // namespace

void add_scan_rows() {
  add_cumsum<0>();
  add_cumsum<1>();
}

}  // namespace cumulus_rows
