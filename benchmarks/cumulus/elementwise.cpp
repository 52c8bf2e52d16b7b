// SPDX-License-Identifier: Apache-2.0

#include "cumulus/operands.hpp"

namespace cumulus_rows {
void add_elementwise_rows() {
  add_expression<bench::copy>([](auto const& in) { return +in[0]; });
  add_expression<bench::triad>([](auto const& in) { return in[0] + 3 * in[1]; });
  add_expression<bench::fma_sqrt>(
      [](auto const& in) { return in[0] * in[1] + 2 * in[2] - cm::sqrt(cm::abs(in[0])); });
  add_expression<bench::exp_sin>(
      [](auto const& in) { return cm::exp(-in[0] * in[0]) * cm::sin(in[0]); });
  add_expression<bench::where>(
      [](auto const& in) { return cm::where(in[0] > 0.5, in[0] * in[0], -in[0]); });
  add_expression<bench::cast>([](auto const& in) {
    using T = typename std::remove_cvref_t<decltype(in[0])>::value_type;
    return cm::astype<bench::cast::result<T>>(in[0]);
  });
  bench::add_row<bench::fill>(
      [](auto& p) { return [out = output_of(p)]() mutable { out.fill(1.5); }; });
  bench::add_row<bench::axpy>([](auto& p) {
    return [in = inputs_of(p), out = output_of(p)]() mutable { out += 2.5 * in[0]; };
  });
}

}  // namespace cumulus_rows
