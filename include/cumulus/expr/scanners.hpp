// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a scan accumulates, used alike by the loops of the host, the kernels and the emulated grid.

#include "cumulus/expr/operations.hpp"
#include "cumulus/expr/reducers.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// A scan of T with an associative operation on values of Lane, whose results are rounded to Result
/// once each: the first element is lifted, every other one is joined to what was before.
template <class Op, class T, class Lane, class Result> struct scanner {
  using operation = Op;
  using input = T;
  using lane = Lane;
  using result = Result;
  Op op = {};

  static CUMULUS_HD Lane lift(T x) { return elementary::cast<Lane>(x); }
  CUMULUS_NO_EXEC_CHECK
  CUMULUS_HD Lane join(Lane before, Lane x) const { return elementary::cast<Lane>(op(before, x)); }
  static CUMULUS_HD Result value(Lane a) { return elementary::cast<Result>(a); }
};

/// The same scan of what a scan has accumulated.
template <class S>
using scanner_of_lanes =
    scanner<typename S::operation, typename S::lane, typename S::lane, typename S::lane>;

/// The number that leaves every other one as it is, where an operation has one: what an element
/// counts as that does not take part, and what a scan with include_initial begins with.
template <class Op> inline constexpr bool has_identity_v = false;
template <> inline constexpr bool has_identity_v<operations::add> = true;
template <> inline constexpr bool has_identity_v<operations::multiply> = true;
template <class Op, class T> CUMULUS_HD T identity() {
  static_assert(has_identity_v<Op>);
  return elementary::cast<T>(std::is_same_v<Op, operations::multiply> ? 1.0f : 0.0f);
}

namespace scanners {

template <class T>
using sum = scanner<operations::add, T, reducers::accumulator_t<T>, reducers::sum_result_t<T>>;
template <class T>
using prod =
    scanner<operations::multiply, T, reducers::accumulator_t<T>, reducers::sum_result_t<T>>;
template <class T> using max = scanner<operations::maximum, T, compute_t<T>, T>;
template <class T> using min = scanner<operations::minimum, T, compute_t<T>, T>;

/// What a function of one's own gives for two plain numbers.
template <class F, class T>
using result_of_t = std::remove_cvref_t<std::invoke_result_t<F const&, compute_t<T>, compute_t<T>>>;
template <class F, class T>
using of = scanner<F, T, compute_t<result_of_t<F, T>>, result_of_t<F, T>>;

}  // namespace scanners
}  // namespace cumulus::inline CUMULUS_TARGET
