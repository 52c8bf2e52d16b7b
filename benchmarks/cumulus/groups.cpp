// SPDX-License-Identifier: Apache-2.0

#include "cumulus/operands.hpp"

namespace cumulus_rows {
namespace {

std::vector<cm::index_t> month_labels(cm::index_t times) {
  std::vector<cm::index_t> labels(static_cast<std::size_t>(times));
  for (cm::index_t i = 0; i < times; ++i) {
    labels[i] = bench::month_of(i);
  }
  return labels;
}

}  // namespace

void add_group_rows() {
  bench::add_row<bench::group_mean>([](auto& p) {
    return [&p, in = inputs_of(p), month = month_labels(p.shape[0])] {
      auto const result = cm::group_mean(in[0], month, 0, bench::months);
      p.give(result.data(), result.size());
    };
  });
  bench::add_row<bench::group_anom>([](auto& p) {
    cm::ndarray<cm::index_t, space> const month(month_labels(p.shape[0]));
    return [in = inputs_of(p), out = output_of(p), month]() mutable {
      out.assign(in[0] - cm::take(in[1], month, 0));
    };
  });
  bench::add_row<bench::group_anom>(
      [](auto& p) {
        cm::ndarray<cm::index_t, space> const month(month_labels(p.shape[0]));
        return [&p, in = inputs_of(p), month] {
          cm::ndarray const result = in[0] - cm::take(in[1], month, 0);
          p.give(result.data(), result.size());
        };
      },
      "new");
  bench::add_row<bench::group_mean_anom>([](auto& p) {
    cm::ndarray<cm::index_t, space> const month(month_labels(p.shape[0]));
    return [in = inputs_of(p), out = output_of(p), month]() mutable {
      out.assign(in[0] - cm::take(cm::group_mean(in[0], month, 0, bench::months), month, 0));
    };
  });
}

}  // namespace cumulus_rows
