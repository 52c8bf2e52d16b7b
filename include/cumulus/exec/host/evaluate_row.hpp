// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of an expression on the host, evaluated pack by pack.

#include "cumulus/exec/host/streaming_store.hpp"
#include "cumulus/exec/pack/evaluate.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Part of one row of an expression, without its type.
struct row_part {
  std::byte const* const* at;  ///< where each leaf's row begins
  operand const* operands;     ///< the leaves, with strides over the plan's axes
  int axis;                    ///< the axis along the row
  bool unit;                   ///< every array lies side by side, or is one element for the row
  index_t first;               ///< first element
  index_t count;               ///< number of elements
};

/// The packs of a tree on the host.
template <class Tree>
using host_packs =
    pack_policy<(vector_bytes / widest_v<Tree> > 1 ? vector_bytes / widest_v<Tree> : 1), true>;

/// Fills 64 bytes with copies of an element.
inline void repeat_element(std::byte* to, std::byte const* element, int item_bytes) {
  std::memcpy(to, element, static_cast<std::size_t>(item_bytes));
  for (int done = item_bytes; done < 64; done *= 2) {
    std::memcpy(to + done, to, static_cast<std::size_t>(done));
  }
}

/// A row of an expression on the host. What a loop reads again and again lies in the cursor, where
/// the compiler knows that no store changes it. With unit access an array at step 0 is read from a
/// pack of copies; a gather with one index for the whole row is an array.
template <int Leaves> struct host_cursor {
  std::byte const* at[Leaves];
  index_t step[Leaves];
  index_t mask[Leaves];  ///< unit access: what is left of an index
  alignas(16) std::byte value[Leaves][16];
  operand const* operands;
  alignas(64) std::byte repeated[Leaves][64];

  static constexpr int* bad_index = nullptr;

  explicit host_cursor(row_part const& part) : operands(part.operands) {
    for (int k = 0; k < Leaves; ++k) {
      operand const& o = part.operands[k];
      at[k] = part.at[k];
      step[k] = o.stride[part.axis];
      mask[k] = -1;
      std::memcpy(value[k], o.value, sizeof(value[k]));
      bool const is_index = k + 1 < Leaves && part.operands[k + 1].kind == leaf_kind::indirect;
      bool row = o.kind == leaf_kind::array && !is_index;
      if (k > 0 && o.kind == leaf_kind::indirect && step[k - 1] == 0) {
        row = true;
        index_t const index = *reinterpret_cast<index_t const*>(at[k - 1]);
        at[k] = moved(at[k], detail::checked_gather(index, o.value_as<gather_extent>(), nullptr) *
                                 o.item_bytes);
      }
      if (part.unit && row && step[k] == 0) {
        repeat_element(repeated[k], at[k], o.item_bytes);
        at[k] = repeated[k];
        mask[k] = 0;
      }
    }
  }
  host_cursor(host_cursor const&) = delete;
  host_cursor& operator=(host_cursor const&) = delete;

  index_t along(int k, index_t i) const { return i & mask[k]; }
  std::byte const* gathered(int k) const { return at[k + 1]; }
  template <class T> T const& constant(int k) const {
    static_assert(sizeof(T) <= sizeof(value[0]));
    return *reinterpret_cast<T const*>(value[k]);
  }
};

/// Calls use(i, where, count, pack) for every pack of the elements [i, end) of a row.
template <class Tree, class Use>
void for_each_pack(host_cursor<Tree::leaf_count> const& c, bool unit, index_t i, index_t end,
                   Use const use) {
  using Packs = host_packs<Tree>;
  if (unit) {
    for (; i + Packs::size <= end; i += Packs::size) {
      use(i, std::integral_constant<access, access::unit>{}, Packs::size,
          evaluate<Tree, Packs, access::unit>(c, i));
    }
  }
  for (; i < end; i += Packs::size) {
    int const count = static_cast<int>(end - i < Packs::size ? end - i : Packs::size);
    use(i, std::integral_constant<access, access::strided>{}, count,
        evaluate<Tree, Packs, access::strided>(c, i, count));
  }
}

/// Where the elements of a row go.
struct row_output {
  std::byte* at;         ///< element 0
  index_t step = 1;      ///< elements from one to the next
  bool streams = false;  ///< past the caches, with step 1; the caller fences
};

/// Evaluates part of a row. What is streamed is made a piece at a time in the cache, so that no
/// expression is compiled twice; pieces are short, because reading and writing in turns costs
/// bandwidth (four lines at a time reach what single stores do, 8 KB lose a third).
template <class Tree> void evaluate_row(row_part const& part, row_output const& out) {
  using T = typename Tree::value_type;
  constexpr index_t size = sizeof(T);
  host_cursor<Tree::leaf_count> const c(part);
  alignas(64) std::byte piece[streamed_piece];
  index_t const end = part.first + part.count;
  index_t i = part.first;
  // The first piece ends where a line of the cache does.
  index_t stop =
      out.streams ? i + (streamed_piece - misplaced_bytes(out.at + i * size)) / size : end;
  while (i < end) {
    stop = stop < end ? stop : end;
    std::byte* const to = out.streams ? const_cast<std::byte*>(moved(piece, -i * size)) : out.at;
    for_each_pack<Tree>(c, part.unit, i, stop,
                        [to, step = out.step](index_t k, auto where, int count, auto const& pack) {
                          store<T, host_packs<Tree>, where()>(to, step, k, count, pack);
                        });
    if (out.streams) {
      stream_bytes(out.at + i * size, piece, (stop - i) * size);
    }
    i = stop;
    stop = i + streamed_piece / size;
  }
}

/// evaluate_row of an expression.
using row_evaluator = void (*)(row_part const&, row_output const&);

}  // namespace cumulus::inline CUMULUS_TARGET
