// SPDX-License-Identifier: Apache-2.0
#pragma once
// How an elementwise statement is swept: its axes merged and put in the order of the output's
// memory, and the case that decides which kernel runs. Made on the host, printable, tested without
// a GPU.

#include <string>

#include "cumulus/expr/leaf.hpp"

namespace cumulus::inline v1 {

/// What a sweep looks like once its axes are merged.
enum class sweep {
  empty,             ///< nothing to do
  contiguous,        ///< one row, every array side by side
  inner_contiguous,  ///< rows whose arrays are side by side or one repeated element
  transposed,        ///< rows of the output; some arrays are side by side along another axis
  general,           ///< rows at any step
};

inline char const* name_of(sweep s) {
  constexpr char const* names[] = {"empty", "contiguous", "inner_contiguous", "transposed",
                                   "general"};
  return names[static_cast<int>(s)];
}

struct elementwise_plan {
  sweep what = sweep::empty;
  int rank = 1;                   ///< merged axes, at least 1; the last one is the row
  index_t extent[max_rank] = {};  ///< outermost first
  index_t size = 0;               ///< elements
  int other_axis = -1;            ///< transposed: where some arrays have their neighbours

  index_t row_length() const { return extent[rank - 1]; }
  /// True if every array of a row lies side by side, or is one repeated element.
  bool unit_rows() const { return what == sweep::contiguous || what == sweep::inner_contiguous; }
  /// True for an array that lies side by side along `axis` and not along the row.
  bool is_transposed(operand const& o, int axis) const {
    index_t const step = o.stride[rank - 1];
    return o.kind == leaf_kind::array && o.stride[axis] == 1 && step != 0 && step != 1;
  }
};

/// "inner_contiguous (240, 64800)".
inline std::string to_string(elementwise_plan const& p) {
  return std::string(name_of(p.what)) + " " +
         to_string(shape(std::span<index_t const>(p.extent, p.what == sweep::empty ? 0 : p.rank)));
}

namespace detail {

/// True if axis `inner` continues axis `outer` in every operand.
inline bool continues(std::span<operand const> operands, int outer, int inner,
                      index_t inner_extent) {
  for (operand const& o : operands) {
    if (o.stride[outer] != o.stride[inner] * inner_extent) {
      return false;
    }
  }
  return true;
}

inline void copy_axis(std::span<operand> operands, int to, int from) {
  if (to != from) {
    for (operand& o : operands) {
      o.stride[to] = o.stride[from];
    }
  }
}

/// Moves the first elements to the other end of an axis and walks it backwards.
inline void reverse_axis(std::span<operand> operands, int axis, index_t extent) {
  for (operand& o : operands) {
    o.data = moved(o.data, (extent - 1) * o.stride[axis] * o.item_bytes);
    o.stride[axis] = -o.stride[axis];
  }
}

/// The outermost axis along which an array is to be transposed, or -1: tiles of short axes cost
/// more than they save.
inline int transposed_axis(elementwise_plan const& plan, std::span<operand const> operands) {
  constexpr index_t shortest = 64;
  for (int k = 0; k < plan.rank - 1 && plan.row_length() >= shortest; ++k) {
    for (operand const& o : operands.subspan(1)) {
      if (plan.extent[k] >= shortest && plan.is_transposed(o, k)) {
        return k;
      }
    }
  }
  return -1;
}

}  // namespace detail

/// Plans a sweep over `s`. `operands` holds the output first, then the leaves, all with strides
/// over s; their strides are rewritten over the plan's merged axes.
[[gnu::noinline]] inline elementwise_plan plan_elementwise(shape const& s,
                                                           std::span<operand> operands) {
  elementwise_plan plan;
  plan.size = s.size();
  if (plan.size == 0) {
    return plan;
  }
  // Axes in the order of the output's memory, so that stores walk forwards.
  int rank = 0;
  for (int k = 0; k < s.rank(); ++k) {
    if (s[k] != 1) {
      detail::copy_axis(operands, rank, k);
      plan.extent[rank] = s[k];
      if (operands[0].stride[rank] < 0) {
        detail::reverse_axis(operands, rank, s[k]);
      }
      for (int j = rank; j > 0 && operands[0].stride[j - 1] < operands[0].stride[j]; --j) {
        std::swap(plan.extent[j - 1], plan.extent[j]);
        for (operand& o : operands) {
          std::swap(o.stride[j - 1], o.stride[j]);
        }
      }
      ++rank;
    }
  }
  // Merge from the outside; `last` is the axis that the next one may continue.
  int last = 0;
  for (int k = 1; k < rank; ++k) {
    if (detail::continues(operands, last, k, plan.extent[k])) {
      plan.extent[last] *= plan.extent[k];
    } else {
      plan.extent[++last] = plan.extent[k];
    }
    detail::copy_axis(operands, last, k);
  }
  plan.rank = last + 1;
  if (rank == 0) {
    plan.extent[0] = 1;
    for (operand& o : operands) {
      o.stride[0] = 1;
    }
  }
  bool unit = true;
  bool inner = true;
  for (operand const& o : operands) {
    index_t const step = o.stride[plan.rank - 1];
    unit = unit && (!o.in_memory() || step == 1);
    inner = inner && o.is_packed_along(plan.rank - 1) && (step != 0 || &o != operands.data());
  }
  plan.other_axis = inner ? -1 : detail::transposed_axis(plan, operands);
  plan.what = unit && plan.rank == 1 ? sweep::contiguous
              : inner                ? sweep::inner_contiguous
              : plan.other_axis >= 0 ? sweep::transposed
                                     : sweep::general;
  return plan;
}

/// Where the first element of each operand is.
inline void begin_of(std::span<operand const> operands, std::byte const** at) {
  for (operand const& o : operands) {
    *at++ = o.data;
  }
}

/// Moves what stands in each operand by `count` positions of an axis.
inline void step_along(std::byte const** at, std::span<operand const> operands, int axis,
                       index_t count) {
  for (std::size_t i = 0; i < operands.size(); ++i) {
    at[i] = moved(at[i], count * operands[i].stride[axis] * operands[i].item_bytes);
  }
}

/// Moves what stands in each operand to position `position` of the axes [first, last).
[[gnu::noinline]] inline void step_to(std::byte const** at, std::span<operand const> operands,
                                      index_t const* extent, int first, int last,
                                      index_t position) {
  for (int k = last - 1; k >= first; --k) {
    step_along(at, operands, k, position % extent[k]);
    position /= extent[k];
  }
}

/// Walks the rows of a plan: for each operand, the address of its row.
class row_walker {
 public:
  /// Stands at row `row` of the sweep. `first` is where the operands begin, if it is known already.
  [[gnu::noinline]] row_walker(int rank, index_t const* extent, std::span<operand const> operands,
                               index_t row, std::byte const* const* first = nullptr)
      : rank_(rank), extent_(extent), operands_(operands) {
    if (first != nullptr) {
      plain::copy(first, first + operands.size(), at_);
    } else {
      begin_of(operands, at_);
    }
    for (int k = rank - 2; k >= 0; --k) {
      index_[k] = row % extent[k];
      row /= extent[k];
      step_along(at_, operands_, k, index_[k]);
    }
  }

  std::byte const* const* at() const { return at_; }

  /// Goes on to the next row.
  [[gnu::noinline]] void next() {
    for (int k = rank_ - 2; k >= 0; --k) {
      if (++index_[k] < extent_[k]) {
        step_along(at_, operands_, k, 1);
        return;
      }
      step_along(at_, operands_, k, 1 - extent_[k]);
      index_[k] = 0;
    }
  }

 private:
  int rank_;
  index_t const* extent_;
  std::span<operand const> operands_;
  index_t index_[max_rank] = {};
  std::byte const* at_[1 + max_leaves] = {};
};

}  // namespace cumulus::inline v1
