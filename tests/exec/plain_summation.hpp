// SPDX-License-Identifier: Apache-2.0
#pragma once
// docs/summation.md in plain loops over one sequence, slow and without the library: the oracle of
// the bits of sums, means, variances and products.

#include <complex>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace plain_summation {

/// Keeps the compiler from joining a product and a sum into one rounding.
inline double rounded(double x) {
  double const volatile kept = x;
  return kept;
}
inline double times(double a, double b) { return rounded(a * b); }

/// A complex number in the two parts that the document speaks of.
struct pair {
  double re;
  double im;
};

inline double plus(double a, double b) { return a + b; }
inline double minus(double a, double b) { return a - b; }
inline pair plus(pair a, pair b) { return {a.re + b.re, a.im + b.im}; }
inline pair minus(pair a, pair b) { return {a.re - b.re, a.im - b.im}; }
inline double over(double a, double by) { return a / by; }
inline pair over(pair a, double by) { return {a.re / by, a.im / by}; }
inline double scaled(double a, double factor) { return times(a, factor); }
inline pair scaled(pair a, double factor) { return {times(a.re, factor), times(a.im, factor)}; }
inline double square(double a) { return times(a, a); }
inline double square(pair a) { return times(a.re, a.re) + times(a.im, a.im); }
inline pair times(pair a, pair b) {
  return {times(a.re, b.re) - times(a.im, b.im), times(a.re, b.im) + times(a.im, b.re)};
}

// A neutral factor in a merge of lanes leaves the other one as it is.
inline double lane_product(double a, double b) { return times(a, b); }
inline pair lane_product(pair a, pair b) {
  auto const neutral = [](pair z) { return z.re == 1 && z.im == 0; };
  return neutral(b) ? a : (neutral(a) ? b : times(a, b));
}

template <class N> N number_from(double x) {
  if constexpr (std::is_same_v<N, pair>) {
    return {x, x};
  } else {
    return x;
  }
}
template <class N> N one() {
  if constexpr (std::is_same_v<N, pair>) {
    return {1, 0};
  } else {
    return 1;
  }
}

/// A reduced sequence: element i, and whether it takes part.
template <class N> struct sequence {
  std::vector<N> x;
  std::vector<char> valid;  // empty: all

  bool counts(std::size_t i) const { return valid.empty() || valid[i] != 0; }
};

inline constexpr std::size_t tile_elements = 1024;
inline constexpr std::size_t lanes_of_a_tile = 32;

/// What a tile gives: A is an accumulator.
template <class A> struct counted {
  A value;
  std::size_t n;
};

/// Lanes of a tile, pairwise: l with l + 16, l + 8, ...
template <class A, class Merge> A merged_lanes(std::vector<A> lane, Merge const& merge) {
  for (std::size_t width = lanes_of_a_tile / 2; width >= 1; width /= 2) {
    for (std::size_t l = 0; l < width; ++l) {
      lane[l] = merge(lane[l], lane[l + width]);
    }
  }
  return lane[0];
}

/// Tiles pairwise in index order, an odd one carried; one without elements leaves the other.
template <class A, class Merge>
counted<A> merged_tiles(std::vector<counted<A>> tile, Merge const& merge) {
  while (tile.size() > 1) {
    std::vector<counted<A>> next;
    for (std::size_t i = 0; i + 1 < tile.size(); i += 2) {
      counted<A> const& a = tile[i];
      counted<A> const& b = tile[i + 1];
      next.push_back(a.n == 0 ? b : (b.n == 0 ? a : counted<A>{merge(a, b), a.n + b.n}));
    }
    if (tile.size() % 2 != 0) {
      next.push_back(tile.back());
    }
    tile = next;
  }
  return tile.empty() ? counted<A>{A{}, 0} : tile[0];
}

/// The tree over accumulators that are numbers.
template <class N, class Add, class Merge>
counted<N> tree(sequence<N> const& s, N start, Add const& add, Merge const& merge) {
  std::vector<counted<N>> tiles;
  for (std::size_t first = 0; first < s.x.size(); first += tile_elements) {
    std::vector<N> lane(lanes_of_a_tile, start);
    std::size_t n = 0;
    for (std::size_t i = first; i < s.x.size() && i < first + tile_elements; ++i) {
      if (s.counts(i)) {
        N& l = lane[(i - first) % lanes_of_a_tile];
        l = add(l, s.x[i]);
        ++n;
      }
    }
    tiles.push_back({merged_lanes(lane, merge), n});
  }
  return merged_tiles(
      tiles, [&](counted<N> const& a, counted<N> const& b) { return merge(a.value, b.value); });
}

/// Σx before it is rounded to the result's type; +0 of nothing.
template <class N> counted<N> total(sequence<N> const& s) {
  auto const add = [](N a, N b) { return plus(a, b); };
  counted<N> const t = tree(s, number_from<N>(-0.0), add, add);
  return t.n == 0 ? counted<N>{number_from<N>(0.0), 0} : t;
}
template <class N> N mean(sequence<N> const& s) {
  counted<N> const t = total(s);
  return over(t.value, static_cast<double>(t.n));
}
template <class N> N product(sequence<N> const& s) {
  counted<N> const t = tree(
      s, one<N>(), [](N a, N b) { return times(a, b); },
      [](N a, N b) { return lane_product(a, b); });
  return t.n == 0 ? one<N>() : t.value;
}

template <class N> struct moments {
  N mean;
  double m2;
};

/// (n, mean, Σ(x - mean)²).
template <class N> counted<moments<N>> deviations(sequence<N> const& s) {
  struct sums {
    N first;
    double second;
  };
  std::vector<counted<moments<N>>> tiles;
  for (std::size_t first = 0; first < s.x.size(); first += tile_elements) {
    std::vector<sums> lane(lanes_of_a_tile, sums{number_from<N>(0.0), 0.0});
    N shift = number_from<N>(0.0);
    std::size_t n = 0;
    for (std::size_t i = first; i < s.x.size() && i < first + tile_elements; ++i) {
      if (s.counts(i)) {
        shift = n == 0 ? s.x[i] : shift;
        sums& l = lane[(i - first) % lanes_of_a_tile];
        N const d = minus(s.x[i], shift);
        l.first = plus(l.first, d);
        l.second = l.second + square(d);
        ++n;
      }
    }
    if (n == 0) {
      tiles.push_back({moments<N>{}, 0});
      continue;
    }
    sums const a = merged_lanes(lane, [](sums const& p, sums const& q) {
      return sums{plus(p.first, q.first), p.second + q.second};
    });
    double const count = static_cast<double>(n);
    double const m2 = a.second - rounded(square(a.first) / count);
    tiles.push_back({{plus(shift, over(a.first, count)), m2 < 0 ? 0 : m2}, n});
  }
  return merged_tiles(tiles, [](counted<moments<N>> const& a, counted<moments<N>> const& b) {
    double const na = static_cast<double>(a.n);
    double const nb = static_cast<double>(b.n);
    double const weight = nb / (na + nb);
    N const delta = minus(b.value.mean, a.value.mean);
    double const between = times(times(square(delta), na), weight);
    return moments<N>{plus(a.value.mean, scaled(delta, weight)),
                      (a.value.m2 + b.value.m2) + between};
  });
}
template <class N> double variance(sequence<N> const& s, double ddof) {
  counted<moments<N>> const d = deviations(s);
  double const freedom = static_cast<double>(d.n) - ddof;
  return d.value.m2 / (freedom > 0 ? freedom : 0.0);
}

}  // namespace plain_summation
