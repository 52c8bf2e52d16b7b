// SPDX-License-Identifier: Apache-2.0
#pragma once
// The scans of expr/scans.def along an axis or over all elements, and scan for a function of one's
// own.

#include "cumulus/exec/scan.hpp"
#include "cumulus/ops/reduce_arguments.hpp"

namespace cumulus::inline v1 {

/// The options of each form in expr/scans.def.
struct numpy_scan_options {
  named_only only = named_only();
};
struct array_api_scan_options {
  named_only only = named_only();
  bool include_initial = false;  ///< begin with what the sum or product of nothing is
};

}  // namespace cumulus::inline v1

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

/// Scans e along an axis, or all its elements, into a new array. `MayBegin` says whether it may
/// begin with the operation's identity.
template <bool MayBegin, class S, class Space, class Tree>
auto scanned(char const* name, expression<Tree, Space> const& e, std::optional<int> axis,
             bool include_initial, S const& scanner) {
  using R = typename S::result;
  shape const& s = e.shape();
  bool const all = !axis.has_value();
  axis_set set = all_axes(all ? s.rank() : 0);
  shape result = all ? shape{s.size()} : s;
  int const k = all ? 0 : normalize_axis(*axis, s.rank(), name);
  set.member[k] = set.member[k] || !all;
  index_t const initial = include_initial ? 1 : 0;
  result[k] += initial;
  checked_size(result, sizeof(R), name);
  ndarray<R, Space> out(result);
  strides const st = all ? row_major_strides(s) : out.strides();
  operand const op = array_operand(out.data() + initial * out.strides()[k], sizeof(R), st);
  if constexpr (MayBegin) {
    if (include_initial) {
      result[k] = 1;
      array_view<R, Space>(out.owner(), out.data(), result, out.strides())
          .fill(identity<typename S::operation, int>());
    }
  }
  scan_elements(e, set, op, scanner);
  return out;
}

template <class Scanner, counted Elements, class Options, class X>
auto scan_row(char const* name, X const& x, std::optional<int> axis, Options const& o) {
  constexpr bool may_begin = requires { o.include_initial; };
  bool include_initial = false;
  if constexpr (may_begin) {
    include_initial = o.include_initial;
    if (!axis.has_value() && x.shape().rank() > 1) {
      raise<axis_error>({name, ": expected an axis for shape ", x.shape(), ", got none"});
    }
  }
  using T = value_type_of<X>;
  constexpr counted elements = real_floating<T> || complex_floating<T> ? Elements : counted::every;
  return scanned<may_begin>(name, reduce_arguments::counted_elements<elements>(x), axis,
                            include_initial, Scanner{});
}

}  // namespace detail

#define CUMULUS_SCAN(name, scanner, form, elements, doc)                                          \
  template <array_like X> auto name(X const& x, form##_scan_options const& o = {}) {              \
    return detail::scan_row<scanners::scanner<value_type_of<X>>, counted::elements>(#name, x, {}, \
                                                                                    o);           \
  }                                                                                               \
  template <array_like X> auto name(X const& x, int axis, form##_scan_options const& o = {}) {    \
    return detail::scan_row<scanners::scanner<value_type_of<X>>, counted::elements>(#name, x,     \
                                                                                    axis, o);     \
  }
#include "cumulus/expr/scans.def"

/// Each element joined by f to what f gave for the one before along an axis; the first is as it is.
/// f takes two plain numbers (float for the 16-bit types) and is associative: which neighbours it
/// is called for first depends on the shape and the space. It must be callable on the device when
/// the array is there.
///     struct longer { template <class T> CUMULUS_HD T operator()(T a, T b) const { … } };
///     cm::ndarray longest = cm::scan(longer{}, x, 0);
/// Shape:  x's.    Dtype: what f returns, which it must also take.    Cost: eager, one new array.
/// Throws: axis_error if axis is outside [-rank, rank); what f throws, once; out_of_memory.
/// Source: numpy.ufunc.accumulate.
template <class F, array_like X> auto scan(F f, X const& x, int axis = 0) {
  using T = value_type_of<X>;
  static_assert(std::is_invocable_v<F const&, compute_t<T>, compute_t<T>>,
                "cumulus: scan cannot call this function with two numbers of the array's type "
                "(float for the 16-bit types); is its operator() const?");
  using S = scanners::of<F, T>;
  static_assert(dtype<typename S::result>,
                "cumulus: the function given to scan must return an element type (bool, a "
                "fixed-width integer, float, double, complex)");
  return detail::scanned<false>("scan", as_expression(x), axis, false, S{std::move(f)});
}

}  // namespace cumulus::inline CUMULUS_TARGET
