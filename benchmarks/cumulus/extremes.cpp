// SPDX-License-Identifier: Apache-2.0

#include "cumulus/operands.hpp"

namespace cumulus_rows {

void add_extreme_rows() {
  add_reduction<bench::min>([](auto const&... x) { return cm::min(x...); });
  add_reduction<bench::max>([](auto const&... x) { return cm::max(x...); });
  add_reduction<bench::argmin>([](auto const&... x) { return cm::argmin(x...); });
  add_reduction<bench::argmax>([](auto const&... x) { return cm::argmax(x...); });
}

}  // namespace cumulus_rows
