// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which kernel an elementwise statement runs on a GPU and in what grid. An ordinary value with a
// printable form, decided and tested without a GPU.

#include "cumulus/exec/cuda/general_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

enum class assign_case {
  packs,    ///< rows of packs, with single elements before and after the aligned ones
  general,  ///< elements at any step and alignment; see general_plan
};

inline char const* name_of(assign_case c) {
  constexpr char const* names[] = {"packs", "general"};
  return names[static_cast<int>(c)];
}

struct assign_plan {
  assign_case what = assign_case::general;
  int pack = 1;       ///< elements side by side that a thread handles at once
  index_t items = 0;  ///< groups of packs, or items of the general case
  index_t head = 0;   ///< packs: elements of a row before the first one
  index_t tail = 0;   ///< packs: elements of a row behind the last one
  index_t row = 1;    ///< items of one row
  index_t packs = 0;  ///< packs of one row, of which item i has i, i + row, …
  general_plan general;
  launch_shape launch;
};

/// "packs: 249 of 4 in a row, head 1, tail 3", "general: 3 tiles of 32 x 32, 1 in a row".
inline std::string to_string(assign_plan const& p) {
  std::string text = std::string(name_of(p.what)) + ": ";
  if (p.what == assign_case::packs) {
    return text + std::to_string(p.packs) + " of " + std::to_string(p.pack) + " in a row, head " +
           std::to_string(p.head) + ", tail " + std::to_string(p.tail);
  }
  text += std::to_string(p.items);
  if (p.general.tile > 0) {
    std::string const tile = std::to_string(p.general.tile);
    text += " tiles of " + tile + " x " + tile;
  } else {
    text += " groups of lanes " + std::to_string(p.general.distance) + " apart along axis " +
            std::to_string(p.general.axis);
  }
  return text + ", " + std::to_string(p.row) + " in a row";
}

namespace detail {

/// Bytes to whose multiples a pack of an operand must be aligned.
inline index_t pack_alignment(operand const& o, int pack) {
  index_t const bytes = index_t{o.item_bytes} * pack;
  return bytes < 16 ? bytes : 16;
}

inline bool is_multiple(std::byte const* p, index_t of) {
  return reinterpret_cast<std::uintptr_t>(p) % static_cast<std::uintptr_t>(of) == 0;
}

/// Elements of every row to skip so that packs of every operand are aligned; -1 if there is no such
/// number.
inline index_t common_head(elementwise_plan const& plan, std::span<operand const> operands,
                           int pack) {
  index_t head = 0;
  for (operand const& o : operands) {
    if (o.kind != leaf_kind::array || o.stride[plan.rank - 1] == 0) {
      continue;
    }
    index_t const alignment = pack_alignment(o, pack);
    for (int k = 0; k < plan.rank - 1; ++k) {
      if (o.stride[k] * o.item_bytes % alignment != 0) {
        return -1;
      }
    }
    // The output comes first and decides, the others must agree.
    while (&o == operands.data() && head < pack &&
           !is_multiple(moved(o.data, head * o.item_bytes), alignment)) {
      ++head;
    }
    if (!is_multiple(moved(o.data, head * o.item_bytes), alignment)) {
      return -1;
    }
  }
  return head;
}

}  // namespace detail

/// What a thread of each case handles at once.
struct assign_widths {
  int pack;       ///< elements side by side
  int in_flight;  ///< packs of a row that a thread loads before it stores
  int lanes;      ///< elements of a thread of the general case
};

CUMULUS_ONCE inline assign_plan plan_assign(elementwise_plan const& plan,
                                            std::span<operand const> operands,
                                            assign_widths const& widths) {
  assign_plan result;
  if (plan.what == sweep::empty) {
    return result;
  }
  int const pack = widths.pack;
  index_t const head = plan.unit_rows() ? detail::common_head(plan, operands, pack) : index_t{-1};
  // Rows of few packs have more edges than they are worth.
  constexpr index_t least_packs = 4;
  index_t const packs = (plan.row_length() - head) / pack;
  if (head >= 0 && (plan.rank == 1 || packs >= least_packs ||
                    (packs > 0 && packs * pack == plan.row_length()))) {
    result.what = assign_case::packs;
    result.pack = pack;
    result.head = head < plan.row_length() ? head : plan.row_length();
    result.packs = (plan.row_length() - result.head) / pack;
    result.tail = plan.row_length() - result.head - result.packs * pack;
    result.row = (result.packs + widths.in_flight - 1) / widths.in_flight;
    result.items = plan.size / plan.row_length() * result.row;
  } else {
    result.general = plan_general(plan, operands, widths.lanes);
    result.items = result.general.items;
    result.row = result.general.row;
    result.launch.shared_bytes = result.general.tile_bytes;
  }
  index_t const blocks =
      blocks_for(result.items, result.general.tile > 0 ? 1 : result.launch.threads);
  result.launch.blocks = blocks > 0 ? blocks : 1;
  return result;
}

}  // namespace cumulus::inline CUMULUS_TARGET
