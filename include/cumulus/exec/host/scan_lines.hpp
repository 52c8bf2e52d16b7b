// SPDX-License-Identifier: Apache-2.0
#pragma once
// The loops of scans: down, where neighbouring elements belong to different series, and along,
// where they follow one another. Both join each element to what was before it, one after the other.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/streaming_store.hpp"
#include "cumulus/expr/scanners.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Some lines of a scan, without their types.
struct scan_lines {
  void const* op;        ///< the scanner
  void const* const* x;  ///< the elements of each line, side by side
  int lines;
  int count;     ///< elements of each line
  void* carry;   ///< down: what each place of a line holds so far; along: each line
  bool fresh;    ///< nothing yet
  bool streams;  ///< past the caches: every line of results begins with a line of the cache
  std::byte* const*
      out;  ///< the results of each line, side by side; along: null if none are wanted
};

namespace detail {

/// True if whole packs can be joined.
template <class S>
inline constexpr bool joins_packs_v = [] {
  if constexpr (requires { S::operation::width; }) {
    return fits_simd_v<typename S::input> && fits_simd_v<typename S::lane> &&
           fits_simd_v<typename S::result>;
  } else {
    return false;
  }
}();

template <bool Streams = false, class T, class From, int N>
void store_as(T* to, simd<From, N> const& x) {
  auto const y = convert<T>(x);
  if constexpr (Streams) {
    stream_vector(reinterpret_cast<std::byte*>(to), y.v());
  } else {
    store_unaligned(to, y);
  }
}

/// Elements of a pack of neighbouring series.
template <class S>
inline constexpr int down_pack =
    vector_bytes / (sizeof(typename S::input) > sizeof(typename S::lane)
                        ? sizeof(typename S::input)
                        : sizeof(typename S::lane));

/// Packs of series whose results fill a line of the cache.
template <class S>
inline constexpr int packs_of_line =
    plain::max(64 / (down_pack<S> * int{sizeof(typename S::result)}), 1);

/// Packs of series that are joined at once where results go past the caches: two lines of them,
/// which takes a sixth less time than one, if there are registers.
template <class S>
inline constexpr int packs_streamed =
    packs_of_line<S> <= 2 ? 2 * packs_of_line<S> : packs_of_line<S>;

/// Packs of the elements j, j + 1, … of a few lines. All are read before one is written: a read may
/// have to wait for a store past the caches to an address that has the same lowest bits.
// The packs are named by constants: g++ keeps them in memory otherwise.
template <class S, bool Fresh, bool Streams, class T, class L, class R, int... I, int... K>
[[gnu::always_inline]] inline void join_packs(S const& s, T const* const* x, L* carry,
                                              R* const* out, int j,
                                              std::integer_sequence<int, I...>,
                                              std::integer_sequence<int, K...>) {
  constexpr int n = down_pack<S>;
  simd<T, n> element[sizeof...(I)][sizeof...(K)];
  auto const load_line = [&](int r) __attribute__((always_inline)) {
    ((element[r][K] = load_unaligned<T, n>(x[r] + j + K * n)), ...);
  };
  (load_line(I), ...);
  simd<L, n> c[] = {
      (Fresh ? convert<L>(element[0][K]) : load_unaligned<L, n>(carry + j + K * n))...};
  auto const join_line = [&](int r) __attribute__((always_inline)) {
    ((c[K] = Fresh && r == 0 ? c[K] : s.op(c[K], convert<L>(element[r][K])),
      store_as<Streams>(out[r] + j + K * n, c[K])),
     ...);
  };
  (join_line(I), ...);
  (store_unaligned(carry + j + K * n, c[K]), ...);
}

/// A few lines, each of which continues the one before at every place.
template <class S, int Lines, bool Fresh, bool Streams> void scan_down(scan_lines const& p) {
  using T = typename S::input;
  using L = typename S::lane;
  using R = typename S::result;
  S const& s = *static_cast<S const*>(p.op);
  L* const carry = static_cast<L*>(p.carry);
  T const* x[Lines];
  R* out[Lines];
  for (int r = 0; r < Lines; ++r) {
    x[r] = static_cast<T const*>(p.x[r]);
    out[r] = reinterpret_cast<R*>(p.out[r]);
  }
  int j = 0;
  [&]<int... I>(std::integer_sequence<int, I...> lines) {
    if constexpr (joins_packs_v<S>) {
      constexpr int packs = Streams ? packs_streamed<S> : 1;
      constexpr int step = packs * down_pack<S>;
      for (; j + step <= p.count; j += step) {
        join_packs<S, Fresh, Streams>(s, x, carry, out, j, lines,
                                      std::make_integer_sequence<int, packs>{});
      }
    }
    for (; j < p.count; ++j) {
      L c = Fresh ? S::lift(x[0][j]) : carry[j];
      ((c = Fresh && I == 0 ? c : s.join(c, S::lift(x[I][j])), out[I][j] = S::value(c)), ...);
      carry[j] = c;
    }
  }(std::make_integer_sequence<int, Lines>{});
}

/// Of two lines that are `Distance` apart, blocks of as many elements change places: the new first
/// line, or the second.
template <int Distance, bool Second, class V, std::size_t... I>
[[gnu::always_inline]] inline V exchanged(V const& a, V const& b, std::index_sequence<I...>) {
  constexpr int n = sizeof...(I);
  constexpr auto from = [](int i) {
    bool const of_b = (i & Distance) != 0;
    return Second ? (of_b ? n + i : i + Distance) : (of_b ? n + i - Distance : i);
  };
#if defined(__clang__)
  return __builtin_shufflevector(a, b, from(I)...);
#else
  using element = std::remove_reference_t<decltype(V{}[0])>;
  return __builtin_shuffle(a, b, V{static_cast<element>(from(I))...});
#endif
}

/// The lines of a square become its columns, in log2 steps.
template <int Distance, class V, std::size_t... I>
[[gnu::always_inline]] inline void transpose_vectors(V (&x)[sizeof...(I)],
                                                     std::index_sequence<I...> all) {
  if constexpr (Distance < static_cast<int>(sizeof...(I))) {
    V const y[] = {(I & Distance) == 0
                       ? exchanged<Distance, false>(x[I], x[(I + Distance) % sizeof...(I)], all)
                       : exchanged<Distance, true>(x[(I - Distance) % sizeof...(I)], x[I], all)...};
    ((x[I] = y[I]), ...);
    transpose_vectors<2 * Distance>(x, all);
  }
}
template <class T, int N> [[gnu::always_inline]] inline void transpose_lanes(simd<T, N> (&x)[N]) {
  using word = typename signed_of_size<sizeof(T)>::type;
  using line = typename simd<word, N>::vec;
  [&]<std::size_t... I>(std::index_sequence<I...> all) __attribute__((always_inline)) {
    line y[N] = {(line)x[I].v()...};
    transpose_vectors<1>(y, all);
    ((x[I] = simd<T, N>((typename simd<T, N>::vec)y[I])), ...);
  }(std::make_index_sequence<N>{});
}

/// Elements `j` on of one line.
template <class S> void scan_along_one(scan_lines const& p, int line, int j) {
  using L = typename S::lane;
  using R = typename S::result;
  S const& s = *static_cast<S const*>(p.op);
  auto const* const x = static_cast<typename S::input const*>(p.x[line]);
  R* const out = p.out != nullptr ? reinterpret_cast<R*>(p.out[line]) : nullptr;
  L& carry = static_cast<L*>(p.carry)[line];
  bool const begins = p.fresh && j == 0;
  L c = begins ? L{} : carry;  // nobody has written that of a line that begins
  if (begins && p.count > 0) {
    c = S::lift(x[j]);
    if (out != nullptr) {
      out[j] = S::value(c);
    }
    ++j;
  }
  if (out != nullptr) {
    for (; j < p.count; ++j) {
      c = s.join(c, S::lift(x[j]));
      out[j] = S::value(c);
    }
  } else {
    for (; j < p.count; ++j) {
      c = s.join(c, S::lift(x[j]));
    }
  }
  carry = c;
}

/// What becomes of the results of lines.
enum class results { none, cached, streamed };

// Always inline, as what it calls: at -O2 g++ keeps the lines of a square in memory otherwise.
/// One square of lines: transposed, joined column by column, and transposed back.
template <class S, results Results, int N>
[[gnu::always_inline]] inline void scan_square(S const& s, typename S::input const* const (&x)[N],
                                               simd<typename S::lane, N>& c, int j, bool fresh,
                                               simd<typename S::result, N> (&result)[N]) {
  using L = typename S::lane;
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    simd<typename S::input, N> column[N] = {load_unaligned<typename S::input, N>(x[I] + j)...};
    transpose_lanes(column);
    ((c = I == 0 && fresh ? convert<L>(column[I]) : s.op(c, convert<L>(column[I])),
      result[I] = convert<typename S::result>(c)),
     ...);
    if constexpr (Results != results::none) {
      transpose_lanes(result);
    }
  }(std::make_integer_sequence<int, N>{});
}

/// As many whole squares of the lines as there are. Returns the elements of each line in them.
template <class S, results Results, int N>
int scan_squares(S const& s, typename S::input const* const (&x)[N],
                 typename S::result* const (&out)[N], simd<typename S::lane, N>& carry, int count,
                 bool fresh) {
  using R = typename S::result;
  constexpr bool streams = Results == results::streamed;
  // Results fill a line of the cache at a time.
  constexpr int step = N * sizeof(R) < 64 ? 2 * N : N;
  simd<typename S::lane, N> c = carry;
  int j = 0;
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    for (; j + step <= count; j += step, fresh = false) {
      simd<R, N> first[N];
      scan_square<S, Results, N>(s, x, c, j, fresh, first);
      if constexpr (step == N) {
        if constexpr (Results != results::none) {
          (store_as<streams>(out[I] + j, first[I]), ...);
        }
      } else {
        simd<R, N> second[N];
        scan_square<S, Results, N>(s, x, c, j + N, false, second);
        if constexpr (Results != results::none) {
          ((store_as<streams>(out[I] + j, first[I]), store_as<streams>(out[I] + j + N, second[I])),
           ...);
        }
      }
    }
  }(std::make_integer_sequence<int, N>{});
  carry = c;
  return j;
}

/// As many lines as a register has lanes, of which `lines` from `first` on exist.
template <class S, int N> void scan_along_together(scan_lines const& p, int first, int lines) {
  using L = typename S::lane;
  S const& s = *static_cast<S const*>(p.op);
  L* const carry = static_cast<L*>(p.carry) + first;
  typename S::input const* x[N];
  typename S::result* out[N];
  simd<L, N> c = {};
  for (int l = 0; l < N; ++l) {
    // A line that stands for one that is missing writes the same results again.
    int const line = l < lines ? l : lines - 1;
    x[l] = static_cast<typename S::input const*>(p.x[first + line]);
    out[l] =
        p.out != nullptr ? reinterpret_cast<typename S::result*>(p.out[first + line]) : nullptr;
    c.set(l, p.fresh ? L{} : carry[line]);
  }
  int const done =
      p.out == nullptr ? scan_squares<S, results::none, N>(s, x, out, c, p.count, p.fresh)
      : p.streams      ? scan_squares<S, results::streamed, N>(s, x, out, c, p.count, p.fresh)
                       : scan_squares<S, results::cached, N>(s, x, out, c, p.count, p.fresh);
  for (int l = 0; l < lines; ++l) {
    carry[l] = c[l];
    scan_along_one<S>(p, first + l, done);
  }
}

}  // namespace detail

/// True if lines are scanned together: floating sums wait several cycles for the one before.
template <class S>
inline constexpr bool scans_together_v =
    detail::joins_packs_v<S> && std::is_floating_point_v<typename S::input>;

/// True if results of neighbouring series go past the caches a line of the cache at a time, from
/// at most four packs of carries. Stores of less are slow where several lines take turns.
template <class S>
inline constexpr bool streams_down_v = [] {
  if constexpr (detail::joins_packs_v<S>) {
    return detail::packs_streamed<S> <= 4;
  } else {
    return false;
  }
}();

/// Four lines or one, the first alone.
template <class S> void scan_down(scan_lines const& p) {
  if (p.fresh) {
    detail::scan_down<S, 1, true, false>(p);
  } else if (p.lines == 1) {
    detail::scan_down<S, 1, false, false>(p);
  } else {
    if constexpr (streams_down_v<S>) {
      if (p.streams) {
        return detail::scan_down<S, 4, false, true>(p);
      }
    }
    detail::scan_down<S, 4, false, false>(p);
  }
}

/// Lines that know nothing of each other.
template <class S> void scan_along(scan_lines const& p) {
  int first = 0;
  if constexpr (scans_together_v<S>) {
    constexpr int n = vector_bytes / 8;
    for (; p.lines - first > 1; first += n) {
      detail::scan_along_together<S, n>(p, first, p.lines - first < n ? p.lines - first : n);
    }
  }
  for (; first < p.lines; ++first) {
    detail::scan_along_one<S>(p, first, 0);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
