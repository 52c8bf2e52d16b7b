// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every row of expr/reductions.def against NumPy, for one element type: result type and values over
// subsets of axes, in several layouts of memory, and with the options. The reductions_*_test.cpp
// share it, each for some types, so that they compile side by side.

#include <string>

#include "tests/answers_file.hpp"

namespace reduction_cases {

using namespace typed_arrays;

enum class option_kind { plain, initial, moment, position };

#define CUMULUS_REDUCTION(fn, reducer_, options_, elements, doc)                               \
  struct call_##fn {                                                                           \
    static constexpr char const* name = #fn;                                                   \
    static constexpr option_kind kind = option_kind::options_;                                 \
    template <class T> using result = typename cm::reducers::reducer_<T>::result;              \
    template <class X> auto operator()(X const& x) const { return cm::fn(x); }                 \
    template <class X> auto operator()(X const& x, int axis) const { return cm::fn(x, axis); } \
    template <class X>                                                                         \
    using options = cm::options_##_options<result<cm::value_type_of<X>>, cm::space_of<X>>;     \
    template <class X, class O = options<X>>                                                   \
    auto operator()(X const& x, std::span<int const> axes,                                     \
                    std::type_identity_t<O> const& o = {}) const {                             \
      return cm::fn(x, axes, o);                                                               \
    }                                                                                          \
  };
#include "cumulus/expr/reductions.def"

inline std::vector<int> axes_of(std::string const& digits) {
  std::vector<int> axes;
  for (char c : digits) {
    axes.push_back(c - '0');
  }
  return axes;
}

inline std::string last_part(std::string const& key) { return key.substr(key.rfind('/') + 1); }

/// NumPy's answers to the key, as an interval.
template <class R> struct answer_interval {
  cm::ndarray<R, cm::host> lo;
  cm::ndarray<R, cm::host> hi;

  answer_interval(oracle::answers const& all, std::string const& key)
      : lo(all.at(all.contains(key) ? key : "lo/" + key).template as<R>()),
        hi(all.at(all.contains(key) ? key : "hi/" + key).template as<R>()) {}
};

template <class R, class X>
void expect_within(X const& result, answer_interval<R> const& expected, std::string const& what) {
  static_assert(std::is_same_v<cm::value_type_of<X>, R>);
  auto const got = on_host(result);
  ASSERT_EQ(got.size(), expected.lo.size()) << what;
  for (index_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(lies_within(got.data()[i], expected.lo.data()[i], expected.hi.data()[i]))
        << what << " output " << i << ": expected " << printed(expected.lo.data()[i]) << " to "
        << printed(expected.hi.data()[i]) << ", got " << printed(got.data()[i]);
  }
}

/// The shape that keepdims must give.
inline cm::shape kept_shape(cm::shape s, std::vector<int> const& axes) {
  for (int axis : axes) {
    s[axis] = 1;
  }
  return s;
}

/// Runs every reduction of an input over every subset of axes that NumPy answered.
template <class T, class X, class Call>
void check_call(oracle::answers const& all, Call const& call, std::string const& name, X const& x,
                char const* layout) {
  using R = typename Call::template result<T>;
  std::string const prefix = std::string(Call::name) + "/" + name + "/";
  auto const each_key = [&](std::string const& kind, auto const& use) {
    for (auto at = all.lower_bound(kind + prefix);
         at != all.end() && at->first.starts_with(kind + prefix); ++at) {
      use(last_part(at->first));
    }
  };
  auto const compare = [&](std::string const& digits) {
    std::string const what = prefix + digits + " of " + cm::dtype_name<T>() + ", " + layout;
    answer_interval<R> const expected(all, prefix + digits);
    std::vector<int> const axes = axes_of(digits);
    auto const result = call(x, std::span<int const>(axes));
    EXPECT_EQ(result.shape(), expected.lo.shape()) << what;
    expect_within<R>(result, expected, what);
    auto const kept = call(x, std::span<int const>(axes), {.keepdims = true});
    EXPECT_EQ(kept.shape(), kept_shape(x.shape(), axes)) << what;
    expect_within<R>(kept, expected, what);
    if (axes.size() == 1) {
      expect_within<R>(call(x, axes[0] - x.shape().rank()), expected, what);
    }
    if (static_cast<int>(axes.size()) == x.shape().rank()) {
      auto const everything = call(x);
      EXPECT_EQ(everything.rank(), 0) << what;
      expect_within<R>(everything, expected, what);
    }
  };
  each_key("", compare);
  each_key("lo/", compare);
  each_key("error/", [&](std::string const& digits) {
    std::vector<int> const axes = axes_of(digits);
    EXPECT_THROW(call(x, std::span<int const>(axes)), cm::value_error) << prefix << digits;
  });
}

/// The elements of x, stored with the axes in reverse order.
template <class Space, class T>
cm::array_view<T const, Space> axes_reversed(cm::ndarray<T, Space> const& x,
                                             cm::ndarray<T, Space>& storage) {
  storage = cm::transpose(x);
  return cm::transpose(static_cast<cm::ndarray<T, Space> const&>(storage));
}

/// The elements of x at every second place of the last axis, from behind, at an odd offset.
template <class Space, class T>
cm::array_view<T const, Space> spread_out(cm::ndarray<T, Space> const& x,
                                          cm::ndarray<T, Space>& storage) {
  cm::shape wide = x.shape();
  int const last = x.rank() - 1;
  wide[last] = 2 * wide[last] + 2;
  storage = cm::full<T, Space>(wide, T(1));
  auto const view = storage(cm::ellipsis, cm::slice(-2, 0, -2));
  view.assign(x);
  return view;
}

template <class Space, class T> void check_cases() {
  auto const& all = oracle::answers_of("ops/reduction_answers.py", cm::dtype_name<T>());
  int cases = 0;
  for (auto at = all.lower_bound("x/"); at != all.end() && at->first.starts_with("x/"); ++at) {
    std::string const name = at->first.substr(2);
    auto const x = at->second.template in<Space, T>();
    cm::ndarray<T, Space> turned;
    cm::ndarray<T, Space> spread;
    auto const reversed = axes_reversed(x, turned);
    auto const strided = x.rank() > 0 ? spread_out(x, spread) : x.view();
    ++cases;
#define CUMULUS_REDUCTION(fn, reducer, options, elements, doc)             \
  check_call<T>(all, call_##fn{}, name, x.view(), "contiguous");           \
  check_call<T>(all, call_##fn{}, name, reversed, "axes stored reversed"); \
  check_call<T>(all, call_##fn{}, name, strided, "every second, backwards");
#include "cumulus/expr/reductions.def"
  }
  EXPECT_GE(cases, 25);
}

template <class T, class Call> void check_dtype(oracle::answers const& all, Call const& call) {
  using R = typename Call::template result<T>;
  std::string const numpy = all.at(std::string("dtype/") + call.name).dtype;
  // NumPy has no bfloat16; the answers were computed in float32.
  bool const stored = std::is_same_v<R, cm::bfloat16> && numpy == "float32";
  EXPECT_TRUE(stored || numpy == cm::dtype_name<R>())
      << call.name << " of " << cm::dtype_name<T>() << ": NumPy gives " << numpy;
}

template <class Space, class T, class Call>
void check_options(oracle::answers const& all, Call const& call, cm::ndarray<T, Space> const& x) {
  using R = typename Call::template result<T>;
  T const three = static_cast<T>(3);
  auto const each = [&](std::string const& option, auto const& evaluate) {
    std::string const prefix = "opt/" + option + "/" + call.name + "/";
    int found = 0;
    for (std::string const kind : {"", "lo/"}) {
      for (auto at = all.lower_bound(kind + prefix);
           at != all.end() && at->first.starts_with(kind + prefix); ++at) {
        std::string const digits = last_part(at->first);
        std::vector<int> const axes = axes_of(digits);
        expect_within<R>(evaluate(std::span<int const>(axes)),
                         answer_interval<R>(all, prefix + digits),
                         prefix + digits + " of " + cm::dtype_name<T>());
        ++found;
      }
    }
    EXPECT_GT(found, 0) << prefix;
  };
  if constexpr (Call::kind == option_kind::moment) {
    for (int ddof : {0, 1, 7, 2000}) {
      each("ddof" + std::to_string(ddof),
           [&](auto axes) { return call(x, axes, {.ddof = static_cast<double>(ddof)}); });
    }
  }
  if constexpr (Call::kind == option_kind::initial) {
    if constexpr (std::is_same_v<T, R>) {
      each("initial", [&](auto axes) { return call(x, axes, {.initial = three}); });
    } else {
      each("initial", [&](auto axes) {
        return call(x, axes, {.initial = static_cast<R>(std::is_same_v<T, bool> ? 1 : 3)});
      });
    }
  }
  if constexpr (Call::kind != option_kind::position) {
    for (int k = 0; k < 5; ++k) {
      auto const mask = all.at("opt/where/" + std::to_string(k)).template in<Space, bool>();
      each("where" + std::to_string(k), [&](auto axes) {
        if constexpr (Call::kind != option_kind::initial) {
          return call(x, axes, {.where = mask});
        } else if constexpr (std::is_same_v<T, R>) {
          return call(x, axes, {.initial = three, .where = mask});
        } else {
          return call(x, axes,
                      {.initial = static_cast<R>(std::is_same_v<T, bool> ? 1 : 3), .where = mask});
        }
      });
      // masked(x, valid) is the same reduction; with few elements each extreme has one.
      if constexpr (Call::kind == option_kind::plain) {
        each("where" + std::to_string(k),
             [&](auto axes) { return call(cm::masked(x, mask), axes); });
      } else if constexpr (Call::kind == option_kind::initial && std::is_same_v<T, R>) {
        each("where" + std::to_string(k),
             [&](auto axes) { return call(cm::masked(x, mask), axes, {.initial = three}); });
      }
    }
  }
}

/// Values and dtypes. Oracle: NumPy, see tests/ops/reduction_answers.py.
template <class Space, class T> void check_every_row() {
  if constexpr (tested_v<T>) {
    auto const& all = oracle::answers_of("ops/reduction_answers.py", cm::dtype_name<T>());
#define CUMULUS_REDUCTION(fn, reducer, options, elements, doc) check_dtype<T>(all, call_##fn{});
#include "cumulus/expr/reductions.def"
    check_cases<Space, T>();
  }
}

/// initial, ddof, where and masked. Oracle: NumPy.
template <class Space, class T> void check_every_option() {
  if constexpr (tested_with_options_v<T>) {
    auto const& all = oracle::answers_of("ops/reduction_answers.py", cm::dtype_name<T>());
    auto const x = all.at("opt/x").template in<Space, T>();
#define CUMULUS_REDUCTION(fn, reducer, options, elements, doc) \
  check_options<Space, T>(all, call_##fn{}, x);
#include "cumulus/expr/reductions.def"
  }
}

}  // namespace reduction_cases
