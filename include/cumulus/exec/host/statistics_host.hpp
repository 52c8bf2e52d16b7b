// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the types of an expression and of several reducers to the loops of a statistics_sweep: those
// that each reduction has alone.

#include <tuple>

#include "cumulus/exec/host/reduce_host.hpp"
#include "cumulus/exec/host/statistics_sweep.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// The accumulation whose loops read what all statistics are given: counts read nothing, and the
/// rows of 16-bit types are evaluated to float.
template <class A> struct read_as {
  using type = A;
  static type from(A const& a) { return a; }
};
template <class T>
  requires is_storage_float_v<T>
struct read_as<reducers::count_valid<T>> {
  using type = reducers::count_valid<float>;
  static type from(reducers::count_valid<T> const&) { return {}; }
};

/// True if the loops of A find NaN themselves, where nothing else is missing.
template <class A>
inline constexpr bool finds_nan_v = vector_lanes<A>::exist || finds_position_v<A>;

template <class Tree, class A, bool SkipsNan, bool Truths>
inline constexpr tile_functions loops_of_statistic = [] {
  if constexpr (finds_nan_v<A>) {
    constexpr missing what = Truths ? missing::bytes : SkipsNan ? missing::nan : missing::none;
    return make_tile_functions<Tree, A, register_tile<A, what>>();
  } else {
    return make_tile_functions<
        Tree, A, plain_tile<A, SkipsNan || Truths ? missing::bytes : missing::none>>();
  }
}();

template <class Element> void find_numbers(void const* data, bool const* valid, int n, bool* out) {
  Element const* const x = static_cast<Element const*>(data);
  for (int i = 0; i < n; ++i) {
    out[i] = !elementary::is_nan(x[i]);
  }
  for (int i = 0; i < n && valid != nullptr; ++i) {
    out[i] = out[i] & valid[i];
  }
}

template <class T> struct elements_read {
  using element = reduced_from_t<T>;
};
/// The elements of `Tree` as all loops read them.
template <class Tree> constexpr element_functions make_element_functions() {
  using T = typename Tree::value_type;
  element_functions f{};
  f.producer.evaluator = row_evaluator_of<produced_t<Tree, elements_read<T>>>;
  f.producer.has_truths = tree::is_masked_v<Tree>;
  f.producer.what = absent::told;
  f.numbers = &find_numbers<reduced_from_t<T>>;
  return f;
}
template <class Tree>
inline constexpr element_functions element_functions_of = make_element_functions<Tree>();

}  // namespace detail

/// Reduces `Tree` as planned to one output for each statistic, which `outs` tells. A statistic is
/// a one_statistic (exec/reduce_all.hpp); operands are an output, the leaves and, if planned, the
/// mask.
template <class Tree, class... Statistic>
void reduce_all_host(reduce_plan const& plan, std::span<operand const> operands,
                     std::byte* const* outs, Statistic const&... statistic) {
  std::tuple const accumulations(
      detail::read_as<typename Statistic::accumulation>::from(statistic.reducer)...);
  std::apply(
      [&](auto const&... a) {
        bool const truths = plan.has_mask || tree::is_masked_v<Tree>;
        auto const one = [&]<class S, class A>(S const&, A const& accumulation) {
          constexpr bool always = tree::is_masked_v<Tree>;
          constexpr bool skips = S::skips_nan;
          return host_statistic{.loops = truths
                                             ? &detail::loops_of_statistic<Tree, A, skips, true>
                                             : &detail::loops_of_statistic<Tree, A, skips, always>,
                                .accumulation = &accumulation,
                                .out = *outs++,
                                .item_bytes = sizeof(typename A::result),
                                .skips_nan = skips && (truths || !detail::finds_nan_v<A>)};
        };
        host_statistic const list[] = {one(statistic, a)...};
        statistics_sweep(plan, operands, detail::element_functions_of<Tree>, list).run();
      },
      accumulations);
}

}  // namespace cumulus::inline CUMULUS_TARGET
