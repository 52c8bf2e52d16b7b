// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reductions on the host. The expression is evaluated a row at a time into a buffer in the cache
// (an array that lies side by side is read where it is) and accumulated by tiles; threads share the
// tiles.

#include <memory>

#include "cumulus/exec/host/assign_host.hpp"
#include "cumulus/exec/host/reduce_tile.hpp"
#include "cumulus/memory/memory_resource.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Evaluates part of a row of a tree whose elements are T to `values`, and its truths to `valid` if
/// it is masked. Returns where the values are.
template <class T> using row_producer = T const* (*)(row_part const&, T* values, bool* valid);

template <class Tree>
typename Tree::value_type const* produce_row(row_part const& part,
                                             typename Tree::value_type* values, bool* valid) {
  using T = typename Tree::value_type;
  if constexpr (tree::is_masked_v<Tree>) {
    using Packs = host_packs<Tree>;
    for_each_pack<Tree>(part, [&](index_t i, auto where, int count, auto const& pack) {
      index_t const at = i - part.first;
      store<T, Packs, where()>(reinterpret_cast<std::byte*>(values), 1, at, count, pack.value);
      store<bool, Packs, where()>(reinterpret_cast<std::byte*>(valid), 1, at, count, pack.valid);
    });
    return values;
  } else {
    if constexpr (std::is_same_v<Tree, tree::array<T>>) {
      if (part.unit) {
        return reinterpret_cast<T const*>(part.at[0]) + part.first;
      }
    }
    auto const* const origin = reinterpret_cast<std::byte const*>(values);
    evaluate_row<Tree>(part,
                       const_cast<std::byte*>(moved(origin, -part.first * index_t{sizeof(T)})), 1);
    return values;
  }
}

/// The reduction of one expression: plan, operands (output, leaves, mask) and how rows are
/// produced.
template <class Reducer> struct host_reduction {
  using T = typename Reducer::input;
  using summary = tile_summary<Reducer>;

  reduce_plan const& plan;
  std::span<operand const> operands;
  row_producer<T> produce;
  bool tree_masked;
  Reducer const& reducer;

  bool masked() const { return tree_masked || plan.has_mask; }

  void run() const {
    index_t const tiles = plan.tiles();
    buffer scratch;
    summary* partial = nullptr;
    if (tiles > 1) {
      scratch = allocate_host(static_cast<std::size_t>(plan.outputs * tiles) * sizeof(summary));
      partial = static_cast<summary*>(scratch.data());
    }
    if (plan.across) {
      run_columns(partial);
    } else {
      run_rows(partial);
    }
    if (tiles > 1) {
      parallel_range(plan.outputs, 1, plan.outputs * tiles, [&](index_t begin, index_t end) {
        for (index_t o = begin; o < end; ++o) {
          finish(o, merge_all(partial + o * tiles, tiles));
        }
      });
    }
  }

 private:
  /// Tiles pairwise in index order, an odd one carried.
  static summary merge_all(summary* tile, index_t count) {
    for (; count > 1; count = (count + 1) / 2) {
      for (index_t i = 0; i < count / 2; ++i) {
        tile[i] = merge_tiles<Reducer>(tile[2 * i], tile[2 * i + 1]);
      }
      if (count % 2 != 0) {
        tile[count / 2] = tile[count - 1];
      }
    }
    return tile[0];
  }

  void finish(index_t output, summary const& s) const {
    std::byte const* at = operands[0].data;
    for (int k = plan.kept_rank - 1; k >= 0; --k) {
      at = moved(at, output % plan.extent[k] * operands[0].stride[k] * operands[0].item_bytes);
      output /= plan.extent[k];
    }
    using R = typename Reducer::result;
    *reinterpret_cast<R*>(const_cast<std::byte*>(at)) = reducer.finish(s.state, s.count);
  }

  void store_tile(summary* partial, index_t output, index_t tile, summary const& s) const {
    if (partial != nullptr) {
      partial[output * plan.tiles() + tile] = s;
    } else {
      finish(output, s);
    }
  }

  /// Where each operand stands at output `output` (counted over the first `rank` kept axes).
  void locate_output(std::byte const** at, index_t output, int rank) const {
    for (std::size_t i = 0; i < operands.size(); ++i) {
      at[i] = operands[i].data;
    }
    for (int k = rank - 1; k >= 0; --k) {
      step(at, k, output % plan.extent[k]);
      output /= plan.extent[k];
    }
  }

  void step(std::byte const** at, int axis, index_t count) const {
    for (std::size_t i = 0; i < operands.size(); ++i) {
      at[i] = moved(at[i], count * operands[i].stride[axis] * operands[i].item_bytes);
    }
  }

  /// Moves to reduced index i, without the row axis when work runs along it; returns the position
  /// on that axis.
  index_t locate_reduced(std::byte const** at, index_t i) const {
    i = plan.members != nullptr ? plan.members[i] : i;
    int k = plan.kept_rank + plan.reduced_rank - 1;
    index_t column = 0;
    if (!plan.across) {
      column = i % plan.extent[k];
      i /= plan.extent[k--];
    }
    for (; k >= plan.kept_rank; --k) {
      step(at, k, i % plan.extent[k]);
      i /= plan.extent[k];
    }
    return column;
  }

  /// The mask of part of a row joins what the tree itself says.
  void apply_mask(std::byte const* row, index_t first, int count, bool* valid) const {
    operand const& m = operands.back();
    index_t const stride = m.stride[plan.row_axis()];
    bool const* const mask = reinterpret_cast<bool const*>(row);
    for (int i = 0; i < count; ++i) {
      bool const here = mask[(first + i) * stride];
      valid[i] = tree_masked ? valid[i] && here : here;
    }
  }

  T const* produce_part(std::byte const* const* at, index_t first, int count, T* values,
                        bool* valid) const {
    row_part const part{at + 1, &operands[1], plan.row_axis(), plan.unit, first, count};
    T const* const x = produce(part, values, valid);
    if (plan.has_mask) {
      apply_mask(at[operands.size() - 1], first, count, valid);
    }
    return x;
  }

  void run_rows(summary* partial) const {
    index_t const tiles = plan.tiles() > 0 ? plan.tiles() : 1;
    index_t const work = plan.length > 0 ? plan.length / tiles : 1;
    parallel_range(
        plan.outputs * tiles, 1, plan.outputs * tiles * work, [&](index_t begin, index_t end) {
          T values[tile_length];
          bool valid[tile_length];
          for (index_t unit = begin; unit < end; ++unit) {
            index_t const tile = unit % tiles;
            index_t const first = tile * tile_length;
            int const count = static_cast<int>(std::min<index_t>(tile_length, plan.length - first));
            T const* const x = gather_tile(unit / tiles, first, count, values, valid);
            store_tile(partial, unit / tiles, tile,
                       reduce_tile<Reducer>(x, masked() ? valid : nullptr, count, first));
          }
        });
  }

  /// The elements first … first + count of an output, side by side: where they are if they lie in
  /// one row of memory, else collected in `values`.
  T const* gather_tile(index_t output, index_t first, int count, T* values, bool* valid) const {
    std::byte const* base[2 + max_leaves];
    locate_output(base, output, plan.kept_rank);
    for (int done = 0; done < count;) {
      std::byte const* at[2 + max_leaves];
      std::copy(base, base + operands.size(), at);
      index_t const column = locate_reduced(at, first + done);
      int const part = run_length(first + done, column, count - done);
      T const* const x = produce_part(at, column, part, values + done, valid + done);
      if (x != values + done) {
        if (part == count) {
          return x;
        }
        std::copy(x, x + part, values + done);
      }
      done += part;
    }
    return values;
  }

  /// Elements that follow reduced index i in the same row of memory, at most `most`.
  int run_length(index_t i, index_t column, int most) const {
    if (plan.members != nullptr) {
      int n = 1;
      while (n < most && plan.members[i + n] == plan.members[i] + n) {
        ++n;
      }
      return n;
    }
    return static_cast<int>(std::min<index_t>(most, plan.extent[plan.row_axis()] - column));
  }

  void run_columns(summary* partial) const {
    index_t const tiles = plan.tiles() > 0 ? plan.tiles() : 1;
    index_t const columns = plan.columns();
    index_t const blocks = (columns + column_block - 1) / column_block;
    index_t const outer = plan.outputs / columns;
    index_t const work = column_block * (plan.length > 0 ? plan.length / tiles : 1);
    parallel_range(
        outer * blocks * tiles, 1, outer * blocks * tiles * std::min(work, plan.length * columns),
        [&](index_t begin, index_t end) {
          auto const tile_state = std::make_unique<column_tile<Reducer>>();
          auto const values = std::make_unique<T[]>(rows_at_once * column_block);
          auto const valid = std::make_unique<bool[]>(rows_at_once * column_block);
          auto const sums = std::make_unique<summary[]>(column_block);
          for (index_t unit = begin; unit < end; ++unit) {
            // Neighbouring units share a column block, and with it the pages of its rows.
            index_t const tile = unit % tiles;
            index_t const block = unit / tiles % blocks;
            index_t const row = unit / tiles / blocks;
            index_t const first = tile * tile_length;
            int const count = static_cast<int>(std::min<index_t>(tile_length, plan.length - first));
            index_t const column = block * column_block;
            int const width = static_cast<int>(std::min<index_t>(column_block, columns - column));
            std::byte const* base[2 + max_leaves];
            locate_output(base, row, plan.kept_rank - 1);
            auto const rows = [&](int r, int step, int n, T const** x, bool const** truth) {
              for (int g = 0; g < n; ++g) {
                std::byte const* at[2 + max_leaves];
                std::copy(base, base + operands.size(), at);
                locate_reduced(at, first + r + g * step);
                bool* const v = valid.get() + g * column_block;
                x[g] = produce_part(at, column, width, values.get() + g * column_block, v);
                truth[g] = v;
              }
            };
            tile_state->reduce(rows, count, width, first, sums.get(), 1, masked());
            for (int c = 0; c < width; ++c) {
              store_tile(partial, row * columns + column + c, tile, sums[c]);
            }
          }
        });
  }
};

/// Reduces `Tree` as planned; operands are the output, the leaves and, if planned, the mask.
template <class Tree, class Reducer>
void reduce_host(reduce_plan const& plan, std::span<operand const> operands,
                 Reducer const& reducer) {
  host_reduction<Reducer>{plan, operands, produce_row<Tree>, tree::is_masked_v<Tree>, reducer}
      .run();
}

}  // namespace cumulus::inline CUMULUS_TARGET
