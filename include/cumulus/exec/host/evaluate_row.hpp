// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whole packs of a row of an expression on the host: the only loop that an expression instantiates.
// Rows at other steps, gathers and rows shorter than a pack come here from a stage
// (exec/host/row_loop.hpp).

#include <utility>

#include "cumulus/exec/host/streaming_store.hpp"
#include "cumulus/exec/pack/evaluate.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The same part of one or several rows of an expression, without its type: every array lies side
/// by side, or is a pack of copies of one element.
struct row_part {
  std::byte const* const* at;      ///< where each leaf's row begins, row after row
  unsigned char const* item_step;  ///< bytes to a leaf's next element: 0 if a copy or not in memory
  operand const* leaves;           ///< with strides over the plan's axes
  int axis;                        ///< the axis along the row
  index_t first;                   ///< first element
  index_t count;                   ///< number of elements
  index_t rows = 1;                ///< several only of expressions that are not masked
};

/// Where elements that lie side by side go.
struct row_output {
  std::byte* at;          ///< element 0
  bool* valid = nullptr;  ///< truth 0 of a masked expression
  bool streams = false;   ///< past the caches; the caller fences
  index_t row_step = 0;   ///< bytes from one row to the next
};

/// The loop of one expression, without its type.
struct row_evaluator {
  /// Writes a number of packs, of which the last one may be filled up with its first element. What
  /// is streamed begins at a line of the cache.
  void (*packs)(row_part const&, row_output const&);
  int leaves;
  int item_bytes;  ///< of an element of the result
  int pack;        ///< elements of a pack, a power of two
  bool is_array;   ///< the expression is nothing but an array
};

/// The packs of a tree on the host.
template <class Tree>
using host_packs =
    pack_policy<(vector_bytes / widest_v<Tree> > 1 ? vector_bytes / widest_v<Tree> : 1), true>;

/// Where a loop stands in the leaves of an expression on the host, in members that only ever have
/// one name, so that the compiler keeps them in registers.
template <int Leaves, int FirstArray> struct host_cursor {
  static constexpr int first_array = FirstArray;  ///< see load_by_halves
  std::byte const* at[Leaves];                    ///< the present pack
  index_t pack_step[Leaves];                      ///< bytes to the next one
  index_t step[Leaves];
  alignas(16) std::byte value[Leaves][16];
  operand const* operands;

  host_cursor(row_part const& part, index_t pack)
      : host_cursor(part, pack, std::make_integer_sequence<int, Leaves>{}) {}
  host_cursor(host_cursor const&) = delete;
  host_cursor& operator=(host_cursor const&) = delete;

  /// Stands at the first pack of a row.
  void enter(row_part const& part, index_t row) {
    enter(part, row, std::make_integer_sequence<int, Leaves>{});
  }
  /// Goes on by `packs` packs.
  void next(index_t packs = 1) { next(packs, std::make_integer_sequence<int, Leaves>{}); }

  template <class T> T const& constant(int k) const {
    static_assert(sizeof(T) <= sizeof(value[0]));
    return *reinterpret_cast<T const*>(value[k]);
  }

 private:
  template <int... K>
  host_cursor(row_part const& part, index_t pack, std::integer_sequence<int, K...>)
      : pack_step{part.item_step[K] * pack...},
        step{part.leaves[K].stride[part.axis]...},
        operands(part.leaves) {
    (static_cast<void>(std::memcpy(value[K], part.leaves[K].value, sizeof(value[K]))), ...);
  }
  template <int... K>
  void enter(row_part const& part, index_t row, std::integer_sequence<int, K...>) {
    ((at[K] = moved(part.at[row * Leaves + K], part.first * part.item_step[K])), ...);
  }
  template <int... K> void next(index_t packs, std::integer_sequence<int, K...>) {
    ((at[K] = moved(at[K], packs * pack_step[K])), ...);
  }
};

/// The pack behind the one where a cursor stands.
template <int Leaves, int FirstArray> struct next_pack {
  static constexpr int first_array = FirstArray;
  std::byte const* at[Leaves];
  host_cursor<Leaves, FirstArray> const& cursor;
  index_t const* step;
  operand const* operands;

  explicit next_pack(host_cursor<Leaves, FirstArray> const& c)
      : next_pack(c, std::make_integer_sequence<int, Leaves>{}) {}

  template <class T> T const& constant(int k) const { return cursor.template constant<T>(k); }

 private:
  template <int... K>
  next_pack(host_cursor<Leaves, FirstArray> const& c, std::integer_sequence<int, K...>)
      : at{moved(c.at[K], c.pack_step[K])...}, cursor(c), step(c.step), operands(c.operands) {}
};

/// True if the addresses of an expression's packs take a good part of the time, so that two packs
/// share them: short registers, few leaves, and no functor, which may be long, to compile again.
template <class Tree>
inline constexpr bool two_at_once_v =
    vector_bytes < 64 && Tree::leaf_count <= 5 && !tree::has_map_v<Tree>;

/// What a row_evaluator of Tree calls. Whether it streams is asked at every pack, lest the loop be
/// compiled twice for that.
template <class Tree> void evaluate_packs(row_part const& part, row_output const& out) {
  using T = typename Tree::value_type;
  using Packs = host_packs<Tree>;
  auto const evaluate_at = [&](auto const& cursor, index_t i) {
    int count = Packs::size;
    if constexpr (tree::has_generator_v<Tree>) {
      index_t const left = part.first + part.count - i;
      count = left < count ? static_cast<int>(left) : count;
    }
    return evaluate<Tree, Packs, access::unit>(cursor, i, count);
  };
  constexpr int bytes = Packs::size * static_cast<int>(sizeof(T));
  host_cursor<Tree::leaf_count, first_array_v<Tree>> c(part, Packs::size);
  index_t const end = part.first + part.count;
  if constexpr (tree::is_masked_v<Tree>) {
    c.enter(part, 0);
    for (index_t i = part.first; i < end; i += Packs::size) {
      auto const pack = evaluate_at(c, i);
      store<T, Packs, access::unit>(out.at, 1, i, Packs::size, pack.value);
      store<bool, Packs, access::unit>(reinterpret_cast<std::byte*>(out.valid), 1, i, Packs::size,
                                       pack.valid);
      c.next();
    }
  } else {
    bool const streams = out.streams;
    for (index_t row = 0; row < part.rows; ++row) {
      c.enter(part, row);
      std::byte* to = out.at + row * out.row_step + part.first * index_t{sizeof(T)};
      auto const put = [&](std::byte* at, auto const& pack) {
        if (streams) {
          typename simd<unsigned char, bytes>::vec v;
          store<T, Packs, access::unit>(reinterpret_cast<std::byte*>(&v), 1, 0, Packs::size, pack);
          stream_vector(at, v);
        } else {
          store<T, Packs, access::unit>(at, 1, 0, Packs::size, pack);
        }
      };
      index_t i = part.first;
      if constexpr (two_at_once_v<Tree>) {
        for (; end - i > Packs::size; i += 2 * Packs::size, to += 2 * bytes) {
          auto const first = evaluate_at(c, i);
          auto const second = evaluate_at(next_pack(c), i + Packs::size);
          put(to, first);
          put(to + bytes, second);
          c.next(2);
        }
      }
      for (; i < end; i += Packs::size, to += bytes) {
        put(to, evaluate_at(c, i));
        c.next();
      }
    }
  }
}

template <class Tree>
inline constexpr row_evaluator row_evaluator_of = {
    &evaluate_packs<Tree>, Tree::leaf_count, sizeof(typename Tree::value_type),
    host_packs<Tree>::size, std::is_same_v<Tree, tree::array<typename Tree::value_type>>};

}  // namespace cumulus::inline CUMULUS_TARGET
