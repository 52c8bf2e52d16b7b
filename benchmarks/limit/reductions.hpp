// SPDX-License-Identifier: Apache-2.0
#pragma once
// One read of the input: along contiguous elements with several independent states, across rows in
// tiles of columns whose states stay in the caches while several rows are added at a time.

#include <vector>

#include "limit/statistics.hpp"

namespace limit {

/// The statistic of x[begin, end), end > begin.
template <class State, class T>
inline typename State::one along(T const* x, index begin, index end) {
  // Enough of them to hide how long an addition takes, and no more than the registers hold.
  constexpr int lanes = State::lanes;
  constexpr int states = register_bytes == 64 || sizeof(State) > register_bytes ? 4 : 8;
  constexpr index step = states * lanes;
  using V = vec<T, lanes>;
  index i = begin;
  auto result = State::of(x[i++], begin);
  if (end - i >= step) {
    State state[states];
    for (int s = 0; s < states; ++s) {
      state[s].start_one(load<V>(x + i + s * lanes), x[begin], i + s * lanes);
    }
    index const first = i;
    for (; i + step <= end; i += step) {
#pragma GCC unroll 8
      for (int s = 0; s < states; ++s) {
        state[s].add(load<V>(x + i + s * lanes), i + s * lanes);
      }
    }
    for (int s = 1; s < states; ++s) {
      state[0].join(state[s]);
    }
    result.merge(state[0].folded(i - first));
  }
  for (; i < end; ++i) {
    result.merge(State::of(x[i], i));
  }
  return result;
}

template <class State, class T> void reduce_all(index n, typename State::result* out, T const* x) {
  struct found {
    part range = {0, 0};
    typename State::one value;
  };
  std::vector<found> parts(static_cast<std::size_t>(omp_get_max_threads()));
  in_parts(n, 4096, n, [&parts, x](part own) {
    if (own.begin < own.end) {
      parts[omp_get_thread_num()] = {own, along<State>(x, own.begin, own.end)};
    }
  });
  typename State::one total{};
  bool first = true;
  for (found const& f : parts) {
    if (f.range.begin == f.range.end) {
      continue;
    }
    if (first) {
      total = f.value;
    } else {
      total.merge(f.value);
    }
    first = false;
  }
  *out = total.value(n);
}

/// Each of `outer` rows of n contiguous elements.
template <class State, class T>
void reduce_rows(index outer, index n, typename State::result* out, T const* x) {
  in_parts(outer, 1, outer * n, [=](part own) {
    for (index i = own.begin; i < own.end; ++i) {
      out[i] = along<State>(x + i * n, 0, n).value(n);
    }
  });
}

/// Columns [begin, end) over `rows` rows, of which row k begins at x + k * stride.
template <class State, class T>
inline void reduce_tile(index rows, index stride, index begin, index end,
                        typename State::result* out, T const* x, State* states) {
  constexpr int together = 8;
  constexpr int lanes = State::lanes;
  using V = vec<T, lanes>;
  index const packs = (end - begin) / lanes;
  for (index j = 0; j < packs; ++j) {
    states[j].start(load<V>(x + begin + j * lanes), 0);
  }
  index k = 0;
  for (; k + together <= rows; k += together) {
    T const* const row = x + k * stride + begin;
    for (index j = 0; j < packs; ++j) {
      State s = states[j];
#pragma GCC unroll 8
      for (int r = 0; r < together; ++r) {
        s.add(load<V>(row + r * stride + j * lanes), k + r);
      }
      states[j] = s;
    }
  }
  for (; k < rows; ++k) {
    for (index j = 0; j < packs; ++j) {
      states[j].add(load<V>(x + k * stride + begin + j * lanes), k);
    }
  }
  for (index j = 0; j < packs; ++j) {
    for (int l = 0; l < lanes; ++l) {
      out[begin + j * lanes + l] = states[j].lane(l, rows, 0).value(rows);
    }
  }
  for (index j = begin + packs * lanes; j < end; ++j) {
    auto total = State::of(x[j], 0);
    for (index r = 1; r < rows; ++r) {
      total.merge(State::of(x[r * stride + j], r));
    }
    out[j] = total.value(rows);
  }
}

/// Columns whose states are together in the caches (512 KiB of sums); many, so that rows are read
/// in long runs.
constexpr index tile_columns = index{1} << 16;

/// Each of n columns over `rows` rows.
template <class State, class T>
void reduce_columns(index rows, index n, typename State::result* out, T const* x) {
  in_parts(n, 64, rows * n, [=](part own) {
    static thread_local std::vector<State> states;
    states.resize(static_cast<std::size_t>((own.end - own.begin) / State::lanes + 1));
    for (index j = own.begin; j < own.end; j += tile_columns) {
      index const end = j + tile_columns < own.end ? j + tile_columns : own.end;
      reduce_tile<State>(rows, n, j, end, out, x, states.data());
    }
  });
}

/// Each of n columns over the rows k, k + groups, k + 2 groups, … for every group k.
template <class State, class T>
void reduce_groups(index rows, index groups, index n, typename State::result* out, T const* x) {
  in_parts(n, 64, rows * n, [=](part own) {
    static thread_local std::vector<State> states;
    states.resize(static_cast<std::size_t>((own.end - own.begin) / State::lanes + 1));
    for (index j = own.begin; j < own.end; j += tile_columns) {
      index const end = j + tile_columns < own.end ? j + tile_columns : own.end;
      for (index g = 0; g < groups && g < rows; ++g) {
        index const members = (rows - g + groups - 1) / groups;
        reduce_tile<State>(members, groups * n, j, end, out + g * n, x + g * n, states.data());
      }
    }
  });
}

}  // namespace limit
