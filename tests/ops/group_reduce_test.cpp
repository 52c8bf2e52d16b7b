// SPDX-License-Identifier: Apache-2.0
// Reductions over groups against NumPy loops, see tests/ops/group_reduce_answers.py, and closed
// forms.

#include "cumulus/ops/group_reduce.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <string>

#include "cumulus/ops/take.hpp"
#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;

template <class Space> class group_reduce : public in_each_space<Space> {};
TYPED_TEST_SUITE(group_reduce, spaces);

template <class T> bool close(T got, T expected) {
  if constexpr (cm::complex_floating<T>) {
    return close(got.re, expected.re) && close(got.im, expected.im);
  } else if constexpr (std::is_floating_point_v<T>) {
    // NumPy's answers are computed in extended precision and rounded once. A group has at most 23
    // members below 16, so that (4 + log2 n) eps Σ|x| is below 512 eps of 1 or of the answer.
    return (is_nan(got) && is_nan(expected)) ||
           std::fabs(got - expected) <=
               512 * std::numeric_limits<T>::epsilon() * std::max<T>(std::fabs(expected), T(1));
  } else {
    return got == expected;
  }
}

template <class X>
void expect_close(X const& got, oracle::named_array const& answer, char const* f) {
  using R = cm::value_type_of<X>;
  auto const expected = answer.as<R>();
  ASSERT_EQ(got.shape(), expected.shape()) << f;
  auto const values = on_host(got);
  for (index_t i = 0; i < expected.size(); ++i) {
    ASSERT_TRUE(close(values.data()[i], expected.data()[i]))
        << f << " output " << i << ": expected " << printed(expected.data()[i]) << ", got "
        << printed(values.data()[i]);
  }
}

template <class Space, class T> void check_rows() {
  auto const& all = oracle::answers_of("ops/group_reduce_answers.py", cm::dtype_name<T>());
  auto const x = all.at("x").template in<Space, T>();
  for (int axis : {0, 1, 2}) {
    std::string const a = std::to_string(axis);
    auto const labels = all.at("labels/" + a).template as<std::int64_t>();
    std::vector<int> const vector(labels.begin(), labels.end());
    for (std::string const set : {"full", "gap"}) {
      // "full" has members in every group; "gap" has one more group, without any.
      index_t const groups = set == "full" ? -1 : 5;
#define CUMULUS_REDUCTION(name, reducer, options, elements, doc)                         \
  {                                                                                      \
    std::string const key = #name "/" + a + "/" + set;                                   \
    if (all.contains("error/" + key)) {                                                  \
      EXPECT_THROW(cm::group_##name(x, vector, axis, groups), cm::value_error) << key;   \
    } else {                                                                             \
      expect_close(cm::group_##name(x, vector, axis, groups), all.at(key), key.c_str()); \
    }                                                                                    \
  }
#include "cumulus/expr/reductions.def"
    }
  }
}

TYPED_TEST(group_reduce, float64_as_numpy) { check_rows<TypeParam, double>(); }
TYPED_TEST(group_reduce, int32_as_numpy) { check_rows<TypeParam, std::int32_t>(); }

// Closed forms: with x = 0 ... 11 in rows of 2, labels 1 0 1 - 0 1 for the six rows.
TYPED_TEST(group_reduce, labels_may_be_a_vector_a_span_or_an_array) {
  auto const x = counting<TypeParam, float>(cm::shape{6, 2});
  std::vector<int> const label{1, 0, 1, -1, 0, 1};
  std::vector<double> const expected{(2 + 8) / 2.0, (3 + 9) / 2.0, (0 + 4 + 10) / 3.0,
                                     (1 + 5 + 11) / 3.0};
  auto const check = [&](auto const& labels) {
    auto const m = values_of(cm::group_mean(x, labels, 0));
    ASSERT_EQ(m.size(), expected.size());
    for (std::size_t i = 0; i < m.size(); ++i) {
      EXPECT_EQ(m[i], static_cast<float>(expected[i]));
    }
  };
  check(label);
  check(std::span<int const>(label));
  check(std::vector<std::int64_t>(label.begin(), label.end()));
  check(array_of<TypeParam, std::int32_t>(cm::shape{6},
                                          std::vector<std::int32_t>(label.begin(), label.end())));
  check(array_of<TypeParam, std::int64_t>(cm::shape{6},
                                          std::vector<std::int64_t>(label.begin(), label.end())));
  // A view with stride 2, and an expression.
  auto const twice =
      array_of<TypeParam, std::int32_t>(cm::shape{12}, {1, 7, 0, 7, 1, 7, -1, 7, 0, 7, 1, 7});
  check(twice(cm::slice(cm::_, cm::_, 2)));
  check(twice(cm::slice(cm::_, cm::_, 2)) + 0);
}

TYPED_TEST(group_reduce, options) {
  auto const x = counting<TypeParam, double>(cm::shape{6, 2});
  std::vector<int> const label{1, 0, 1, -1, 0, 1};
  auto const v = values_of(cm::group_var(x, label, 0, 2, {.ddof = 1}));
  EXPECT_EQ(v[0], 18.0);               // 2 and 8
  EXPECT_NEAR(v[2], 76.0 / 3, 1e-13);  // 0, 4 and 10: (116 - 14 * 14 / 3) / 2 = 76 / 3
  auto const s = values_of(cm::group_sum(x, label, 0, 2, {.initial = 100.0}));
  EXPECT_EQ(s, (std::vector<double>{110, 112, 114, 117}));
  auto const w = values_of(cm::group_sum(x, label, 0, 2, {.where = x > 3.0}));
  EXPECT_EQ(w, (std::vector<double>{8, 9, 14, 16}));
}

TYPED_TEST(group_reduce, positions_are_those_of_the_axis) {
  auto const x = array_of<TypeParam, double>(cm::shape{2, 6}, {5, 9, 1, 0, 9, 2,  //
                                                               7, 3, 8, 9, 4, 8});
  std::vector<int> const label{0, 1, 0, 2, 1, 0};
  EXPECT_EQ(values_of(cm::group_argmax(x, label, 1)),
            (std::vector<std::int64_t>{0, 1, 3, 2, 4, 3}));
  EXPECT_EQ(values_of(cm::group_argmin(x, label, 1)),
            (std::vector<std::int64_t>{2, 1, 3, 0, 1, 3}));
}

// The anomaly of each month: every group has mean 0 afterwards.
TYPED_TEST(group_reduce, anomalies_by_take) {
  auto const t = counting<TypeParam, double>(cm::shape{24, 3});
  std::vector<int> month(24);
  for (int i = 0; i < 24; ++i) {
    month[static_cast<std::size_t>(i)] = i % 12;
  }
  cm::ndarray<double, TypeParam> const climatology = cm::group_mean(t, month, 0);
  EXPECT_EQ(climatology.shape(), (cm::shape{12, 3}));
  cm::ndarray<double, TypeParam> const anomaly = t - cm::take(climatology, month, 0);
  auto const a = values_of(anomaly);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i], i < 36 ? -18.0 : 18.0);
  }
}

TYPED_TEST(group_reduce, expressions_and_masked_values) {
  auto const x = counting<TypeParam, double>(cm::shape{6, 2});
  std::vector<int> const label{0, 1, 0, 1, 0, 1};
  EXPECT_EQ(values_of(cm::group_sum(x * 2.0 + 1.0, label, 0)),
            (std::vector<double>{27, 33, 39, 45}));
  EXPECT_EQ(values_of(cm::group_sum(cm::masked(x, x > 4.0), label, 0)),
            (std::vector<double>{8, 14, 16, 18}));
  EXPECT_EQ(values_of(cm::group_count_valid(cm::masked(x, x > 4.0), label, 0)),
            (std::vector<std::int64_t>{1, 2, 2, 2}));
}

TYPED_TEST(group_reduce, errors) {
  auto const x = counting<TypeParam, double>(cm::shape{6, 2});
  std::vector<int> const label{1, 0, 1, -1, 0, 1};
  EXPECT_THROW(cm::group_sum(x, label, 0, 1), cm::index_error);
  std::vector<std::uint64_t> const huge{0, 1, 0, 1, std::uint64_t{1} << 63, 0};
  EXPECT_THROW(cm::group_sum(x, huge, 0), cm::index_error);
  EXPECT_THROW(cm::group_sum(x, label, 1), cm::shape_error);
  EXPECT_THROW(cm::group_sum(x, label, 2), cm::axis_error);
  EXPECT_THROW(cm::group_max(x, label, 0, 3), cm::value_error);
  EXPECT_EQ(cm::group_sum(x, std::vector<int>(6, -1), 0).shape(), (cm::shape{0, 2}));
  EXPECT_EQ(values_of(cm::group_sum(x, label, -2, 3))[5], 0.0);
  try {
    cm::group_max(x, label, 0, 3);
    ADD_FAILURE() << "a group without members has no maximum";
  } catch (cm::value_error const& e) {
    EXPECT_EQ(std::string(e.what()).substr(0, 51),
              "group_max of group 2: expected at least one element");
  }
  auto const wide = cm::broadcast_to(x(0, 0), {6, index_t{1} << 30});
  EXPECT_THROW(cm::group_sum(wide, label, 0, index_t{1} << 40), cm::shape_error);
}

#if !defined(__SANITIZE_ADDRESS__)
// A table of 2^40 groups, on a machine that gives a process 1 TiB of addresses.
TEST(group_reduce_memory, too_many_groups_are_named) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  rlimit lowered = before;
  lowered.rlim_cur = std::min<rlim_t>(rlim_t{1} << 40, before.rlim_max);
  auto const x = counting<cm::host, double>(cm::shape{2});
  std::vector<index_t> const label{0, (index_t{1} << 40) - 1};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &lowered), 0);
  std::string message;
  try {
    cm::group_sum(x, label, 0);
  } catch (cm::out_of_memory const& e) {
    message = e.what();
  }
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_EQ(message, "group_sum: expected memory for 1099511627776 groups, got none");
}
#endif

}  // namespace
