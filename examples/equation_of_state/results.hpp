// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the example computes: three fields, each one kernel or one loop over the inputs.

#include <algorithm>
#include <chrono>
#include <type_traits>

#include "cumulus/climate/seawater_density.hpp"
#include "cumulus/cumulus.hpp"

namespace equation_of_state {

namespace cm = cumulus;

template <class T> struct results {
  cm::ndarray<T> density;              ///< kg m-3
  cm::ndarray<T> density_by_pressure;  ///< kg m-3 per dbar
  cm::ndarray<T> speed_of_sound;       ///< m s-1
  double seconds = 0;                  ///< for the density, the best of a few runs
};

/// The device may still compute when a statement returns.
inline void finish() {
#if CUMULUS_HAS_CUDA
  if constexpr (std::is_same_v<cm::default_space, cm::cuda>) {
    cm::synchronize();
  }
#endif
}

/// Seconds of the quickest of at least three runs, repeated for a twentieth of a second.
template <class Work> double best_seconds(Work const& work) {
  using clock = std::chrono::steady_clock;
  auto const seconds_since = [](clock::time_point t) {
    return std::chrono::duration<double>(clock::now() - t).count();
  };
  auto const begin = clock::now();
  double best = 0;
  for (int run = 0; run < 3 || seconds_since(begin) < 0.05; ++run) {
    auto const start = clock::now();
    work();
    finish();
    double const seconds = seconds_since(start);
    best = run == 0 ? seconds : std::min(best, seconds);
  }
  return best;
}

template <class T>
results<T> results_of(cm::ndarray<T> const& sa, cm::ndarray<T> const& ct, cm::ndarray<T> const& p) {
  results<T> r;
  r.density = cm::map(cm::climate::seawater_density, sa, ct, p);
  r.density_by_pressure = cm::map(cm::climate::seawater_density_by_pressure, sa, ct, p);
  // c^2 = dP / d(rho) with P in Pa, of which a dbar has 10^4.
  r.speed_of_sound = 100.0 / cm::sqrt(r.density_by_pressure);
  r.seconds = best_seconds([&] { r.density = cm::map(cm::climate::seawater_density, sa, ct, p); });
  return r;
}

}  // namespace equation_of_state
