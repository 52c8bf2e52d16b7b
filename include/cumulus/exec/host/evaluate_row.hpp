// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whole packs of a row of an expression on the host: the only loop that an expression instantiates.
// Rows at other steps, gathers and the ends of rows come here from a stage
// (exec/host/row_loop.hpp).

#include <utility>

#include "cumulus/exec/host/streaming_store.hpp"
#include "cumulus/exec/pack/evaluate.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Part of one row of an expression, without its type: every array lies side by side, or is a pack
/// of copies of one element.
struct row_part {
  std::byte const* const* at;  ///< where each leaf's row begins
  index_t const* mask;         ///< what is left of an index into it: all or nothing
  operand const* leaves;       ///< with strides over the plan's axes
  int axis;                    ///< the axis along the row
  index_t first;               ///< first element
  index_t count;               ///< number of elements
};

/// Where elements that lie side by side go.
struct row_output {
  std::byte* at;          ///< element 0
  bool* valid = nullptr;  ///< truth 0 of a masked expression
  bool streams = false;   ///< past the caches; the caller fences
};

/// The loop of one expression, without its type.
struct row_evaluator {
  /// Writes a number of packs. What is streamed begins at a line of the cache.
  void (*packs)(row_part const&, row_output const&);
  int leaves;
  int item_bytes;  ///< of an element of the result
  int pack;        ///< elements of a pack
  bool is_array;   ///< the expression is nothing but an array
};

/// The packs of a tree on the host.
template <class Tree>
using host_packs =
    pack_policy<(vector_bytes / widest_v<Tree> > 1 ? vector_bytes / widest_v<Tree> : 1), true>;

/// A row of an expression on the host: what a loop reads again and again, in members that only ever
/// have one name, so that the compiler keeps them in registers.
template <int Leaves> struct host_cursor {
  std::byte const* at[Leaves];
  index_t mask[Leaves];
  index_t step[Leaves];
  alignas(16) std::byte value[Leaves][16];
  operand const* operands;

  explicit host_cursor(row_part const& part)
      : host_cursor(part, std::make_integer_sequence<int, Leaves>{}) {}
  host_cursor(host_cursor const&) = delete;
  host_cursor& operator=(host_cursor const&) = delete;

  index_t along(int k, index_t i) const { return i & mask[k]; }
  template <class T> T const& constant(int k) const {
    static_assert(sizeof(T) <= sizeof(value[0]));
    return *reinterpret_cast<T const*>(value[k]);
  }

 private:
  template <int... K>
  host_cursor(row_part const& part, std::integer_sequence<int, K...>)
      : at{part.at[K]...},
        mask{part.mask[K]...},
        step{part.leaves[K].stride[part.axis]...},
        operands(part.leaves) {
    (static_cast<void>(std::memcpy(value[K], part.leaves[K].value, sizeof(value[K]))), ...);
  }
};

/// What a row_evaluator of Tree calls. What is streamed is made a piece at a time in the cache, so
/// that no expression is compiled twice; pieces are short, because reading and writing in turns
/// costs bandwidth (four lines at a time reach what single stores do, 8 KB lose a third).
template <class Tree> void evaluate_packs(row_part const& part, row_output const& out) {
  using T = typename Tree::value_type;
  using Packs = host_packs<Tree>;
  host_cursor<Tree::leaf_count> const c(part);
  index_t i = part.first;
  index_t const end = part.first + part.count;
  if constexpr (tree::is_masked_v<Tree>) {
    for (; i < end; i += Packs::size) {
      auto const pack = evaluate<Tree, Packs, access::unit>(c, i);
      store<T, Packs, access::unit>(out.at, 1, i, Packs::size, pack.value);
      store<bool, Packs, access::unit>(reinterpret_cast<std::byte*>(out.valid), 1, i, Packs::size,
                                       pack.valid);
    }
  } else {
    constexpr index_t size = sizeof(T);
    alignas(64) std::byte piece[streamed_piece];
    bool const streams = out.streams;
    while (i < end) {
      index_t const begin = i;
      index_t const stop = streams ? std::min(end, i + streamed_piece / size) : end;
      std::byte* const to = streams ? const_cast<std::byte*>(moved(piece, -i * size)) : out.at;
      for (; i < stop; i += Packs::size) {
        store<T, Packs, access::unit>(to, 1, i, Packs::size,
                                      evaluate<Tree, Packs, access::unit>(c, i));
      }
      if (streams) {
        stream_bytes(out.at + begin * size, piece, (stop - begin) * size);
      }
    }
  }
}

template <class Tree>
inline constexpr row_evaluator row_evaluator_of = {
    &evaluate_packs<Tree>, Tree::leaf_count, sizeof(typename Tree::value_type),
    host_packs<Tree>::size, std::is_same_v<Tree, tree::array<typename Tree::value_type>>};

}  // namespace cumulus::inline CUMULUS_TARGET
