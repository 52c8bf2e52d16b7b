// SPDX-License-Identifier: Apache-2.0
#pragma once
// reduce_all_of: several reductions of expr/reductions.def of the same elements in one pass.

#include <tuple>

#include "cumulus/exec/reduce_all.hpp"
#include "cumulus/ops/reductions.hpp"

namespace cumulus::inline v1 {

/// A start value before it is known what it becomes.
class any_number {
 public:
  any_number() = default;
  template <class S>
    requires(weak_scalar<S> || is_storage_float_v<S>)
  any_number(S value) {
    if constexpr (complex_floating<S>) {
      kind_ = kind::complex;
      complex_ = {static_cast<double>(value.re), static_cast<double>(value.im)};
    } else if constexpr (std::is_integral_v<S>) {
      kind_ = std::is_signed_v<S> ? kind::integer : kind::natural;
      integer_ = static_cast<std::int64_t>(value);
    } else {
      kind_ = kind::real;
      complex_ = {static_cast<double>(value), 0};
    }
  }

  bool given() const { return kind_ != kind::none; }

  /// As the initial_value of a result.
  /// Throws: value_error if an integer is out of range, or a number complex where results are not.
  template <class Initial> Initial as() const {
    switch (kind_) {
      case kind::none:
        return {};
      case kind::integer:
        return Initial(integer_);
      case kind::natural:
        return Initial(static_cast<std::uint64_t>(integer_));
      case kind::real:
        return Initial(complex_.re);
      case kind::complex:
        break;
    }
    if constexpr (complex_floating<decltype(Initial().value())>) {
      return Initial(complex_);
    } else {
      raise<value_error>({"initial: expected a real number, got a complex one"});
    }
  }

 private:
  enum class kind { none, integer, natural, real, complex };
  kind kind_ = kind::none;
  std::int64_t integer_ = 0;
  complex<double> complex_ = {};
};

/// What all statistics of reduce_all_of share.
template <memory_space Space> struct statistics_options {
  named_only only = named_only();
  bool keepdims = false;         ///< keep reduced axes with extent 1
  where_mask<Space> where = {};  ///< which elements take part
};

}  // namespace cumulus::inline v1

namespace cumulus::inline CUMULUS_TARGET {

/// The reductions as values, for reduce_all_of. What one needs beside the options of all stands in
/// its own brackets: `statistics::stddev({.ddof = 1})`, `statistics::max({.initial = 0})`.
namespace statistics {

/// What a statistic knows that the others do not.
struct plain_choice {
  named_only only = named_only();
};
struct initial_choice {
  named_only only = named_only();
  any_number initial = {};  ///< combined with every result
};
struct moment_choice {
  named_only only = named_only();
  double ddof = 0;  ///< the divisor is n - ddof
};
using position_choice = plain_choice;

/// The options of a reduction by itself, from those of all statistics and its own.
template <class Options, class All, class Choice>
Options joined(All const& all, Choice const& choice) {
  if constexpr (std::is_same_v<Choice, moment_choice>) {
    return {.ddof = choice.ddof, .keepdims = all.keepdims, .where = all.where};
  } else if constexpr (std::is_same_v<Choice, initial_choice>) {
    using initial = decltype(Options::initial);
    return {.keepdims = all.keepdims,
            .initial = choice.initial.template as<initial>(),
            .where = all.where};
  } else if constexpr (requires(Options o) { o.where; }) {
    return {.keepdims = all.keepdims, .where = all.where};
  } else {
    return {.keepdims = all.keepdims};
  }
}

#define CUMULUS_REDUCTION(function, reducer_, options, elements_, doc)                   \
  struct function##_statistic {                                                          \
    using statistic_tag = void;                                                          \
    static constexpr char const* name = #function;                                       \
    static constexpr counted elements = counted::elements_;                              \
    template <class T> using reducer = reducers::reducer_<T>;                            \
    template <class X>                                                                   \
    using options_of = reduce_arguments::options##_of<reducer<value_type_of<X>>, X>;     \
    options##_choice choice = {};                                                        \
    function##_statistic operator()(options##_choice const& own) const { return {own}; } \
  };                                                                                     \
  inline constexpr function##_statistic function{};
#include "cumulus/expr/reductions.def"

}  // namespace statistics

template <class S>
concept statistic = requires { typename std::remove_cvref_t<S>::statistic_tag; };

namespace detail {

template <class X, class S>
using statistic_reducer = typename S::template reducer<value_type_of<X>>;
template <class X, class S>
using statistic_array = ndarray<typename statistic_reducer<X, S>::result, space_of<X>>;

/// What exec/reduce_all.hpp needs of a statistic.
template <class X, class S, class Options> auto configured_statistic(Options const& options) {
  using T = value_type_of<X>;
  constexpr bool skips =
      S::elements == counted::not_nan && (real_floating<T> || complex_floating<T>);
  using Reducer = statistic_reducer<X, S>;
  return one_statistic<Reducer, skips>{reduce_arguments::configured<Reducer, S::elements>(options)};
}

/// True if a masked integer's extreme is among the statistics, which has no value for "nothing was
/// valid": then valid elements are counted beside them.
template <class X, class S>
inline constexpr bool needs_counts_v =
    reduce_arguments::has_no_missing_v<statistic_reducer<X, S>> && tree::is_masked_v<tree_of<X>>;

/// Throws: value_error where a position or an extreme was asked of no valid element.
template <class X, class S, class Options>
void check_statistic(shape const& s, statistic_array<X, S> const& result, Options const& options,
                     [[maybe_unused]] ndarray<std::int64_t, space_of<X>> const* counts) {
  using Reducer = statistic_reducer<X, S>;
  if constexpr (reducers::gives_position_v<Reducer>) {
    if (tree::is_masked_v<tree_of<X>> || options.where.given() || S::elements == counted::not_nan) {
      reduce_arguments::check_positions<Reducer, tree::not_nan<tree_of<X>>>(S::name, s, result);
    }
  }
  if constexpr (needs_counts_v<X, S>) {
    if (counts != nullptr) {
      reduce_arguments::check_counts(S::name, s, *counts);
    }
  }
}

template <class X, class Options, class... S>
std::tuple<statistic_array<X, S>...> reduce_statistics(X const& x, axis_set const& set,
                                                       Options const& options, S const&... one) {
  constexpr char const* function = "reduce_all_of";
  auto const e = as_expression(x);
  shape const s = e.shape();
  shape const kept = reduced_shape(s, set, options.keepdims);
  untyped_array const* const where = reduce_arguments::where_of(options);
  leaf const mask = reduce_arguments::mask_leaf(function, where, s);
  reduce_target target{.op = {}, .mask = where != nullptr ? &mask : nullptr};
  std::tuple const own(
      statistics::joined<typename S::template options_of<X>>(options, one.choice)...);
  return std::apply(
      [&](auto const&... o) {
        (reduce_arguments::check_elements<statistic_reducer<X, S>>(S::name, s, set, o), ...);
        std::tuple<statistic_array<X, S>...> results{statistic_array<X, S>(kept)...};
        std::apply(
            [&](auto&... result) {
              std::byte* const outs[] = {reinterpret_cast<std::byte*>(result.data())...};
              auto const& first = std::get<0>(results);
              target.op = reduce_arguments::output_operand(
                  first.untyped(),
                  sizeof(typename std::remove_cvref_t<decltype(first)>::value_type), set, s.rank(),
                  options.keepdims);
              reduce_all(e, set, target, outs, configured_statistic<X, S>(o)...);
            },
            results);
        return results;
      },
      own);
}

template <class X, class Options, class... S>
auto checked_statistics(X const& x, axis_set const& set, Options const& options, S const&... one) {
  static_assert(sizeof...(S) > 0,
                "cumulus: reduce_all_of takes at least one statistic after its options, such as "
                "statistics::mean");
  shape const s = x.shape();
  if constexpr ((needs_counts_v<X, S> || ...)) {
    auto all = reduce_statistics(x, set, options, one..., statistics::count_valid);
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      auto const& counts = std::get<sizeof...(K)>(all);
      auto const counted = [&](auto const& statistic) {
        if constexpr (requires { statistic.choice.initial; }) {
          return statistic.choice.initial.given() ? nullptr : &counts;
        }
        return &counts;
      };
      (check_statistic<X, S>(s, std::get<K>(all), options, counted(one)), ...);
      return std::tuple<statistic_array<X, S>...>(std::get<K>(std::move(all))...);
    }(std::index_sequence_for<S...>{});
  } else {
    auto all = reduce_statistics(x, set, options, one...);
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      (check_statistic<X, S>(s, std::get<K>(all), options, nullptr), ...);
    }(std::index_sequence_for<S...>{});
    return all;
  }
}

}  // namespace detail

/// Several statistics of the same elements in one pass over them, as a tuple of arrays.
///     auto [m, s, hi] = reduce_all_of(t, 0, {.keepdims = true}, statistics::mean,
///                                     statistics::stddev({.ddof = 1}), statistics::max);
/// Each function of the table of reductions is a value in `statistics`; ddof and initial belong to
/// one of them and are given to it, keepdims and where to all.
/// Shape:  of each as of the reduction by itself.    Dtype, NaN, empty: the same.
/// Cost:   one read of x, each element computed once; on a GPU one kernel, and one to merge where
///         more than 1024 elements are reduced to one. The bits are those of the reduction alone.
/// Throws: axis_error; value_error where one of the statistics does, whose name it says.
template <array_like X, class O = statistics_options<space_of<X>>, statistic... S>
auto reduce_all_of(X const& x, std::type_identity_t<O> const& o, S const&... one) {
  return detail::checked_statistics(x, all_axes(x.shape().rank()), o, one...);
}
template <array_like X, statistic... S> auto reduce_all_of(X const& x, S const&... one) {
  return reduce_all_of(x, statistics_options<space_of<X>>{}, one...);
}
template <array_like X, class O = statistics_options<space_of<X>>, statistic... S>
auto reduce_all_of(X const& x, std::span<int const> axes, std::type_identity_t<O> const& o,
                   S const&... one) {
  return detail::checked_statistics(x, normalize_axes(axes, x.shape().rank(), "reduce_all_of"), o,
                                    one...);
}
template <array_like X, statistic... S>
auto reduce_all_of(X const& x, std::span<int const> axes, S const&... one) {
  return reduce_all_of(x, axes, statistics_options<space_of<X>>{}, one...);
}
template <array_like X, class O = statistics_options<space_of<X>>, statistic... S>
auto reduce_all_of(X const& x, int axis, std::type_identity_t<O> const& o, S const&... one) {
  return reduce_all_of(x, std::span<int const>(&axis, 1), o, one...);
}
template <array_like X, statistic... S> auto reduce_all_of(X const& x, int axis, S const&... one) {
  return reduce_all_of(x, std::span<int const>(&axis, 1), one...);
}
template <array_like X, class O = statistics_options<space_of<X>>, statistic... S>
auto reduce_all_of(X const& x, std::initializer_list<int> axes, std::type_identity_t<O> const& o,
                   S const&... one) {
  return reduce_all_of(x, std::span<int const>(axes.begin(), axes.size()), o, one...);
}
template <array_like X, statistic... S>
auto reduce_all_of(X const& x, std::initializer_list<int> axes, S const&... one) {
  return reduce_all_of(x, std::span<int const>(axes.begin(), axes.size()), one...);
}

}  // namespace cumulus::inline CUMULUS_TARGET
