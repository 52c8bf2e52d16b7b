// SPDX-License-Identifier: Apache-2.0
// The limit: every row as loops written by hand. Rows that write much have a second form, "stream",
// whose stores go past the caches; the driver takes the better of the two.

#include "common/program.hpp"
#include "common/reductions.hpp"
#include "limit/elementwise.hpp"
#include "limit/exp_sin.hpp"
#include "limit/reductions.hpp"
#include "limit/scans.hpp"
#include "limit/transposed.hpp"

namespace {

using limit::output;
using index = bench::index;

template <output O> using output_is = std::integral_constant<output, O>;

/// Adds the row twice; make(problem, how) gives the work, how() is the kind of output.
template <class Operation, class Make> void add_both(Make const& make) {
  bench::add_row<Operation>([make](auto& p) { return make(p, output_is<output::cached>{}); });
  bench::add_row<Operation>([make](auto& p) { return make(p, output_is<output::streamed>{}); },
                            "stream");
}

/// An elementwise row: f of vectors.
template <class Operation, class F> void add_elementwise(F const& f) {
  add_both<Operation>([f](auto& p, auto how) {
    return [&p, f, how] {
      if constexpr (requires { f(1.0f); }) {
        limit::elementwise<how()>(p.size(), p.out(), f, p.in(0));
      } else if constexpr (requires { f(1.0f, 1.0f); }) {
        limit::elementwise<how()>(p.size(), p.out(), f, p.in(0), p.in(1));
      } else {
        limit::elementwise<how()>(p.size(), p.out(), f, p.in(0), p.in(1), p.in(2));
      }
    };
  });
}

void add_elementwise_rows() {
  add_elementwise<bench::copy>(limit::copy_of{});
  add_elementwise<bench::triad>(limit::triad_of{});
  add_elementwise<bench::fma_sqrt>(limit::fma_sqrt_of{});
  add_elementwise<bench::where>(limit::where_of{});
  add_both<bench::fill>([](auto& p, auto how) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    return [&p, how] { limit::fill<how()>(p.size(), p.out(), T(1.5)); };
  });
  // In place: there is nothing to gain from streams.
  bench::add_row<bench::axpy>([](auto& p) {
    return [&p] {
      limit::elementwise<output::cached>(p.size(), p.out(), limit::axpy_of{}, p.in(0), p.out());
    };
  });
  add_both<bench::cast>([](auto& p, auto how) {
    using R = typename std::remove_reference_t<decltype(p)>::result_type;
    return
        [&p, how] { limit::elementwise<how()>(p.size(), p.out(), limit::converted<R>{}, p.in(0)); };
  });
  add_both<bench::exp_sin>([](auto& p, auto how) {
    return [&p, how] {
      if constexpr (how() == output::streamed) {
        limit::exp_sin_streamed(p.size(), p.out(), p.in(0));
      } else {
        limit::exp_sin(p.size(), p.out(), p.in(0));
      }
    };
  });
}

/// The equation of state as the compiler makes vectors of it.
template <class Operation, class F> void add_seawater(F const& f) {
  bench::add_row<Operation>([f](auto& p) {
    return [&p, f] {
      auto* const out = p.out();
      auto const* const sa = p.in(0);
      auto const* const ct = p.in(1);
      auto const* const pressure = p.in(2);
      index const n = p.size();
      limit::in_parts(n, 64, 16 * n, [=](limit::part own) {
#pragma omp simd
        for (index i = own.begin; i < own.end; ++i) {
          out[i] = f(sa[i], ct[i], pressure[i]);
        }
      });
    };
  });
}

void add_broadcast_rows() {
  add_both<bench::anom3>([](auto& p, auto how) {
    return [&p, how] {
      limit::anomaly<how()>(p.shape[0], p.shape[1] * p.shape[2], p.out(), p.in(0), p.in(1),
                            [](index) { return index{0}; });
    };
  });
  add_both<bench::weighted>([](auto& p, auto how) {
    return [&p, how] {
      limit::weighted<how()>(p.shape[0], p.shape[1], p.shape[2], p.out(), p.in(0), p.in(1));
    };
  });
  add_both<bench::rowcol>([](auto& p, auto how) {
    return [&p, how] {
      limit::row_and_column<how()>(p.shape[0], p.shape[1], p.out(), p.in(0), p.in(1), p.in(2));
    };
  });
  add_both<bench::transadd>([](auto& p, auto how) {
    return [&p, how] {
      limit::transposed_add<how()>(p.shape[0], p.shape[1], p.out(), p.in(0), p.in(1));
    };
  });
}

template <class Statistic, template <class> class State> void add_reduction() {
  bench::for_each_axis<Statistic>([]<class Operation, int Axis>() {
    bench::add_row<Operation>([](auto& p) {
      return [&p] {
        using T = typename std::remove_reference_t<decltype(p)>::value_type;
        bench::around_axis const s = bench::split(p.shape, Axis);
        if constexpr (Axis == bench::all_axes) {
          limit::reduce_all<State<T>>(s.along, p.out(), p.in(0));
        } else if constexpr (Axis == 0) {
          limit::reduce_columns<State<T>>(s.along, s.inner, p.out(), p.in(0));
        } else {
          limit::reduce_rows<State<T>>(s.outer, s.along, p.out(), p.in(0));
        }
      };
    });
  });
}

void add_reduction_rows() {
  add_reduction<bench::sum, limit::sum_state>();
  add_reduction<bench::mean, limit::mean_state>();
  add_reduction<bench::var, limit::var_state>();
  add_reduction<bench::nanmean, limit::nanmean_state>();
  add_reduction<bench::min, limit::min_state>();
  add_reduction<bench::max, limit::max_state>();
  add_reduction<bench::argmin, limit::argmin_state>();
  add_reduction<bench::argmax, limit::argmax_state>();
}

template <class P> void group_means(P& p, typename P::value_type* out) {
  limit::reduce_groups<limit::mean_state<typename P::value_type>>(
      p.shape[0], bench::months, p.shape[1] * p.shape[2], out, p.in(0));
}

template <output O, class P> void group_anomalies(P& p, typename P::value_type const* means) {
  limit::anomaly<O>(p.shape[0], p.shape[1] * p.shape[2], p.out(), p.in(0), means, bench::month_of);
}

void add_group_rows() {
  bench::add_row<bench::group_mean>([](auto& p) { return [&p] { group_means(p, p.out()); }; });
  add_both<bench::group_anom>(
      [](auto& p, auto how) { return [&p, how] { group_anomalies<how()>(p, p.in(1)); }; });
  add_both<bench::group_mean_anom>([](auto& p, auto how) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    auto means = std::make_shared<bench::buffer<T>>(bench::months * p.shape[1] * p.shape[2]);
    return [&p, how, means] {
      group_means(p, means->data());
      group_anomalies<how()>(p, means->data());
    };
  });
}

void add_scan_rows() {
  add_both<bench::cumsum<0>>([](auto& p, auto how) {
    return
        [&p, how] { limit::cumulative_columns<how()>(p.shape[0], p.shape[1], p.out(), p.in(0)); };
  });
  add_both<bench::cumsum<1>>([](auto& p, auto how) {
    return [&p, how] { limit::cumulative_rows<how()>(p.shape[0], p.shape[1], p.out(), p.in(0)); };
  });
}

}  // namespace

void bench::add_rows() {
  add_elementwise_rows();
  add_seawater<eos_density>(cumulus::climate::seawater_density);
  add_seawater<eos_compress>(cumulus::climate::seawater_density_by_pressure);
  add_broadcast_rows();
  add_reduction_rows();
  add_group_rows();
  add_scan_rows();
}
