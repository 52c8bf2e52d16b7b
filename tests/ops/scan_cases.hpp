// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every row of expr/scans.def against NumPy, for one element type: result type, shape and values
// along every axis and of all elements, in several layouts of memory. The scans_*_test.cpp share
// it, each for some types, so that they compile side by side.

#include <string>

#include "tests/answers_file.hpp"

namespace scan_cases {

using namespace typed_arrays;

enum class form { numpy, array_api };

#define CUMULUS_SCAN(fn, scanner_, form_, elements, doc)                                       \
  struct call_##fn {                                                                           \
    static constexpr char const* name = #fn;                                                   \
    static constexpr scan_cases::form form = scan_cases::form::form_;                          \
    /* What masked and squares have answers for. */                                            \
    static constexpr bool of_masked =                                                          \
        cm::counted::elements == cm::counted::every && form == scan_cases::form::numpy &&      \
        cm::has_identity_v<typename cm::scanners::scanner_<float>::operation>;                 \
    static constexpr bool of_squares =                                                         \
        of_masked && std::is_same_v<cm::scanners::scanner_<float>, cm::scanners::sum<float>>;  \
    template <class T> using result = typename cm::scanners::scanner_<T>::result;              \
    template <class X> auto operator()(X const& x) const { return cm::fn(x); }                 \
    template <class X> auto operator()(X const& x, int axis) const { return cm::fn(x, axis); } \
    template <class X> auto begun(X const& x) const {                                          \
      return cm::fn(x, {.include_initial = true});                                             \
    }                                                                                          \
    template <class X> auto begun(X const& x, int axis) const {                                \
      return cm::fn(x, axis, {.include_initial = true});                                       \
    }                                                                                          \
  };
#include "cumulus/expr/scans.def"

template <class R, class X>
void expect_answer(oracle::answers const& all, std::string const& key, X const& result,
                   std::string const& what) {
  static_assert(std::is_same_v<cm::value_type_of<X>, R>);
  auto const lo = all.at(all.contains(key) ? key : "lo/" + key).template as<R>();
  auto const hi = all.at(all.contains(key) ? key : "hi/" + key).template as<R>();
  auto const got = on_host(result);
  ASSERT_EQ(got.shape(), lo.shape()) << key << what;
  for (index_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(lies_within(got.data()[i], lo.data()[i], hi.data()[i]))
        << key << what << " element " << i << ": expected " << printed(lo.data()[i]) << " to "
        << printed(hi.data()[i]) << ", got " << printed(got.data()[i]);
  }
}

/// One scan of one input along every axis and of all elements.
template <class T, class X, class Call>
void check_call(oracle::answers const& all, Call const& call, std::string const& name, X const& x,
                std::string const& layout) {
  using R = typename Call::template result<T>;
  std::string const key = std::string(Call::name) + "/" + name + "/";
  std::string const what = std::string(" of ") + cm::dtype_name<T>() + ", " + layout;
  std::string const first = key + (x.rank() > 0 ? "0" : "all");
  if (!all.contains(first) && !all.contains("lo/" + first)) {
    return;  // no answer: see scan_answers.py
  }
  bool const needs_axis = Call::form == form::array_api && x.rank() > 1;
  if (needs_axis) {
    EXPECT_THROW(call(x), cm::axis_error);
  } else {
    expect_answer<R>(all, key + "all", call(x), what);
  }
  for (int axis = 0; axis < x.rank(); ++axis) {
    std::string const digit = std::to_string(axis);
    expect_answer<R>(all, key + digit, call(x, axis), what);
    expect_answer<R>(all, key + digit, call(x, axis - x.rank()), what);
    if constexpr (Call::form == form::array_api) {
      expect_answer<R>(all, "initial/" + key + digit, call.begun(x, axis), what);
    }
  }
  if constexpr (Call::form == form::array_api) {
    if (!needs_axis) {
      expect_answer<R>(all, "initial/" + key + "all", call.begun(x), what);
    }
  }
}

/// Expressions: with a mask, and computed on the way.
template <class Space, class T, class X, class Call>
void check_expressions(oracle::answers const& all, Call const& call, std::string const& name,
                       X const& x) {
  using R = typename Call::template result<T>;
  auto const m = all.at("m/" + name).template in<Space, bool>();
  std::string const key = std::string(Call::name) + "/" + name + "/";
  if (name == "inf") {
    return;
  }
  for (int axis = -1; axis < x.rank(); ++axis) {
    std::string const last = axis < 0 ? "all" : std::to_string(axis);
    if constexpr (Call::of_masked) {
      auto const valid = cm::masked(x, m);
      expect_answer<R>(all, "masked/" + key + last, axis < 0 ? call(valid) : call(valid, axis),
                       " masked");
    }
    if constexpr (Call::of_squares && cm::real_floating<T>) {
      auto const squares = x * x;
      expect_answer<R>(all, "squares/" + key + last, axis < 0 ? call(squares) : call(squares, axis),
                       " of squares");
    }
  }
}

template <class T, class Call> void check_dtype(oracle::answers const& all, Call const& call) {
  using R = typename Call::template result<T>;
  std::string const numpy = all.at(std::string("dtype/") + call.name).dtype;
  // NumPy has no bfloat16; the answers were computed in float32.
  bool const stored = std::is_same_v<R, cm::bfloat16> && numpy == "float32";
  EXPECT_TRUE(stored || numpy == cm::dtype_name<R>())
      << call.name << " of " << cm::dtype_name<T>() << ": NumPy gives " << numpy;
}

/// Values and dtypes. Oracle: NumPy, see tests/ops/scan_answers.py.
template <class Space, class T> void check_every_row() {
  if constexpr (tested_v<T>) {
    auto const& all = oracle::answers_of("ops/scan_answers.py", cm::dtype_name<T>());
#define CUMULUS_SCAN(fn, scanner, form, elements, doc) check_dtype<T>(all, call_##fn{});
#include "cumulus/expr/scans.def"
    int cases = 0;
    std::mt19937_64 random(5);
    for (auto at = all.lower_bound("x/"); at != all.end() && at->first.starts_with("x/"); ++at) {
      std::string const name = at->first.substr(2);
      auto const x = at->second.template in<Space, T>();
      cm::ndarray<T, cm::host> const here = at->second.template as<T>();
      auto const elsewhere = scattered<Space>(here, random);
      auto const turned = scattered<Space>(here, random);
      ++cases;
#define CUMULUS_SCAN(fn, scanner, form, elements, doc)             \
  check_call<T>(all, call_##fn{}, name, x.view(), "contiguous");   \
  check_call<T>(all, call_##fn{}, name, elsewhere, "anyhow");      \
  check_call<T>(all, call_##fn{}, name, turned, "in another way"); \
  check_expressions<Space, T>(all, call_##fn{}, name, elsewhere);
#include "cumulus/expr/scans.def"
    }
    EXPECT_GE(cases, 24);
  }
}

}  // namespace scan_cases
