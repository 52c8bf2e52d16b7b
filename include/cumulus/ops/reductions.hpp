// SPDX-License-Identifier: Apache-2.0
#pragma once
// The reductions of expr/reductions.def over all axes, one axis or several.

#include "cumulus/ops/reduce_arguments.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// What every function of the table does: checks, allocates the result and reduces.
template <class Reducer, counted Elements, class X, class Options>
auto reduce_axes(char const* name, X const& x, axis_set const& set, Options const& options) {
  using Space = space_of<X>;
  using R = typename Reducer::result;
  using A = typename Reducer::accumulation;
  decltype(auto) e = reduce_arguments::counted_elements<Elements>(x);
  using Tree = typename std::remove_cvref_t<decltype(e)>::tree_type;
  static_assert(std::is_same_v<typename Tree::value_type, typename Reducer::input>);
  shape const& s = e.shape();
  reduce_arguments::check_elements<Reducer>(name, s, set, options);
  Reducer const reducer = reduce_arguments::configured<Reducer, Elements>(options);
  A const& accumulation = reducer;
  reduce_arguments::reduced_array const result{
      sizeof(R), allocate<Space>, detail::sweep_reduction<Tree, Space, A>, &accumulation};
  ndarray<R, Space> out(result.of(name, std::span<leaf const>(e.leaves(), Tree::leaf_count), s, set,
                                  options.keepdims, reduce_arguments::where_of(options)));
  reduce_arguments::check_positions<Reducer, Tree>(name, s, out);
  if constexpr (reduce_arguments::has_no_missing_v<Reducer> && tree::is_masked_v<Tree>) {
    if (!options.initial.given()) {
      reduce_arguments::check_counts(name, s,
                                     reduce_axes<reducers::count_valid<value_type_of<X>>, Elements>(
                                         name, x, set, plain_options<index_t, Space>{}));
    }
  }
  return out;
}

#define CUMULUS_REDUCTION(name, reducer, options, elements, doc)                                  \
  template <array_like X,                                                                         \
            class O = reduce_arguments::options##_of<reducers::reducer<value_type_of<X>>, X>>     \
  auto name(X const& x, std::type_identity_t<O> const& o = {}) {                                  \
    return reduce_axes<reducers::reducer<value_type_of<X>>, counted::elements>(                   \
        #name, x, all_axes(x.shape().rank()), o);                                                 \
  }                                                                                               \
  template <array_like X,                                                                         \
            class O = reduce_arguments::options##_of<reducers::reducer<value_type_of<X>>, X>>     \
  auto name(X const& x, std::span<int const> axes, std::type_identity_t<O> const& o = {}) {       \
    return reduce_axes<reducers::reducer<value_type_of<X>>, counted::elements>(                   \
        #name, x, normalize_axes(axes, x.shape().rank(), #name), o);                              \
  }                                                                                               \
  template <array_like X,                                                                         \
            class O = reduce_arguments::options##_of<reducers::reducer<value_type_of<X>>, X>>     \
  auto name(X const& x, int axis, std::type_identity_t<O> const& o = {}) {                        \
    return name(x, std::span<int const>(&axis, 1), o);                                            \
  }                                                                                               \
  template <array_like X,                                                                         \
            class O = reduce_arguments::options##_of<reducers::reducer<value_type_of<X>>, X>>     \
  auto name(X const& x, std::initializer_list<int> axes, std::type_identity_t<O> const& o = {}) { \
    return name(x, std::span<int const>(axes.begin(), axes.size()), o);                           \
  }
#include "cumulus/expr/reductions.def"

}  // namespace cumulus::inline CUMULUS_TARGET
