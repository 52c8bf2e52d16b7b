// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions on the host. The expression is evaluated a row at a time into a buffer in the cache
// (an array that lies side by side is read where it is) and accumulated by tiles
// (exec/host/tile_sweep.hpp); here is what a sweep needs to know of an expression and a reducer.

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/plain_tile.hpp"
#include "cumulus/exec/host/position_tile.hpp"
#include "cumulus/exec/host/tile_sweep.hpp"
#include "cumulus/exec/host/vector_tile.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// A tree whose values are converted to To.
template <class Tree, class To> struct with_values_of {
  using type = tree::apply<operations::cast<To>, To, Tree>;
};
template <class Value, class Valid, class To>
struct with_values_of<tree::masked<Value, Valid>, To> {
  using type = tree::masked<typename with_values_of<Value, To>::type, Valid>;
};
template <class Value, class To> struct with_values_of<tree::not_nan<Value>, To> {
  using type = tree::not_nan<typename with_values_of<Value, To>::type>;
};

/// The tree of what Tile reduces.
template <class Tree, class Tile>
using produced_t = typename std::conditional_t<
    is_storage_float_v<typename Tree::value_type> &&
        !std::is_same_v<typename Tree::value_type, typename Tile::element>,
    with_values_of<Tree, typename Tile::element>, std::type_identity<Tree>>::type;

/// Pairwise in index order, an odd one carried.
template <class A> void merge_summaries(void* summaries, index_t tiles) {
  auto* const tile = static_cast<tile_summary<A>*>(summaries);
  for (index_t count = tiles; count > 1; count = (count + 1) / 2) {
    for (index_t i = 0; i < count / 2; ++i) {
      tile[i] = merge_tiles<A>(tile[2 * i], tile[2 * i + 1]);
    }
    if (count % 2 != 0) {
      tile[count / 2] = tile[count - 1];
    }
  }
}

template <class A>
void finish_tiles(void const* accumulation, void* summaries, index_t tiles, std::byte* to) {
  merge_summaries<A>(summaries, tiles);
  auto const* const tile = static_cast<tile_summary<A> const*>(summaries);
  *reinterpret_cast<typename A::result*>(to) =
      static_cast<A const*>(accumulation)->finish(tile->state, tile->count);
}

template <class Tile> constexpr tile_functions::columns_loop folded_of() {
  if constexpr (requires { &Tile::folded; }) {
    return &Tile::folded;
  } else {
    return nullptr;
  }
}

template <class Tile> constexpr auto nothing_of_tile() {
  using write = void (*)(std::byte*);
  if constexpr (Tile::what == absent::replaced) {
    return write([](std::byte* to) {
      typename Tile::element const nothing = Tile::nothing();
      std::memcpy(to, &nothing, sizeof(nothing));
    });
  } else {
    return write(nullptr);
  }
}

/// The loops that use vector registers; those of numbers are the same with truths and without.
template <class A, missing Missing>
using register_tile = typename std::conditional_t<
    finds_position_v<A>, std::type_identity<position_tile<A, Missing>>,
    std::type_identity<vector_tile<A, Missing == missing::nan ? missing::nan : missing::none>>>::
    type;

template <class A, class Tile>
int reduce_row(void const* x, bool const* valid, int n, int counted, index_t first,
               void* summaries) {
  auto* const tile = static_cast<tile_summary<A>*>(summaries);
  if constexpr (finds_position_v<A>) {
    tile[0] = Tile::row(x, valid, n, counted, first);
    return 1;
  } else {
    auto const* from = static_cast<typename Tile::element const*>(x);
    int tiles = 0;
    for (; n > tile_length; n -= tile_length, counted -= tile_length) {
      tile[tiles] = Tile::row(from, valid, tile_length, tile_length, first);
      from += tile_length;
      first += tile_length;
      ++tiles;
    }
    tile[tiles] = Tile::row(from, valid, n, counted, first);
    return tiles + 1;
  }
}

template <class Tree, class A, class Tile> constexpr tile_functions make_tile_functions() {
  return {.evaluator = row_evaluator_of<produced_t<Tree, Tile>>,
          .summary_bytes = sizeof(tile_summary<A>),
          .state_bytes = Tile::state_bytes,
          .has_truths = tree::is_masked_v<Tree>,
          .what = Tile::what,
          .nothing = nothing_of_tile<Tile>(),
          .row = &reduce_row<A, Tile>,
          .columns = &Tile::columns,
          .folded = folded_of<Tile>(),
          .merge = &merge_summaries<A>,
          .finish = &finish_tiles<A>};
}

/// Values whose truth is that they are a number need no row of truths.
template <class Tree> struct without_not_nan {
  using type = Tree;
  static constexpr missing what = tree::is_masked_v<Tree> ? missing::bytes : missing::none;
};
template <class Value>
  requires(!tree::is_masked_v<Value>)
struct without_not_nan<tree::not_nan<Value>> {
  using type = Value;
  static constexpr missing what =
      real_floating<typename Value::value_type> ? missing::nan : missing::none;
};

}  // namespace detail

/// The loops of a reduction, with a mask beside the expression or without.
template <class Tree, class A, bool HasMask>
inline constexpr tile_functions tile_functions_of = [] {
  using bare = detail::without_not_nan<Tree>;
  if constexpr (!vector_lanes<A>::exist && !finds_position_v<A>) {
    constexpr bool truths = HasMask || tree::is_masked_v<Tree>;
    return detail::make_tile_functions<Tree, A,
                                       plain_tile<A, truths ? missing::bytes : missing::none>>();
  } else if constexpr (HasMask) {
    return detail::make_tile_functions<Tree, A, detail::register_tile<A, missing::bytes>>();
  } else {
    return detail::make_tile_functions<typename bare::type, A,
                                       detail::register_tile<A, bare::what>>();
  }
}();

/// One group after the other.
inline void reduce_groups_host(reduce_plan plan, std::span<operand const> operands,
                               tile_functions const& functions, void const* accumulation) {
  operand own[2 + max_leaves];
  plain::copy(operands.begin(), operands.end(), own);
  std::span<index_t const> const first = plan.groups->plan->level(0);
  for (std::size_t g = 0; g + 1 < first.size(); ++g) {
    plan.members = plan.groups->members + first[g];
    plan.length = first[g + 1] - first[g];
    own[0].data = moved(operands[0].data,
                        static_cast<index_t>(g) * plan.groups->stride * operands[0].item_bytes);
    tile_sweep(plan, {own, operands.size()}, functions, accumulation).run();
  }
}

/// Reduces `Tree` as planned; operands are the output, the leaves and, if planned, the mask.
template <class Tree, class A>
void reduce_host(reduce_plan const& plan, std::span<operand const> operands,
                 A const& accumulation) {
  tile_functions const& functions =
      plan.has_mask ? tile_functions_of<Tree, A, true> : tile_functions_of<Tree, A, false>;
  if (plan.groups == nullptr) {
    return tile_sweep(plan, operands, functions, &accumulation).run();
  }
  reduce_groups_host(plan, operands, functions, &accumulation);
}

}  // namespace cumulus::inline CUMULUS_TARGET
