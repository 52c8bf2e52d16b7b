// SPDX-License-Identifier: Apache-2.0

#include "cumulus/operands.hpp"

namespace cumulus_rows {

void add_broadcast_rows() {
  add_expression<bench::anom3>([](auto const& in) { return in[0] - in[1]; });
  add_expression<bench::weighted>([](auto const& in) { return in[0] * in[1]; });
  add_expression<bench::rowcol>([](auto const& in) { return in[0] + in[1] + in[2]; });
  add_expression<bench::transadd>([](auto const& in) { return in[0] + cm::transpose(in[1]); });
}

}  // namespace cumulus_rows
