// SPDX-License-Identifier: Apache-2.0
#pragma once
// The reductions of expr/reductions.def over all axes, one axis or several.

#include "cumulus/ops/reduce_arguments.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// What every function of the table does: checks, allocates the result and reduces.
template <class Reducer, counted Elements, class X, class Options>
auto reduce_axes(char const* name, X const& x, axis_set const& set, Options const& options) {
  using Space = space_of<X>;
  auto const e = reduce_arguments::counted_elements<Elements>(x);
  shape const s = e.shape();
  reduce_arguments::check_elements<Reducer>(name, s, set, options);
  ndarray<typename Reducer::result, Space> out(reduced_shape(s, set, options.keepdims));
  leaf mask;
  reduce_target target{
      .op = reduce_arguments::output_operand(out.view(), set, s.rank(), options.keepdims)};
  if constexpr (requires { options.where; }) {
    if (options.where.given()) {
      mask = reduce_arguments::mask_leaf(name, options.where, s);
      target.mask = &mask;
    }
  }
  reduce(e, set, target, reduce_arguments::configured<Reducer, Elements>(options));
  reduce_arguments::check_positions<Reducer, tree_of<decltype(e)>>(name, s, out);
  if constexpr (reduce_arguments::has_no_missing_v<Reducer> &&
                tree::is_masked_v<tree_of<decltype(e)>>) {
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
        #name, x, reduce_arguments::axes_of(#name, x, axes), o);                                  \
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
