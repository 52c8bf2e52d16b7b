// SPDX-License-Identifier: Apache-2.0
#pragma once
// reduce_all_of against NumPy and against each reduction by itself, for one element type; the
// statistics_*_test.cpp share it, so that they compile side by side.

#include <random>

#include "cumulus/ops/statistics.hpp"
#include "tests/ops/reduction_cases.hpp"

namespace statistics_cases {

using namespace reduction_cases;
namespace statistics = cm::statistics;

/// A row of the table between others, with the interface of the reduction by itself: NumPy's
/// answers to the one are those to the other.
template <class Call, class Statistic> struct among_others : Call {
  Statistic statistic;

  template <class X, class O, class... Axes>
  auto among(X const& x, O const& o, Axes const&... axes) const {
    auto const own = [&] {
      if constexpr (Call::kind == option_kind::moment) {
        return statistic({.ddof = o.ddof});
      } else if constexpr (Call::kind == option_kind::initial) {
        return o.initial.given() ? statistic({.initial = o.initial.value()}) : statistic;
      } else {
        return statistic;
      }
    }();
    cm::statistics_options<cm::space_of<X>> const shared = [&] {
      if constexpr (Call::kind == option_kind::position) {
        return cm::statistics_options<cm::space_of<X>>{.keepdims = o.keepdims};
      } else {
        return cm::statistics_options<cm::space_of<X>>{.keepdims = o.keepdims, .where = o.where};
      }
    }();
    return std::get<1>(
        cm::reduce_all_of(x, axes..., shared, statistics::nanvar, own, statistics::sum));
  }

  template <class X> using options = typename Call::template options<X>;
  template <class X> auto operator()(X const& x) const { return among(x, options<X>{}); }
  template <class X> auto operator()(X const& x, int axis) const {
    return among(x, options<X>{}, axis);
  }
  template <class X, class O = options<X>>
  auto operator()(X const& x, std::span<int const> axes,
                  std::type_identity_t<O> const& o = {}) const {
    return among(x, o, axes);
  }
};

template <class Use> void for_each_row(Use const& use) {
#define CUMULUS_REDUCTION(fn, reducer, options, elements, doc) \
  use(among_others<call_##fn, std::remove_const_t<decltype(statistics::fn)>>{});
#include "cumulus/expr/reductions.def"
}

/// Every row among others, over the axes, layouts and options that NumPy answered.
template <class Space, class T> void check_as_numpy() {
  auto const& all = oracle::answers_of("ops/reduction_answers.py", cm::dtype_name<T>());
  for (auto at = all.lower_bound("x/"); at != all.end() && at->first.starts_with("x/"); ++at) {
    std::string const name = at->first.substr(2);
    auto const x = at->second.template in<Space, T>();
    cm::ndarray<T, Space> turned;
    cm::ndarray<T, Space> spread;
    auto const reversed = axes_reversed(x, turned);
    auto const strided = x.rank() > 0 ? spread_out(x, spread) : x.view();
    for_each_row([&](auto const& call) {
      check_call<T>(all, call, name, x.view(), "contiguous");
      check_call<T>(all, call, name, reversed, "axes stored reversed");
      check_call<T>(all, call, name, strided, "every second, backwards");
    });
  }
  auto const x = all.at("opt/x").template in<Space, T>();
  for_each_row([&](auto const& call) { check_options<Space, T>(all, call, x); });
}

}  // namespace statistics_cases
