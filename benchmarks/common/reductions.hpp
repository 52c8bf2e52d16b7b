// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the rows of reductions and scans compute: see operations.hpp.

#include <limits>

#include "common/operations.hpp"

namespace bench {

/// Every statistic gets the elements in row-major order as doubles.
struct sum {
  static constexpr char const* name = "sum";
  static double of(std::vector<double> const& x) {
    long double total = 0;
    for (double value : x) {
      total += value;
    }
    return static_cast<double>(total);
  }
};
struct mean {
  static constexpr char const* name = "mean";
  static double of(std::vector<double> const& x) {
    return sum::of(x) / static_cast<double>(x.size());
  }
};
struct var {
  static constexpr char const* name = "var";
  static double of(std::vector<double> const& x) {
    double const centre = mean::of(x);
    long double total = 0;
    for (double value : x) {
      total += (value - centre) * (value - centre);
    }
    return static_cast<double>(total / x.size());
  }
};
struct nanmean {
  static constexpr char const* name = "nanmean";
  static double of(std::vector<double> x) {
    std::erase_if(x, [](double value) { return std::isnan(value); });
    return mean::of(x);
  }
};
struct min {
  static constexpr char const* name = "min";
  static double of(std::vector<double> const& x) { return *std::min_element(x.begin(), x.end()); }
};
struct max {
  static constexpr char const* name = "max";
  static double of(std::vector<double> const& x) { return *std::max_element(x.begin(), x.end()); }
};
struct argmin {
  static constexpr char const* name = "argmin";
  static double of(std::vector<double> const& x) {
    return static_cast<double>(std::min_element(x.begin(), x.end()) - x.begin());
  }
};
struct argmax {
  static constexpr char const* name = "argmax";
  static double of(std::vector<double> const& x) {
    return static_cast<double>(std::max_element(x.begin(), x.end()) - x.begin());
  }
};

template <class Statistic>
inline constexpr bool gives_position_v =
    std::is_same_v<Statistic, argmin> || std::is_same_v<Statistic, argmax>;

/// A shape as (outer, along, inner) around the reduced axis.
struct around_axis {
  index outer = 1;
  index along = 1;
  index inner = 1;
};

constexpr int all_axes = -1;

inline around_axis split(extents const& shape, int axis) {
  around_axis s;
  for (int k = 0; k < static_cast<int>(shape.size()); ++k) {
    (axis == all_axes || k == axis ? s.along : k < axis ? s.outer : s.inner) *= shape[k];
  }
  return s;
}

/// A statistic over all elements, over axis 0 or over axis 1.
template <class Statistic, int Axis> struct reduction : operation {
  static constexpr int rank = 2;
  template <class T>
  using result = std::conditional_t<gives_position_v<Statistic>, std::int64_t, T>;

  static std::string name() {
    return std::string(Statistic::name) +
           (Axis == all_axes ? "_all" : "_ax" + std::to_string(Axis));
  }
  static double input(int, double u) {
    return std::is_same_v<Statistic, nanmean> && u < 0.125
               ? std::numeric_limits<double>::quiet_NaN()
               : u;
  }
  static std::vector<extents> inputs(extents const& s) { return {s}; }
  static index summed(extents const& s) { return split(s, Axis).along; }
  static extents outputs(extents const& s) {
    around_axis const a = split(s, Axis);
    return {a.outer * a.inner};
  }
  template <class P> static void naive(P const& p, double* want) {
    around_axis const a = split(p.shape, Axis);
#pragma omp parallel
    {
      std::vector<double> values(static_cast<std::size_t>(a.along));
#pragma omp for
      for (index i = 0; i < a.outer * a.inner; ++i) {
        auto const* const first = p.in(0) + i / a.inner * a.along * a.inner + i % a.inner;
        for (index k = 0; k < a.along; ++k) {
          values[k] = static_cast<double>(first[k * a.inner]);
        }
        want[i] = Statistic::of(values);
      }
    }
  }
};

/// The cumulative sum along axis 0 or 1.
template <int Axis> struct cumsum : operation {
  static constexpr int rank = 2;
  static std::string name() { return "cumsum_ax" + std::to_string(Axis); }
  static index summed(extents const& s) { return s[Axis]; }
  static std::vector<extents> inputs(extents const& s) { return {s}; }
  template <class P> static void naive(P const& p, double* want) {
    around_axis const a = split(p.shape, Axis);
    for (index i = 0; i < p.size(); ++i) {
      want[i] = static_cast<double>(p.in(0)[i]);
      if (i / a.inner % a.along != 0) {
        want[i] += want[i - a.inner];
      }
    }
  }
};

/// Calls visit<Operation>() for a statistic over all elements and over each axis.
template <class Statistic, class Visit> void for_each_axis(Visit const& visit) {
  visit.template operator()<reduction<Statistic, all_axes>, all_axes>();
  visit.template operator()<reduction<Statistic, 0>, 0>();
  visit.template operator()<reduction<Statistic, 1>, 1>();
}

}  // namespace bench
