// SPDX-License-Identifier: Apache-2.0
#pragma once
// The evaluator as kernels use it: the packs of all leaves are loaded, together, and then the
// formula is gone through for one lane after the other. With single elements between the operations
// the compiler has one loop over lanes to take apart; with packs it would have one for each.

#include "cumulus/exec/pack/evaluate.hpp"

namespace cumulus::inline CUMULUS_TARGET {

using single_element = pack_policy<1, false>;

namespace detail {

template <class T, int K, int Lanes> struct loaded_leaf {
  lanes<T, Lanes> pack;
};

/// The packs of the leaves of Tree, of which K is the first one's number.
template <class Tree, int K, class Policy>
struct loaded_leaves : loaded_leaf<typename Tree::value_type, K, Policy::size> {
  CUMULUS_NO_EXEC_CHECK
  template <access A, class C> CUMULUS_HD void load(C const& c, index_t i, int count) {
    this->pack = evaluator<Tree>::template at<Policy, A, K>(c, i, count);
  }
};

/// A constant stays where it is.
template <class T, int K, class Policy> struct loaded_leaves<tree::constant<T>, K, Policy> {
  template <access, class C> CUMULUS_HD void load(C const&, index_t, int) {}
};

template <class Children, int K, class Policy, class... Child> struct loaded_children;
template <std::size_t... I, int K, class Policy, class... Child>
struct loaded_children<std::index_sequence<I...>, K, Policy, Child...>
    : loaded_leaves<Child, first_leaves<K, Child...>::at.of[I], Policy>... {
  CUMULUS_NO_EXEC_CHECK
  template <access A, class C> CUMULUS_HD void load(C const& c, index_t i, int count) {
    using first = first_leaves<K, Child...>;
    (loaded_leaves<Child, first::at.of[I], Policy>::template load<A>(c, i, count), ...);
  }
};

template <class Op, class R, class... Child, int K, class Policy>
struct loaded_leaves<tree::apply<Op, R, Child...>, K, Policy>
    : loaded_children<std::make_index_sequence<sizeof...(Child)>, K, Policy, Child...> {};

template <class F, class R, class... Child, int K, class Policy>
struct loaded_leaves<tree::map<F, R, Child...>, K, Policy>
    : loaded_children<std::make_index_sequence<sizeof...(Child)>, K + 1, Policy, Child...> {};

/// Loaded leaves as the evaluator reads them.
template <class Tree, class Policy> struct lane_cursor {
  loaded_leaves<Tree, 0, Policy> leaves;
  operand const* operands;

  template <class T> CUMULUS_HD T const& constant(int k) const {
    return operands[k].template value_as<T>();
  }
  template <class T, int K> CUMULUS_HD lanes<T, 1> lane(index_t l) const {
    loaded_leaf<T, K, Policy::size> const& leaf = leaves;
    return {{leaf.pack.lane[l]}};
  }
};

}  // namespace detail

/// As evaluate(), for expressions that are not masked, or of single elements.
CUMULUS_NO_EXEC_CHECK
template <class Tree, class Policy, access A, class C>
CUMULUS_HD auto evaluate_lanes(C const& c, index_t i, int count = Policy::size) {
  if constexpr (Policy::size == 1) {
    return evaluate<Tree, Policy, A>(c, i, count);
  } else {
    detail::lane_cursor<Tree, Policy> loaded;
    loaded.operands = c.operands;
    loaded.leaves.template load<A>(c, i, count);
    lanes<typename Tree::value_type, Policy::size> result;
    CUMULUS_UNROLL
    for (int l = 0; l < Policy::size; ++l) {
      int const exists = l < count ? 1 : 0;
      result.lane[l] = evaluate<Tree, single_element, access::loaded>(loaded, l, exists).lane[0];
    }
    return result;
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
