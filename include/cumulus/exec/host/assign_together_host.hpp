// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several expressions of one shape on the host, a piece of a row at a time: what they share is read
// from the cache by all but the first.

#include <deque>
#include <vector>

#include "cumulus/core/plain.hpp"
#include "cumulus/exec/host/assign_host.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The operands of several statements: the outputs, then the leaves of each in turn.
struct statement_operands {
  std::span<operand> all;
  std::span<row_evaluator const* const> evaluators;

  /// Copies the output and the leaves of statement k to `to`; returns how many they are.
  std::size_t copy(std::size_t k, operand* to) const {
    std::size_t first = evaluators.size();
    for (std::size_t j = 0; j < k; ++j) {
      first += static_cast<std::size_t>(evaluators[j]->leaves);
    }
    std::size_t const leaves = static_cast<std::size_t>(evaluators[k]->leaves);
    to[0] = all[k];
    plain::copy_n(all.begin() + static_cast<std::ptrdiff_t>(first), leaves, to + 1);
    return 1 + leaves;
  }
};

namespace detail {

/// One of several statements in a sweep that they share.
class joint_statement {
 public:
  /// Stands at row `row`.
  joint_statement(elementwise_plan const& plan, statement_operands const& operands, std::size_t k,
                  index_t row)
      : count_(operands.copy(k, operands_)),
        streams_(goes_past_caches(plan, {operands_, count_})),
        rows_(plan.rank, plan.extent, {operands_, count_}, row),
        layout_(*operands.evaluators[k], {operands_, count_}, plan.rank - 1),
        loop_(layout_) {}
  joint_statement(joint_statement const&) = delete;
  joint_statement& operator=(joint_statement const&) = delete;

  bool streams() const { return streams_; }
  void next() { rows_.next(); }
  void evaluate(index_t first, index_t count) {
    loop_(rows_.at() + 1, first, count, {const_cast<std::byte*>(rows_.at()[0]), nullptr, streams_});
  }

 private:
  operand operands_[1 + max_leaves];
  std::size_t count_;
  bool streams_;
  row_walker rows_;
  row_layout layout_;
  row_loop loop_;
};

/// Elements [begin, end) of all statements.
inline void assign_pieces(elementwise_plan const& plan, statement_operands const& operands,
                          index_t begin, index_t end) {
  constexpr index_t piece = 2048;
  index_t const length = plan.row_length();
  std::deque<joint_statement> statements;
  bool streams = false;
  for (std::size_t k = 0; k < operands.evaluators.size(); ++k) {
    statements.emplace_back(plan, operands, k, begin / length);
    streams = streams || statements.back().streams();
  }
  stream_fence const fence(streams);
  for (index_t i = begin; i < end;) {
    index_t const column = i % length;
    index_t const stop = plain::min(length, column + (end - i));
    for (index_t first = column; first < stop; first += piece) {
      for (joint_statement& s : statements) {
        s.evaluate(first, plain::min(piece, stop - first));
      }
    }
    i += stop - column;
    for (joint_statement& s : statements) {
      s.next();
    }
  }
}

}  // namespace detail

/// Stores several expressions over `s`. A statement may read what a later one writes, and what it
/// writes itself at the same place.
inline void assign_together_host(shape const& s, statement_operands const& statements) {
  std::vector<operand> joint(statements.all.begin(), statements.all.end());
  elementwise_plan const plan = plan_elementwise(s, joint);
  if (plan.what == sweep::empty) {
    return;
  }
  constexpr index_t shortest = 64;  // pieces of rows that are worth a loop of their own
  if (plan.unit_rows() && (plan.rank == 1 || plan.row_length() >= shortest)) {
    statement_operands const planned{joint, statements.evaluators};
    index_t const count = static_cast<index_t>(statements.evaluators.size());
    parallel_range(plan.size, sweep_grain, plan.size * count, [&](index_t begin, index_t end) {
      detail::assign_pieces(plan, planned, begin, end);
    });
    return;
  }
  for (std::size_t k = 0; k < statements.evaluators.size(); ++k) {
    operand own[1 + max_leaves];
    std::span<operand> const operands(own, statements.copy(k, own));
    assign_host(plan_elementwise(s, operands), operands, *statements.evaluators[k]);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
