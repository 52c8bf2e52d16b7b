// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the rows compute, apart from how: names, shapes, inputs and the naive loop that every
// program is checked against. Elementwise, broadcast and grouped operations; reductions are beside.

#include "common/problem.hpp"
#include "cumulus/climate/seawater_density.hpp"

namespace bench {

/// What most operations are like; each defines name(), naive() and what differs.
struct operation {
  static constexpr int rank = 1;
  static constexpr double tolerance = 8;  ///< in units of the type's epsilon
  static constexpr bool updates = false;  ///< the result is also the last input
  template <class T> using result = T;
  static double input(int, double u) { return u; }
  static extents outputs(extents const& shape) { return shape; }
  /// How many elements are added up for one of the result, in double.
  static index summed(extents const&) { return 0; }
};

/// Inputs of the result's shape, one element of each gives one of the result.
template <class Self, int Inputs> struct elementwise : operation {
  static std::vector<extents> inputs(extents const& shape) {
    return std::vector<extents>(Inputs, shape);
  }
  template <class P> static void naive(P const& p, double* want) {
#pragma omp parallel for
    for (index i = 0; i < p.size(); ++i) {
      double x[Inputs + 1] = {};
      for (int k = 0; k < Inputs; ++k) {
        x[k] = static_cast<double>(p.in(k)[i]);
      }
      want[i] = Self::of(x);
    }
  }
};

struct copy : elementwise<copy, 1> {
  static std::string name() { return "copy"; }
  static double of(double const* x) { return x[0]; }
};
struct triad : elementwise<triad, 2> {
  static std::string name() { return "triad"; }
  static double of(double const* x) { return x[0] + 3 * x[1]; }
};
struct fill : elementwise<fill, 0> {
  static std::string name() { return "fill"; }
  static double of(double const*) { return 1.5; }
};
struct fma_sqrt : elementwise<fma_sqrt, 3> {
  static std::string name() { return "fma_sqrt"; }
  static double of(double const* x) { return x[0] * x[1] + 2 * x[2] - std::sqrt(std::abs(x[0])); }
};
struct exp_sin : elementwise<exp_sin, 1> {
  static std::string name() { return "exp_sin"; }
  static double of(double const* x) { return std::exp(-x[0] * x[0]) * std::sin(x[0]); }
};
struct where : elementwise<where, 1> {
  static std::string name() { return "where"; }
  static double of(double const* x) { return x[0] > 0.5 ? x[0] * x[0] : -x[0]; }
};
/// y += 2.5 x, in place.
struct axpy : elementwise<axpy, 2> {
  static constexpr bool updates = true;
  static std::string name() { return "axpy"; }
  static double of(double const* x) { return x[1] + 2.5 * x[0]; }
};
/// float to double, double to float.
struct cast : elementwise<cast, 1> {
  template <class T> using result = std::conditional_t<sizeof(T) == 4, double, float>;
  static std::string name() { return "cast"; }
  static double of(double const* x) { return x[0]; }
};
template <class Self> struct seawater : elementwise<Self, 3> {
  static double input(int k, double u) { return k == 0 ? 30 + 8 * u : k == 1 ? 28 * u : 5000 * u; }
};
struct eos_density : seawater<eos_density> {
  static std::string name() { return "eos_density"; }
  static double of(double const* x) { return cumulus::climate::seawater_density(x[0], x[1], x[2]); }
};
struct eos_compress : seawater<eos_compress> {
  static std::string name() { return "eos_compress"; }
  static double of(double const* x) {
    return cumulus::climate::seawater_density_by_pressure(x[0], x[1], x[2]);
  }
};

/// x(time, lat, lon) - m(lat, lon).
struct anom3 : operation {
  static constexpr int rank = 3;
  static std::string name() { return "anom3"; }
  static std::vector<extents> inputs(extents const& s) { return {s, {s[1], s[2]}}; }
  template <class P> static void naive(P const& p, double* want) {
    index const inner = p.shape[1] * p.shape[2];
    for (index i = 0; i < p.size(); ++i) {
      want[i] = double(p.in(0)[i]) - double(p.in(1)[i % inner]);
    }
  }
};
/// x(time, lat, lon) * w(lat, 1).
struct weighted : operation {
  static constexpr int rank = 3;
  static std::string name() { return "weighted"; }
  static std::vector<extents> inputs(extents const& s) { return {s, {s[1], 1}}; }
  template <class P> static void naive(P const& p, double* want) {
    for (index i = 0; i < p.size(); ++i) {
      want[i] = double(p.in(0)[i]) * double(p.in(1)[i / p.shape[2] % p.shape[1]]);
    }
  }
};
/// a(n, m) + row(m) + column(n, 1).
struct rowcol : operation {
  static constexpr int rank = 2;
  static std::string name() { return "rowcol"; }
  static std::vector<extents> inputs(extents const& s) { return {s, {s[1]}, {s[0], 1}}; }
  template <class P> static void naive(P const& p, double* want) {
    index const m = p.shape[1];
    for (index i = 0; i < p.size(); ++i) {
      want[i] = double(p.in(0)[i]) + double(p.in(1)[i % m]) + double(p.in(2)[i / m]);
    }
  }
};
/// a(n, m) + b(m, n) transposed.
struct transadd : operation {
  static constexpr int rank = 2;
  static std::string name() { return "transadd"; }
  static std::vector<extents> inputs(extents const& s) { return {s, {s[1], s[0]}}; }
  template <class P> static void naive(P const& p, double* want) {
    index const n = p.shape[0];
    index const m = p.shape[1];
    for (index i = 0; i < n; ++i) {
      for (index j = 0; j < m; ++j) {
        want[i * m + j] = double(p.in(0)[i * m + j]) + double(p.in(1)[j * n + i]);
      }
    }
  }
};

constexpr index months = 12;

/// Index of the group of time i.
inline index month_of(index i) { return i % months; }

/// The mean of each month of x(time, lat, lon).
struct group_mean : operation {
  static constexpr int rank = 3;
  static std::string name() { return "group_mean"; }
  static index summed(extents const& s) { return s[0] / months; }
  static std::vector<extents> inputs(extents const& s) { return {s}; }
  static extents outputs(extents const& s) { return {months, s[1], s[2]}; }
  template <class P> static void naive(P const& p, double* want) {
    index const inner = p.shape[1] * p.shape[2];
    std::fill(want, want + months * inner, 0.0);
    for (index i = 0; i < p.size(); ++i) {
      want[month_of(i / inner) * inner + i % inner] += double(p.in(0)[i]);
    }
    for (index i = 0; i < months * inner; ++i) {
      index const members = (p.shape[0] - i / inner + months - 1) / months;
      want[i] /= static_cast<double>(members);
    }
  }
};
/// x(time, lat, lon) - m(month of the time, lat, lon).
struct group_anom : operation {
  static constexpr int rank = 3;
  static std::string name() { return "group_anom"; }
  static std::vector<extents> inputs(extents const& s) { return {s, {months, s[1], s[2]}}; }
  template <class P> static void naive(P const& p, double* want) {
    index const inner = p.shape[1] * p.shape[2];
    for (index i = 0; i < p.size(); ++i) {
      want[i] = double(p.in(0)[i]) - double(p.in(1)[month_of(i / inner) * inner + i % inner]);
    }
  }
};
/// Both: the anomaly from the means of x itself.
struct group_mean_anom : operation {
  static constexpr int rank = 3;
  static std::string name() { return "group_mean_anom"; }
  static index summed(extents const& s) { return s[0] / months; }
  static std::vector<extents> inputs(extents const& s) { return {s}; }
  template <class P> static void naive(P const& p, double* want) {
    index const inner = p.shape[1] * p.shape[2];
    std::vector<double> mean(static_cast<std::size_t>(months * inner));
    group_mean::naive(p, mean.data());
    for (index i = 0; i < p.size(); ++i) {
      want[i] = double(p.in(0)[i]) - mean[month_of(i / inner) * inner + i % inner];
    }
  }
};

}  // namespace bench
