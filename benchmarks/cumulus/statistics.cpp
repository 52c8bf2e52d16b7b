// SPDX-License-Identifier: Apache-2.0

#include "cumulus/operands.hpp"

namespace cumulus_rows {

void add_statistics_rows() {
  add_reduction<bench::sum>([](auto const&... x) { return cm::sum(x...); });
  add_reduction<bench::mean>([](auto const&... x) { return cm::mean(x...); });
  add_reduction<bench::var>([](auto const&... x) { return cm::var(x...); });
  add_reduction<bench::nanmean>([](auto const&... x) { return cm::nanmean(x...); });
}

}  // namespace cumulus_rows
