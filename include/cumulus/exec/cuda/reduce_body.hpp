// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel bodies of reductions. They add in the order of docs/summation.md: a tile is 1024
// consecutive elements of the reduced index, element i of it belongs to lane i mod 32, lanes meet
// pairwise (l with l + 16, l + 8, …), and so do tiles.

#include "cumulus/exec/cuda/merge_body.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// How the tiles of a reduction lie, whatever is reduced.
struct tile_layout {
  divider row;  ///< extent of the last reduced axis
  int kept = 0;
  int reduced = 0;
  /// 32: a warp to a tile, a lane to a thread, and neighbours along the reduced axis are read
  /// together. 8: a block has 32 outputs beside each other, and neighbouring outputs are read
  /// together.
  int strands = 32;
  bool has_mask = false;
  index_t const* members = nullptr;
  group_levels group;
  index_t outputs = 1;
  index_t length = 1;
  index_t tiles = 1;
  divider by_tiles;
  /// Where summaries go if there are several tiles to an output, and how they lie there.
  void* partial = nullptr;
  index_t output_stride = 0;
  index_t tile_stride = 0;
  index_t work_blocks = 0;  ///< blocks of work, which the blocks of the grid share

  CUMULUS_ONCE tile_layout() {}  // many stores
};

template <class Tree, class Reducer> struct tile_arguments : tile_layout {
  static constexpr int count = 2 + Tree::leaf_count;  // output, leaves, mask

  Reducer reducer;
  index_t step[count] = {};         ///< elements between neighbours along the last reduced axis
  kernel_operands<count> operands;  ///< strides in bytes but along the last reduced axis

  explicit tile_arguments(Reducer const& r) : reducer(r) {}
};

/// The shift of a tile and how it is found: the first valid element, where the reducer needs one.
/// Several statistics may need several, one for each kind of element that counts.
template <class Reducer> struct shift_search {
  using T = typename Reducer::input;
  using shift = T;
  static constexpr int kinds = Reducer::needs_shift ? 1 : 0;
  static CUMULUS_HD constexpr bool takes_every(int) { return true; }
  static CUMULUS_HD bool takes(int, T) { return true; }
  static CUMULUS_HD void set(shift& s, int, T x) { s = x; }
};

/// One element of the reduced index.
template <class T> struct reduced_element {
  T value;
  bool valid;
};

namespace detail {

/// Elements of one tile of one output.
template <class Tree, class Reducer> struct tile_reader {
  using arguments = tile_arguments<Tree, Reducer>;
  using T = typename Reducer::input;
  static constexpr int count = arguments::count;

  arguments const& a;
  std::byte const* base[count];  ///< where the operands stand at the output
  index_t first;                 ///< index of the tile's first element
  int elements;                  ///< of the tile
  index_t const* members;        ///< of the group; null: not grouped

  CUMULUS_HD tile_reader(arguments const& arguments_, index_t output, index_t tile)
      : a(arguments_), first(tile * tile_length), members(a.members) {
    index_t length = a.length;
    if (a.group.lower != nullptr) {
      index_t const group = a.group.group_of(tile);
      first = (tile - a.group.upper[group]) * tile_length;
      members += a.group.lower[group];
      length = a.group.lower[group + 1] - a.group.lower[group];
    }
    index_t const left = length - first;
    elements = static_cast<int>(left < tile_length ? left : tile_length);
    find_position(a.operands, a.kept, output, base);
  }

  /// True if every element counts.
  CUMULUS_HD bool all_valid() const { return !tree::is_masked_v<Tree> && !a.has_mask; }

  /// Elements of the tile that follow one another in one row of memory.
  struct run {
    row_cursor<Tree::leaf_count> leaves;  ///< at the beginning of the row
    bool const* mask;
    index_t column;  ///< where the tile's element 0 is, or would be, in the row
    int end;         ///< the first element behind the run
  };

  /// The run of element `i`.
  CUMULUS_HD run run_at(int i) const {
    run r{{}, nullptr, first, elements};
    index_t offset[count] = {};
    if (a.reduced > 1) {
      index_t const position = first + i;
      index_t const row = a.row.quotient(position);
      r.column -= row * a.row.by;
      index_t const left = a.row.by - (r.column + i);
      r.end = left < elements - i ? i + static_cast<int>(left) : elements;
      add_offsets(a.operands, a.kept, a.kept + a.reduced - 1, row, offset);
    }
    CUMULUS_UNROLL
    for (int k = 0; k < Tree::leaf_count; ++k) {
      r.leaves.at[k] = displaced(base[1 + k], offset[1 + k]);
      r.leaves.step[k] = a.step[1 + k];
    }
    r.leaves.operands = a.operands.of + 1;
    r.leaves.bad_index = a.operands.bad_index;
    r.mask = reinterpret_cast<bool const*>(displaced(base[count - 1], offset[count - 1]));
    return r;
  }

  /// Element `i` of the tile, which is in the run.
  CUMULUS_HD reduced_element<T> at(run const& r, int i) const {
    index_t const position = members != nullptr ? members[first + i] : r.column + i;
    auto const pack = evaluate<Tree, single_element, access::strided>(r.leaves, position, 1);
    bool const valid = !a.has_mask || r.mask[position * a.step[count - 1]];
    if constexpr (tree::is_masked_v<Tree>) {
      return {lane_of(pack.value, 0), valid && lane_of(pack.valid, 0)};
    } else {
      return {lane_of(pack, 0), valid};
    }
  }

  /// Adds the valid ones of the elements from, from + 32, … to a lane. Several are read before one
  /// is added: fewer where each comes from several arrays, so that none is kept in memory.
  template <class Shift>
  CUMULUS_HD void add_lane(typename Reducer::lane& lane, int& valid, int from,
                           Shift const& shift) const {
    constexpr int in_flight =
        Tree::leaf_count == 1 && sizeof(T) <= 4 ? 8 : (Tree::leaf_count <= 3 ? 4 : 2);
    CUMULUS_NO_UNROLL
    for (int i = from; i < elements;) {
      run const r = run_at(i);
      int const next = i + (r.end - i + tile_lanes - 1) / tile_lanes * tile_lanes;
      CUMULUS_NO_UNROLL
      for (; i < r.end; i += in_flight * tile_lanes) {
        reduced_element<T> x[in_flight];
        CUMULUS_UNROLL
        for (int u = 0; u < in_flight; ++u) {
          int const j = i + u * tile_lanes;
          x[u] = at(r, j < r.end ? j : r.end - 1);
          x[u].valid = x[u].valid && j < r.end;
        }
        CUMULUS_UNROLL
        for (int u = 0; u < in_flight; ++u) {
          if (x[u].valid) {
            Reducer::add(lane, x[u].value, first + i + u * tile_lanes, shift);
            ++valid;
          }
        }
      }
      i = next;
    }
  }

  /// The first valid one of the elements from, from + step, … that the search for shifts of a kind
  /// takes, and its index; tile_length if there is none.
  CUMULUS_HD int first_valid(int kind, int from, int step, T& value) const {
    CUMULUS_NO_UNROLL
    for (int i = from; i < elements; i += step) {
      reduced_element<T> const x = at(run_at(i), i);
      if (x.valid && shift_search<Reducer>::takes(kind, x.value)) {
        value = x.value;
        return i;
      }
    }
    return tile_length;
  }
};

/// Stores the summary of a tile, or the result where a tile is all there is.
template <class Arguments, class Lane, class Shift>
CUMULUS_HD void store_tile(Arguments const& a, index_t output, index_t tile, Lane const& lane,
                           index_t valid, Shift const& shift) {
  using Reducer = decltype(a.reducer);
  using R = std::remove_const_t<Reducer>;
  tile_summary<R> summary{{}, valid};
  if (valid > 0) {
    summary.state = R::close(lane, valid, shift);
  }
  if (a.partial != nullptr) {
    static_cast<tile_summary<R>*>(a.partial)[output * a.output_stride + tile * a.tile_stride] =
        summary;
  } else {
    index_t const group = a.group.lower != nullptr ? a.group.group_of(tile) : 0;
    store_result(a.reducer,
                 result_of<typename R::result>(a.operands, a.kept, output, group, a.group.distance),
                 summary);
  }
}

}  // namespace detail

/// What a block of 256 threads has at once where a tile has 32 strands, and where it has 8.
inline constexpr int tiles_of_a_block = 8;
inline constexpr int outputs_of_a_block = 32;

/// Which output, tile and strand a thread has, and the tile's shift.
template <class Reducer> struct strand_state {
  index_t output;
  index_t tile;
  int strand;
  typename shift_search<Reducer>::shift shift;
};

template <class Reducer, int Size> struct strand_memory {
  typename Reducer::lane lane[Size];
  int valid[Size];
};
/// Also the first valid element of each strand, of each kind.
template <class Reducer, int Size>
  requires(shift_search<Reducer>::kinds > 0)
struct strand_memory<Reducer, Size> {
  typename Reducer::lane lane[Size];
  int valid[Size];
  int first_valid[shift_search<Reducer>::kinds][Size];
  typename Reducer::input first_value[shift_search<Reducer>::kinds][Size];
};

/// The work of tiles whose lanes are shared by some threads, the strands. Strand s of n adds the
/// lanes s, s + n, … in an order in which partners meet as they complete, and the strands meet in
/// shared memory.
template <class Tree, class Reducer> struct tile_body {
  using arguments = tile_arguments<Tree, Reducer>;
  using thread_state = strand_state<Reducer>;
  using shared_memory = strand_memory<Reducer, 256>;
  static_assert(sizeof(shared_memory) <= 48 * 1024,
                "cumulus: these statistics together need more shared memory than a block of "
                "threads has; compute them in two calls of reduce_all_of");
  using search = shift_search<Reducer>;
  using shift_type = typename search::shift;
  using lane_type = typename Reducer::lane;

  /// Finding the shift, adding, merging; 8 strands have nothing to do in the last two.
  static constexpr int adding = search::kinds > 0 ? 1 : 0;
  static constexpr int phases = adding + 1 + 5;
  static constexpr bool several_statistics = detail::stores_several_v<Reducer>;
  static CUMULUS_HD bool warp_barriers(arguments const& a) { return a.strands == 32; }

  CUMULUS_HD void phase(int phase, thread_coordinates const& at, arguments const& a,
                        thread_state& state, shared_memory& shared) const {
    if (phase == 0) {
      place(at, a, state);
      state.shift = shift_type{};
    }
    if (state.output >= a.outputs) {
      return;
    }
    if (phase <= adding) {
      reader_type const reader(a, state.output, state.tile);
      if constexpr (search::kinds > 0) {
        if (phase < adding) {
          find_shifts(reader, at.thread, state.strand, shared);
          return;
        }
        for (int kind = 0; kind < search::kinds; ++kind) {
          int earliest = tile_length;
          CUMULUS_NO_UNROLL
          for (int s = 0; s < a.strands; ++s) {
            int const other = slot(a, at.thread, state.strand, s);
            if (shared.first_valid[kind][other] < earliest) {
              earliest = shared.first_valid[kind][other];
              search::set(state.shift, kind, shared.first_value[kind][other]);
            }
          }
        }
      }
      int valid = 0;
      shared.lane[at.thread] = add_strand(reader, state.strand, valid, state.shift);
      shared.valid[at.thread] = valid;
    } else {
      int const width = a.strands >> (phase - adding);
      if (state.strand < width) {
        int const partner = slot(a, at.thread, state.strand, state.strand + width);
        lane_type const merged = Reducer::merge_lanes(shared.lane[at.thread], shared.lane[partner]);
        int const valid = shared.valid[at.thread] + shared.valid[partner];
        if (width == 1) {
          detail::store_tile(a, state.output, state.tile, merged, index_t{valid}, state.shift);
        } else {
          shared.lane[at.thread] = merged;
          shared.valid[at.thread] = valid;
        }
      }
    }
  }

 private:
  using reader_type = detail::tile_reader<Tree, Reducer>;

  static CUMULUS_HD void place(thread_coordinates const& at, arguments const& a,
                               thread_state& state) {
    int const warp = at.thread / 32;
    int const lane = at.thread % 32;
    bool const rows = a.strands == 32;
    index_t const unit = rows ? at.block * (at.threads / 32) + warp : at.block;
    index_t const group = a.by_tiles.quotient(unit);
    state.tile = unit - group * a.tiles;
    state.output = rows ? group : group * outputs_of_a_block + lane;
    state.strand = rows ? lane : warp;
  }
  /// The thread that has the strand `other` of the same tile.
  static CUMULUS_HD int slot(arguments const& a, int thread, int strand, int other) {
    return thread + (other - strand) * (a.strands == 32 ? 1 : outputs_of_a_block);
  }

  static CUMULUS_HD void find_shifts(reader_type const& reader, int thread, int strand,
                                     shared_memory& shared) {
    for (int kind = 0; kind < search::kinds; ++kind) {
      // Where every element counts the first strand's first one is the tile's.
      shared.first_valid[kind][thread] =
          reader.all_valid() && search::takes_every(kind) && strand > 0
              ? tile_length
              : reader.first_valid(kind, strand, reader.a.strands,
                                   shared.first_value[kind][thread]);
    }
  }

  /// The lanes of a strand, merged: one, or s, s + 16, s + 8, s + 24: neighbours in this order are
  /// partners. The loop stays one, so that the expression is in the code only as often as add_lane
  /// holds it.
  static CUMULUS_HD lane_type add_strand(reader_type const& reader, int strand, int& valid,
                                         shift_type const& shift) {
    lane_type merged[2] = {Reducer::start(), Reducer::start()};
    int const lanes = tile_lanes / reader.a.strands;
    CUMULUS_NO_UNROLL
    for (int k = 0; k < lanes; ++k) {
      lane_type lane = Reducer::start();
      reader.add_lane(lane, valid, strand + ((k & 1) << 4) + ((k & 2) << 2), shift);
      if (k == 0) {
        merged[0] = lane;
      } else if (k == 1) {
        merged[0] = Reducer::merge_lanes(merged[0], lane);
      } else if (k == 2) {
        merged[1] = lane;
      } else {
        merged[1] = Reducer::merge_lanes(merged[1], lane);
      }
    }
    return lanes == 1 ? merged[0] : Reducer::merge_lanes(merged[0], merged[1]);
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
