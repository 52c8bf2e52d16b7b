// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which kernel an elementwise statement runs on a GPU and in what grid. An ordinary value with a
// printable form, decided and tested without a GPU.

#include "cumulus/exec/cuda/general_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

enum class assign_case {
  contiguous,  ///< packs of one row, with single elements before and after the aligned ones
  rows,        ///< packs of many rows; arrays are side by side or one repeated element
  general,     ///< elements at any step and alignment; see general_plan
};

inline char const* name_of(assign_case c) {
  constexpr char const* names[] = {"contiguous", "rows", "general"};
  return names[static_cast<int>(c)];
}

struct assign_plan {
  assign_case what = assign_case::general;
  int pack = 1;       ///< elements side by side that a thread handles at once
  index_t items = 0;  ///< packs, or items of the general case
  index_t head = 0;   ///< contiguous: elements before the first pack
  index_t tail = 0;   ///< contiguous: elements behind the last one
  index_t row = 1;    ///< items of one row
  bool wide = false;  ///< positions need 64 bits
  general_plan general;
  launch_shape launch;
};

/// "contiguous: 249 packs of 4, head 1, tail 3", "general: 3 tiles of 32 x 32, 1 in a row".
inline std::string to_string(assign_plan const& p) {
  std::string text = std::string(name_of(p.what)) + ": " + std::to_string(p.items);
  if (p.what != assign_case::general) {
    text += " packs of " + std::to_string(p.pack);
  } else if (p.general.tile > 0) {
    std::string const tile = std::to_string(p.general.tile);
    text += " tiles of " + tile + " x " + tile;
  } else {
    text += " groups of lanes " + std::to_string(p.general.distance) + " apart along axis " +
            std::to_string(p.general.axis);
  }
  if (p.what == assign_case::contiguous) {
    text += ", head " + std::to_string(p.head) + ", tail " + std::to_string(p.tail);
  } else {
    text += ", " + std::to_string(p.row) + " in a row";
  }
  return text + (p.wide ? ", 64-bit" : "");
}

namespace detail {

inline bool is_loaded_in_packs(operand const& o) { return o.kind == leaf_kind::array; }

/// Bytes to whose multiples a pack of an operand must be aligned.
inline index_t pack_alignment(operand const& o, int pack) {
  index_t const bytes = index_t{o.item_bytes} * pack;
  return bytes < 16 ? bytes : 16;
}

inline bool is_multiple(std::byte const* p, index_t of) {
  return reinterpret_cast<std::uintptr_t>(p) % static_cast<std::uintptr_t>(of) == 0;
}

/// Elements to skip so that packs of every operand are aligned; -1 if there is no such number.
inline index_t common_head(std::span<operand const> operands, int pack) {
  for (index_t head = 0; head < pack; ++head) {
    bool fits = true;
    for (operand const& o : operands) {
      fits = fits && (!is_loaded_in_packs(o) ||
                      is_multiple(moved(o.data, head * o.item_bytes), pack_alignment(o, pack)));
    }
    if (fits) {
      return head;
    }
  }
  return -1;
}

/// True if every row is a number of aligned packs, or one repeated element.
inline bool rows_are_aligned(elementwise_plan const& plan, std::span<operand const> operands,
                             int pack) {
  if (plan.row_length() % pack != 0) {
    return false;
  }
  for (operand const& o : operands) {
    if (is_loaded_in_packs(o) && o.stride[plan.rank - 1] != 0) {
      index_t const alignment = pack_alignment(o, pack);
      bool aligned = is_multiple(o.data, alignment);
      for (int k = 0; k < plan.rank - 1; ++k) {
        aligned = aligned && o.stride[k] * o.item_bytes % alignment == 0;
      }
      if (!aligned) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace detail

/// What a thread of each case handles at once.
struct assign_widths {
  int pack;       ///< elements side by side
  int in_flight;  ///< packs that a thread of the contiguous case loads before it stores
  int lanes;      ///< elements of a thread of the general case
};

inline assign_plan plan_assign(elementwise_plan const& plan, std::span<operand const> operands,
                               assign_widths const& widths) {
  assign_plan result;
  if (plan.what == sweep::empty) {
    return result;
  }
  int const pack = widths.pack;
  result.wide = plan.size >= index_t{1} << 31;
  index_t const head =
      plan.what == sweep::contiguous ? detail::common_head(operands, pack) : index_t{-1};
  index_t per_block = result.launch.threads;
  if (head >= 0) {
    result.what = assign_case::contiguous;
    result.pack = pack;
    result.head = head < plan.size ? head : plan.size;
    result.items = (plan.size - result.head) / pack;
    result.tail = plan.size - result.head - result.items * pack;
    result.row = result.items;
    per_block *= widths.in_flight;
  } else if (plan.what == sweep::inner_contiguous &&
             detail::rows_are_aligned(plan, operands, pack)) {
    result.what = assign_case::rows;
    result.pack = pack;
    result.items = plan.size / pack;
    result.row = plan.row_length() / pack;
  } else {
    result.general = plan_general(plan, operands, widths.lanes);
    result.items = result.general.items;
    result.row = result.general.row;
    result.launch.shared_bytes = result.general.tile_bytes;
    per_block = result.general.tile > 0 ? 1 : per_block;
  }
  index_t const blocks = blocks_for(result.items, per_block);
  result.launch.blocks = blocks > 0 ? blocks : 1;
  return result;
}

}  // namespace cumulus::inline CUMULUS_TARGET
