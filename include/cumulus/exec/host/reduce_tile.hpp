// SPDX-License-Identifier: Apache-2.0
#pragma once
// One tile of a reduction on the host: 32 lanes over 1024 neighbours, or over 1024 rows for many
// outputs at once. The order of additions is that of docs/summation.md.

#include "cumulus/exec/host/neutral_element.hpp"
#include "cumulus/exec/plan/tile_summary.hpp"

// Rows of an input never overlap the sums; g++ gives up on checking eight of them.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#  define CUMULUS_NO_OVERLAP _Pragma("GCC ivdep")
#else
#  define CUMULUS_NO_OVERLAP
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// The lane that is added k-th so that pairs l, l + 16, then l, l + 8, … meet as they complete.
CUMULUS_HD constexpr int lane_order(int k) {
  return (k & 1) << 4 | (k & 2) << 2 | (k & 4) | (k & 8) >> 2 | (k & 16) >> 4;
}

namespace detail {

/// Bytes, because g++ 12 adds up bools one at a time.
inline unsigned char const* as_bytes(bool const* truths) {
  return reinterpret_cast<unsigned char const*>(truths);
}
inline int count_true(bool const* valid, int n) {
  unsigned char const* const byte = as_bytes(valid);
  int count = 0;
  for (int i = 0; i < n; ++i) {
    count += byte[i];
  }
  return count;
}

/// Sums of deviations of real numbers, whose products must be kept from contraction without keeping
/// the loops from vectors.
template <class Reducer>
inline constexpr bool real_deviations_v =
    Reducer::needs_shift && !complex_floating<typename Reducer::input>;

/// The deviations from the shifts and their squares, Count at a time; `step` is 0 if all share one.
template <int Count, class T>
void deviations_of(T const* x, T const* shift, int step, double (&d)[Count], double (&q)[Count]) {
  for (int l = 0; l < Count; ++l) {
    d[l] = reducers::widen<double>(x[l]) - reducers::widen<double>(shift[l * step]);
  }
  for (int l = 0; l < Count; ++l) {
    q[l] = d[l] * d[l];
  }
  uncontracted_array(q);
}

/// Adds n elements to the lanes; returns how many lanes of a power of two were used.
template <class Reducer>
int add_to_lanes(typename Reducer::lane* lane, typename Reducer::input const* x, int n,
                 index_t first, typename Reducer::input shift) {
  int lanes = 1;
  while (lanes < n && lanes < tile_lanes) {
    lanes *= 2;
  }
  for (int l = 0; l < lanes; ++l) {
    lane[l] = Reducer::start();
  }
  int i = 0;
  if constexpr (real_deviations_v<Reducer>) {
    double sums[tile_lanes] = {};
    double squares[tile_lanes] = {};
    for (; i + tile_lanes <= n; i += tile_lanes) {
      double d[tile_lanes];
      double q[tile_lanes];
      deviations_of(x + i, &shift, 0, d, q);
      for (int l = 0; l < tile_lanes; ++l) {
        sums[l] += d[l];
        squares[l] += q[l];
      }
    }
    for (int l = 0; l < lanes; ++l) {
      lane[l] = {sums[l], squares[l]};
    }
  } else {
    for (; i + tile_lanes <= n; i += tile_lanes) {
      for (int l = 0; l < tile_lanes; ++l) {
        Reducer::add(lane[l], x[i + l], first + i + l, shift);
      }
    }
  }
  for (int l = 0; i + l < n; ++l) {
    Reducer::add(lane[l], x[i + l], first + i + l, shift);
  }
  return lanes;
}

/// Lanes past the used ones are empty and merging them changes nothing.
template <class Reducer>
typename Reducer::lane merge_lanes(typename Reducer::lane* lane, int used) {
  for (int width = used / 2; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) {
      lane[l] = Reducer::merge_lanes(lane[l], lane[l + width]);
    }
  }
  return lane[0];
}

/// The first element that is the largest (or smallest, or NaN): its value by vectors, then
/// where it stands.
template <class T, int Sign>
typename reducers::arg_extreme<T, Sign>::lane first_extreme(T const* x, int n, index_t first) {
  using value = reducers::extreme<T, Sign>;
  typename value::lane lane[tile_lanes];
  int const used = add_to_lanes<value>(lane, x, n, first, T(0));
  auto const best = merge_lanes<value>(lane, used);
  bool const nan = elementary::is_nan(best);
  auto const hit = [&](int i) {
    auto const here = static_cast<compute_t<T>>(x[i]);
    return nan ? elementary::is_nan(here) : here == best;
  };
  for (int i = 0; i < n; i += tile_lanes) {
    int const end = i + tile_lanes < n ? i + tile_lanes : n;
    int hits = 0;
    for (int j = i; j < end; ++j) {
      hits += hit(j) ? 1 : 0;
    }
    for (int j = i; hits > 0 && j < end; ++j) {
      if (hit(j)) {
        return {static_cast<compute_t<T>>(x[j]), first + j};
      }
    }
  }
  return reducers::arg_extreme<T, Sign>::start();
}

/// Comparisons make vectors only in a loop over one row.
template <class Reducer> inline constexpr bool row_by_row_v = false;
template <class T, int Sign>
inline constexpr bool row_by_row_v<reducers::extreme<T, Sign>> = !complex_floating<T>;

template <class Reducer> inline constexpr bool finds_real_extreme_v = false;
template <class T, int Sign>
inline constexpr bool finds_real_extreme_v<reducers::arg_extreme<T, Sign>> = !complex_floating<T>;

}  // namespace detail

/// `n` <= 1024 neighbouring elements, of which `valid` (or all, if null) count; the first has index
/// `first` along the reduction.
template <class Reducer>
tile_summary<Reducer> reduce_tile(typename Reducer::input const* x, bool const* valid, int n,
                                  index_t first) {
  using T = typename Reducer::input;
  typename Reducer::lane lane[tile_lanes];
  int used = tile_lanes;
  int count = n;
  T shift = n > 0 ? x[0] : T(0);
  if (valid == nullptr) {
    if constexpr (detail::finds_real_extreme_v<Reducer>) {
      return {detail::first_extreme<T, Reducer::sign>(x, n, first), n};
    }
    used = detail::add_to_lanes<Reducer>(lane, x, n, first, shift);
  } else {
    count = detail::count_true(valid, n);
    for (int i = 0; i < n; ++i) {
      if (valid[i]) {
        shift = x[i];
        break;
      }
    }
    if constexpr (neutral_element<Reducer>::exists) {
      T const nothing = neutral_element<Reducer>::of(shift);
      T counted[tile_length];
      unsigned char const* const byte = detail::as_bytes(valid);
      for (int i = 0; i < n; ++i) {
        T const here = x[i];
        counted[i] = byte[i] != 0 ? here : nothing;
      }
      used = detail::add_to_lanes<Reducer>(lane, counted, n, first, shift);
    } else {
      for (auto& l : lane) {
        l = Reducer::start();
      }
      for (int i = 0; i < n; ++i) {
        if (valid[i]) {
          Reducer::add(lane[i % tile_lanes], x[i], first + i, shift);
        }
      }
    }
  }
  auto const all = detail::merge_lanes<Reducer>(lane, used);
  return {count > 0 ? Reducer::close(all, count, shift) : typename Reducer::tile{}, count};
}

/// Outputs side by side whose tiles are reduced together.
inline constexpr int column_block = 1024;
/// Rows that are added per load and store of the lanes.
inline constexpr int rows_at_once = 8;

/// A tile of up to 1024 rows of up to column_block elements each. Rows are swept lane by lane, and
/// the lanes of a pair are merged as soon as both are there.
template <class Reducer> class column_tile {
  using T = typename Reducer::input;
  using lane_type = typename Reducer::lane;

 public:
  /// rows(r0, step, count, x, valid) must set x[g] and valid[g] (null: all) to row r0 + g * step.
  template <class Rows>
  void reduce(Rows const& rows, int row_count, int columns, index_t first,
              tile_summary<Reducer>* out, index_t out_stride, bool masked) {
    if constexpr (Reducer::needs_shift) {
      find_shifts(rows, row_count, columns, masked);
    }
    std::fill(count_, count_ + columns, masked ? 0 : row_count);
    // Lanes past the last row are empty and merging them changes nothing.
    int levels = 0;
    while ((1 << levels) < row_count && levels < 5) {
      ++levels;
    }
    int const lanes = 1 << levels;
    for (int k = 0; k < lanes; ++k) {
      add_lane(rows, lane_order(k) >> (5 - levels), row_count, columns, first, masked);
      int level = 0;
      for (; (k >> level & 1) != 0; ++level) {
        for (int c = 0; c < columns; ++c) {
          sum_[c] = Reducer::merge_lanes(stack_[level][c], sum_[c]);
        }
      }
      if (k + 1 < lanes) {
        std::copy(sum_, sum_ + columns, stack_[level]);
      }
    }
    for (int c = 0; c < columns; ++c) {
      index_t const n = count_[c];
      out[c * out_stride] = {
          n > 0 ? Reducer::close(sum_[c], n, shift_[c]) : typename Reducer::tile{}, n};
    }
  }

 private:
  template <class Rows>
  void add_lane(Rows const& rows, int lane, int row_count, int columns, index_t first,
                bool masked) {
    std::fill(sum_, sum_ + columns, Reducer::start());
    T const* x[rows_at_once];
    bool const* valid[rows_at_once];
    for (int r = lane; r < row_count; r += rows_at_once * tile_lanes) {
      int const left = (row_count - r + tile_lanes - 1) / tile_lanes;
      int const count = left < rows_at_once ? left : rows_at_once;
      rows(r, tile_lanes, count, x, valid);
      index_t const at = first + r;
      if (!masked) {
        add_rows(x, count, columns, at);
        continue;
      }
      for (int g = 0; g < count; ++g) {
        unsigned char const* const byte = detail::as_bytes(valid[g]);
        CUMULUS_NO_OVERLAP
        for (int c = 0; c < columns; ++c) {
          count_[c] += byte[c];
        }
      }
      if constexpr (neutral_element<Reducer>::exists) {
        for (int g = 0; g < count; ++g) {
          unsigned char const* const byte = detail::as_bytes(valid[g]);
          T const* const row = x[g];
          CUMULUS_NO_OVERLAP
          for (int c = 0; c < columns; ++c) {
            T const nothing = neutral_element<Reducer>::of(shift_[c]);
            T const here = row[c];
            counted_[g][c] = byte[c] != 0 ? here : nothing;
          }
          x[g] = counted_[g];
        }
        add_rows(x, count, columns, at);
      } else {
        for (int g = 0; g < count; ++g) {
          for (int c = 0; c < columns; ++c) {
            if (valid[g][c]) {
              Reducer::add(sum_[c], x[g][c], at + g * tile_lanes, shift_[c]);
            }
          }
        }
      }
    }
  }

  /// Adds whole rows, `tile_lanes` apart, as many as possible for each load of the sums.
  void add_rows(T const* const* x, int count, int columns, index_t at) {
    int g = 0;
    for (; g + 8 <= count; g += 8) {
      add_some_rows<8>(x + g, columns, at + g * tile_lanes);
    }
    for (; g + 3 <= count; g += 3) {
      add_some_rows<3>(x + g, columns, at + g * tile_lanes);
    }
    for (; g < count; ++g) {
      add_some_rows<1>(x + g, columns, at + g * tile_lanes);
    }
  }

  template <int Rows> void add_some_rows(T const* const* rows, int columns, index_t at) {
    T const* x[Rows];
    std::copy(rows, rows + Rows, x);
    int c = 0;
    if constexpr (detail::row_by_row_v<Reducer>) {
      for (int g = 0; g < Rows; ++g) {
        T const* const row = x[g];
        CUMULUS_NO_OVERLAP
        for (c = 0; c < columns; ++c) {
          Reducer::add(sum_[c], row[c], at + g * tile_lanes, shift_[c]);
        }
      }
    }
    if constexpr (detail::real_deviations_v<Reducer>) {
      constexpr int block = 32;
      for (; c + block <= columns; c += block) {
        double d[block];
        double q[block];
        for (int g = 0; g < Rows; ++g) {
          detail::deviations_of(x[g] + c, shift_ + c, 1, d, q);
          for (int l = 0; l < block; ++l) {
            sum_[c + l].first += d[l];
            sum_[c + l].second += q[l];
          }
        }
      }
    }
    CUMULUS_NO_OVERLAP
    for (; c < columns; ++c) {
      lane_type a = sum_[c];
      for (int g = 0; g < Rows; ++g) {
        Reducer::add(a, x[g][c], at + g * tile_lanes, shift_[c]);
      }
      sum_[c] = a;
    }
  }

  /// Each column's first valid element.
  template <class Rows>
  void find_shifts(Rows const& rows, int row_count, int columns, bool masked) {
    T const* x[rows_at_once];
    bool const* valid[rows_at_once];
    bool found[column_block] = {};
    int missing = columns;
    for (int r = 0; r < row_count && missing > 0; ++r) {
      rows(r, 1, 1, x, valid);
      for (int c = 0; c < columns; ++c) {
        if (!found[c] && (!masked || valid[0][c])) {
          shift_[c] = x[0][c];
          found[c] = true;
          --missing;
        }
      }
    }
  }

  lane_type sum_[column_block];
  lane_type stack_[5][column_block];
  T shift_[column_block] = {};
  int count_[column_block];
  T counted_[neutral_element<Reducer>::exists ? rows_at_once : 1][column_block];
};

}  // namespace cumulus::inline CUMULUS_TARGET

#undef CUMULUS_NO_OVERLAP
