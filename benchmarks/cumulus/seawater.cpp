// SPDX-License-Identifier: Apache-2.0
// The equation of state, compiled as the documentation says of functors with square roots.

#include "cumulus/operands.hpp"

namespace cumulus_rows {

void add_seawater_rows() {
  add_expression<bench::eos_density>(
      [](auto const& in) { return cm::map(cm::climate::seawater_density, in[0], in[1], in[2]); });
  add_expression<bench::eos_compress>([](auto const& in) {
    return cm::map(cm::climate::seawater_density_by_pressure, in[0], in[1], in[2]);
  });
}

}  // namespace cumulus_rows
