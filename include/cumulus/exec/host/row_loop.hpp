// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of an expression at any step and of any length. Packs side by side go to the loop of the
// expression as they are, the last one of a row with elements that the one before it had as well;
// other steps and shorter rows are copied to a stage in the cache, a leaf at a time, and evaluated
// from there.

#include <cstdint>

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/evaluate_row.hpp"
#include "cumulus/exec/host/row_items.hpp"
#include "cumulus/memory/memory_resource.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// True if leaf k is the index of a gather.
inline bool is_index(std::span<operand const> leaves, std::size_t k) {
  return k + 1 < leaves.size() && leaves[k + 1].kind == leaf_kind::indirect;
}

}  // namespace detail

/// Parts of a sweep begin at multiples of a cache line of the smallest element.
inline constexpr index_t sweep_grain = 64;

/// What a sweep costs in elements of 4 bytes that are read and written, for parallel_range: what is
/// moved tells more than how many elements there are.
inline index_t sweep_cost(elementwise_plan const& plan, std::span<operand const> operands) {
  index_t bytes = 0;
  for (operand const& o : operands) {
    bytes += o.in_memory() && o.stride[plan.rank - 1] != 0 ? o.item_bytes : 0;
  }
  return plan.size * bytes / 8;
}

/// How the rows of an expression are read whose leaves have strides over the axes of a plan. One of
/// them serves all threads, in few lines of the cache, which each fetches from another one.
struct row_layout {
  row_evaluator const& evaluator;
  operand const* first_leaf;
  unsigned char item_step[max_leaves];  ///< see row_part
  int axis;                             ///< the axis along the row
  bool direct = true;                   ///< rows of a pack or more need no stage
  bool writes_leaf = false;             ///< a leaf is the output
  std::uint16_t repeated = 0;           ///< bit k: one element of leaf k all along the row
  std::uint16_t indirect = 0;           ///< bit k: leaf k is gathered

  CUMULUS_ONCE row_layout(row_evaluator const& of, std::span<operand const> output_and_leaves,
                          int row_axis)
      : evaluator(of), first_leaf(output_and_leaves.data() + 1), axis(row_axis) {
    static_assert(max_leaves <= 16);
    for (std::size_t k = 0; k < leaves().size(); ++k) {
      operand const& o = first_leaf[k];
      unsigned const bit = 1U << k;
      bool const is_index = detail::is_index(leaves(), k);
      bool const repeats = o.in_memory() && o.stride[axis] == 0 && !is_index;
      bool const gathers = o.kind == leaf_kind::indirect;
      writes_leaf = writes_leaf || (o.in_memory() && o.data == output_and_leaves[0].data);
      direct = direct && o.is_packed_along(axis) && !(is_index && o.stride[axis] != 0);
      repeated = static_cast<std::uint16_t>(repeated | (repeats ? bit : 0U));
      indirect = static_cast<std::uint16_t>(indirect | (gathers ? bit : 0U));
      item_step[k] =
          static_cast<unsigned char>(o.in_memory() && !repeats && !is_index ? o.item_bytes : 0);
    }
  }

  std::span<operand const> leaves() const {
    return {first_leaf, static_cast<std::size_t>(evaluator.leaves)};
  }
  /// True if packs are read from where the arrays are.
  bool as_they_are() const { return (repeated | indirect) == 0; }
  /// True if rows of a length, side by side in the output, need no stage.
  bool is_direct(index_t length) const { return direct && length >= evaluator.pack; }
  bool repeats(std::size_t k) const { return ((repeated >> k) & 1U) != 0; }
  bool gathers(std::size_t k) const { return ((indirect >> k) & 1U) != 0; }

  /// Where elements of a row of an array lie side by side already; else null.
  std::byte const* in_place(std::byte const* const* at, index_t first) const {
    return evaluator.is_array && first_leaf->stride[axis] == 1
               ? moved(at[0], first * evaluator.item_bytes)
               : nullptr;
  }
};

/// Elements of all leaves of an expression, side by side, and what it makes of them.
class row_stage {
 public:
  explicit row_stage(row_layout const& layout)
      : evaluator_(layout.evaluator), leaves_(layout.leaves()), axis_(layout.axis) {}
  row_stage(row_stage const&) = delete;
  row_stage& operator=(row_stage const&) = delete;

  /// How many elements may be added.
  int room() {
    if (capacity_ == 0) {
      lay_out();
    }
    return capacity_ - size_;
  }

  /// Adds elements of a row; of an expression with generators, only while the stage is empty.
  /// Throws: index_error if a gather's index is out of range.
  void add(std::byte const* const* at, index_t first, int count) {
    for (std::size_t k = 0; k < leaves_.size(); ++k) {
      operand const& o = leaves_[k];
      index_t const step = o.stride[axis_];
      if (o.kind == leaf_kind::generator) {
        at_[k] = moved(at[k], first * step);
      } else if (o.in_memory() && !detail::is_index(leaves_, k)) {
        std::byte* const to = const_cast<std::byte*>(at_[k]) + size_ * o.item_bytes;
        std::byte const* const from = moved(at[k], first * step * o.item_bytes);
        if (o.kind == leaf_kind::indirect) {
          index_t const index_step = leaves_[k - 1].stride[axis_];
          gather_items(to, from, step,
                       reinterpret_cast<index_t const*>(at[k - 1]) + first * index_step, index_step,
                       count, o);
        } else {
          copy_items(to, 1, from, step, count, o.item_bytes);
        }
      }
    }
    size_ += count;
  }

  /// Evaluates what was added and begins anew. The last pack is filled up with its first element,
  /// so that no operation and no functor sees one that does not exist.
  CUMULUS_ONCE void evaluate() {
    int const rest = size_ % evaluator_.pack;
    int const missing = rest == 0 ? 0 : evaluator_.pack - rest;
    for (std::size_t k = 0; k < leaves_.size() && missing > 0; ++k) {
      if (staged_[k].in_memory()) {
        int const bytes = staged_[k].item_bytes;
        std::byte* const end = const_cast<std::byte*>(at_[k]) + size_ * bytes;
        copy_items(end, 1, end - rest * bytes, 0, missing, bytes);
      }
    }
    evaluator_.packs({at_, item_step_, staged_, axis_, 0, size_}, {values_, valid_});
    size_ = 0;
  }

  std::byte const* values() const { return values_; }
  bool const* valid() const { return valid_; }

 private:
  static constexpr int most = 512;
  static constexpr int memory_bytes = (max_leaves + 1) * 16 * 64 + 2 * 64;

  /// Divides the memory; many a statement needs no stage.
  CUMULUS_ONCE void lay_out() {
    int bytes = evaluator_.item_bytes + 1;
    for (operand const& o : leaves_) {
      bytes += o.in_memory() ? o.item_bytes : 0;
    }
    constexpr int quantum = 64;
    int const fitting = memory_bytes / bytes / quantum * quantum;
    capacity_ = fitting < most ? fitting : most;
    std::byte* next = memory_;
    auto const take = [&](int item_bytes) {
      std::byte* const at = next;
      next += capacity_ * item_bytes;
      return at;
    };
    values_ = take(evaluator_.item_bytes);
    valid_ = reinterpret_cast<bool*>(take(1));
    for (std::size_t k = 0; k < leaves_.size(); ++k) {
      staged_[k] = leaves_[k];
      item_step_[k] = 0;
      at_[k] = nullptr;
      if (detail::is_index(leaves_, k)) {
        staged_[k].kind = leaf_kind::constant;
      } else if (leaves_[k].in_memory()) {
        staged_[k].kind = leaf_kind::array;
        staged_[k].stride[axis_] = 1;
        item_step_[k] = static_cast<unsigned char>(leaves_[k].item_bytes);
        at_[k] = take(leaves_[k].item_bytes);
      }
    }
  }

  row_evaluator const& evaluator_;
  std::span<operand const> leaves_;
  int axis_;
  int capacity_ = 0;
  int size_ = 0;
  std::byte* values_;
  bool* valid_;
  std::byte const* at_[max_leaves];
  unsigned char item_step_[max_leaves];
  operand staged_[max_leaves];
  alignas(64) std::byte memory_[memory_bytes];
};

/// Evaluates rows of one expression, for one thread.
class row_loop {
 public:
  explicit row_loop(row_layout const& layout) : layout_(layout), stage_(layout) {}

  /// Evaluates part of a row; element i goes `step` * i elements behind out.at.
  // Out of line, as all that is long here: several sweeps call it.
  [[gnu::noinline]] void operator()(std::byte const* const* at, index_t first, index_t count,
                                    row_output const& out, index_t step = 1) {
    index_t const end = first + count;
    index_t const pack = layout_.evaluator.pack;
    constexpr index_t line = 64;  // of the cache
    if (!layout_.is_direct(count) || step != 1 || (out.streams && count < line)) {
      return staged(at, first, end, out, step);
    }
    index_t const size = layout_.evaluator.item_bytes;
    std::byte const* const* const from = layout_.as_they_are() ? at : rows_of(at, nullptr, 0, 1);
    auto const packs = [&](index_t i, index_t n, row_output const& to) {
      layout_.evaluator.packs({from, layout_.item_step, layout_.first_leaf, layout_.axis, i, n},
                              to);
    };
    index_t const misplaced = out.streams ? misplaced_bytes(out.at + first * size) : 0;
    if (misplaced != 0) {
      index_t const head = (line - misplaced) / size;
      packs(first, (head + pack - 1) & -pack, ends_from(first));
      std::memcpy(out.at + first * size, ends_, static_cast<std::size_t>(head * size));
      first += head;
    }
    with_ends(packs, first, end, 1, out);
  }

  /// True if rows of a length that go to `out` need no stage, and several can go in one call.
  bool takes_whole_rows(index_t length, row_output const& out) const {
    return layout_.is_direct(length) &&
           (!out.streams || begins_with_lines(length, out) || is_run_of_short_rows(length, out));
  }

  /// Evaluates whole rows, in which leaf k goes on by row_step[k] bytes, several in one call of the
  /// loop of the expression; see takes_whole_rows.
  [[gnu::noinline]] void whole_rows(std::byte const* const* at, index_t const* row_step,
                                    index_t rows, index_t length, row_output out) {
    index_t const copies = __builtin_popcount(layout_.repeated);
    index_t const most =
        copies == 0 ? most_rows
                    : plain::min({most_rows, repeated_packs / copies,
                                  plain::max(fewest_repeated, repeated_elements / length)});
    if (out.streams && !begins_with_lines(length, out)) {
      return stream_short_rows(at, row_step, rows, length, out);
    }
    for (index_t r = 0; r < rows;) {
      index_t const n = plain::min(most, rows - r);
      std::byte const* const* const from = rows_of(at, row_step, r, n);
      auto const packs = [&](index_t first, index_t count, row_output const& to) {
        layout_.evaluator.packs(
            {from, layout_.item_step, layout_.first_leaf, layout_.axis, first, count, n}, to);
      };
      with_ends(packs, 0, length, n, out);
      out.at += n * out.row_step;
      r += n;
    }
  }

  row_stage& stage() { return stage_; }

 private:
  static constexpr index_t most_rows = 32;
  static constexpr index_t end_bytes = 64;      ///< of the last pack of a row
  static constexpr index_t lines_bytes = 8192;  ///< of short rows that are streamed together
  static constexpr index_t repeated_packs = 128;
  /// Rows with copies of elements go so many at a time, or as many elements, that the copies are
  /// still in the nearest cache when they are read. Measured: docs/decisions/0012-host-memory.md.
  static constexpr index_t fewest_repeated = 8;
  static constexpr index_t repeated_elements = 2048;
  static_assert(repeated_packs >= max_leaves);

  /// Memory for packs of elements i, i + 1, … that go where they belong later.
  row_output ends_from(index_t i) {
    index_t const bytes = i * layout_.evaluator.item_bytes;
    return {const_cast<std::byte*>(moved(ends_, -bytes)), nullptr, false, end_bytes};
  }

  /// Elements [first, end), a pack or more, of `rows` rows: packs(i, count, to) evaluates `count`
  /// elements of each from i on. What the last pack shares with the one before must not be read
  /// again once it is written (a functor would see it), nor be written past the caches twice.
  template <class Packs>
  void with_ends(Packs const& packs, index_t first, index_t end, index_t rows,
                 row_output const& out) {
    index_t const pack = layout_.evaluator.pack;
    index_t const size = layout_.evaluator.item_bytes;
    index_t const rest = (end - first) & (pack - 1);
    bool const again = rest > 0 && layout_.writes_leaf && out.valid == nullptr;
    index_t const body = end - first - rest - (again ? pack : 0);
    if (body > 0) {
      packs(first, body, out);
    }
    if (!again && !(rest > 0 && out.streams)) {
      if (rest > 0) {
        packs(end - pack, pack, out);
      }
      return;
    }
    packs(end - pack, pack, ends_from(end - pack));
    if (again) {
      packs(first + body, pack, out);
    }
    for (index_t r = 0; r < rows; ++r) {
      std::memcpy(out.at + r * out.row_step + (end - rest) * size,
                  ends_ + r * end_bytes + (pack - rest) * size,
                  static_cast<std::size_t>(rest * size));
    }
  }

  /// True if every row of the output is so many packs and begins with a line of the cache.
  bool begins_with_lines(index_t length, row_output const& out) const {
    return misplaced_bytes(out.at) == 0 && out.row_step % 64 == 0 &&
           length % layout_.evaluator.pack == 0;
  }
  /// True if the rows of the output follow one another and several fit the memory for them.
  bool is_run_of_short_rows(index_t length, row_output const& out) const {
    return out.row_step == length * layout_.evaluator.item_bytes &&
           out.row_step < streamed_row_bytes;
  }

  /// Rows that follow one another go to memory in the nearest cache, and from there past all caches
  /// in whole lines; what is left of the last line waits for the next rows.
  void stream_short_rows(std::byte const* const* at, index_t const* row_step, index_t rows,
                         index_t length, row_output const& out) {
    constexpr index_t line = 64;
    if (lines_.data() == nullptr) {
      lines_ = allocate_host(static_cast<std::size_t>(lines_bytes + line));
    }
    std::byte* const lines = static_cast<std::byte*>(lines_.data());
    index_t const most = lines_bytes / out.row_step;
    index_t waiting = 0;
    for (index_t r = 0; r < rows; r += most) {
      std::byte const* from[max_leaves];
      for (std::size_t k = 0; k < layout_.leaves().size(); ++k) {
        from[k] = moved(at[k], r * row_step[k]);
      }
      index_t const n = plain::min(most, rows - r);
      std::byte* const to = out.at + r * out.row_step - waiting;
      whole_rows(from, row_step, n, length, {lines + waiting, nullptr, false, out.row_step});
      index_t const bytes = waiting + n * out.row_step;
      waiting = r + n < rows ? misplaced_bytes(to + bytes) : 0;
      stream_bytes(to, lines, bytes - waiting);
      std::memcpy(lines, lines + bytes - waiting, static_cast<std::size_t>(waiting));
    }
  }

  /// Where the packs of rows first, first + 1, … are read: an array at step 0 is a pack of copies,
  /// a gather has one index for the whole row. One row needs no steps.
  [[gnu::noinline]] std::byte const* const* rows_of(std::byte const* const* at,
                                                    index_t const* row_step, index_t first,
                                                    index_t rows) {
    std::size_t const leaves = layout_.leaves().size();
    std::byte* packs = repeated_;
    for (std::size_t k = 0; k < leaves; ++k) {
      index_t const step = row_step != nullptr ? row_step[k] : 0;
      std::byte const* from = moved(at[k], first * step);
      std::byte const** to = at_ + k;
      for (index_t r = 0; r < rows; ++r, to += leaves, from = moved(from, step)) {
        *to = from;
        if (layout_.gathers(k)) {
          operand const& o = layout_.first_leaf[k];
          index_t const index = *reinterpret_cast<index_t const*>(to[-1]);  // the leaf before
          index_t const distance =
              detail::checked_gather(index, o.value_as<gather_extent>(), nullptr);
          *to = moved(from, distance * o.item_bytes);
        }
      }
      if (layout_.repeats(k)) {
        repeat_items(packs, at_ + k, leaves, rows, layout_.first_leaf[k].item_bytes);
        packs += rows * 64;
      }
    }
    return at_;
  }

  [[gnu::noinline]] void staged(std::byte const* const* at, index_t first, index_t end,
                                row_output const& out, index_t step) {
    while (first < end) {
      int const count = static_cast<int>(plain::min<index_t>(stage_.room(), end - first));
      stage_.add(at, first, count);
      stage_.evaluate();
      copy_items(out.at + first * step * layout_.evaluator.item_bytes, step, stage_.values(), 1,
                 count, layout_.evaluator.item_bytes);
      if (out.valid != nullptr) {
        std::memcpy(out.valid + first, stage_.valid(), static_cast<std::size_t>(count));
      }
      first += count;
    }
  }

  row_layout const& layout_;
  std::byte const* at_[most_rows * max_leaves];
  alignas(64) std::byte repeated_[repeated_packs * 64];
  alignas(64) std::byte ends_[most_rows * end_bytes];  ///< the last pack of each row
  buffer lines_;                                       ///< rows on their way past the caches
  row_stage stage_;
};

}  // namespace cumulus::inline CUMULUS_TARGET
