// SPDX-License-Identifier: Apache-2.0
// Oracle: numpy.matmul (matmul_cases.py), computed in long double for floating types; elsewhere
// sums written out by hand.
#include "cumulus/linalg/matmul.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "cumulus/cumulus.hpp"
#include "tests/answers_file.hpp"
#include "tests/typed_arrays.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::ellipsis;
using cm::index_t;
using cm::slice;

// The views of matmul_cases.py.
template <class T, class Space>
cm::array_view<T const, Space> view_of(std::string const& name, cm::ndarray<T, Space>& x) {
  if (name == "transposed") {
    return cm::swapaxes(x, -1, -2);
  }
  if (name == "reversed_rows") {
    return x(ellipsis, slice(_, _, -1), _);
  }
  if (name == "reversed") {
    return x(ellipsis, slice(_, _, -1));
  }
  if (name == "inner_columns") {
    return x(ellipsis, slice(1, -2));
  }
  if (name == "inner_rows") {
    return cm::swapaxes(x(ellipsis, slice(1, -2)), -1, -2);
  }
  if (name == "every_second") {
    return x(ellipsis, slice(_, _, 2));
  }
  if (name == "every_second_row") {
    return x(ellipsis, slice(1, _, 2), _);
  }
  if (name == "one_column") {
    return x(ellipsis, 1);
  }
  if (name == "repeated") {
    cm::shape s = x.shape();
    s.insert(0, 3);
    return cm::broadcast_to(x, s);
  }
  if (name == "repeated_rows") {
    return cm::broadcast_to(x(ellipsis, slice(_, 1), _), x.shape());
  }
  if (name == "flipped_stack") {
    return x(slice(_, _, -1));
  }
  EXPECT_EQ(name, "whole");
  return x.view();
}

// What a summation of k products in T may differ by, for a result whose terms have absolute sum
// `bound`: k eps bound, in any order of summation (Higham, Accuracy and Stability, 3.5); complex
// products add two roundings to each term. The 16-bit types add in float and round the result once.
template <class T> double tolerance(index_t k, double bound, double c) {
  using Real = cm::real_t<cm::compute_t<T>>;
  double const eps = std::numeric_limits<Real>::epsilon();
  double const terms = static_cast<double>(cm::complex_floating<T> ? k + 2 : k);
  if (std::is_same_v<T, cm::float16>) {
    return terms * eps * bound + std::fabs(c) * 0x1p-11 + 0x1p-25;
  }
  if (std::is_same_v<T, cm::bfloat16>) {
    return terms * eps * bound + std::fabs(c) * 0x1p-8;
  }
  return terms * eps * bound;
}

template <class T> double distance(T got, auto expected) {
  if constexpr (cm::complex_floating<T>) {
    return std::hypot(got.re - expected.re, got.im - expected.im);
  } else {
    return std::fabs(static_cast<double>(static_cast<cm::compute_t<T>>(got)) - expected);
  }
}

template <class T> double magnitude(T x) {
  if constexpr (cm::complex_floating<T>) {
    return std::hypot(x.re, x.im);
  } else {
    return std::fabs(x);
  }
}

template <class T, class Wide>
void expect_near_products(cm::ndarray<T, cm::host> const& got,
                          cm::ndarray<Wide, cm::host> const& expected,
                          cm::ndarray<double, cm::host> const& bound, index_t k) {
  ASSERT_EQ(got.shape(), expected.shape());
  for (index_t i = 0; i < got.size(); ++i) {
    Wide const c = expected.data()[i];
    EXPECT_LE(distance(got.data()[i], c), tolerance<T>(k, bound.data()[i], magnitude(c)))
        << "at " << i << " of " << to_string(got.shape());
  }
}

struct numpy_case {
  std::string name;  // <dtype>/<view of a>-<view of b>/<number>
  std::string a_view;
  std::string b_view;
};

std::vector<numpy_case> cases_of(std::string const& dtype) {
  std::vector<numpy_case> cases;
  for (auto const& [key, array] : oracle::answers_of("linalg/matmul_cases.py")) {
    if (key.starts_with(dtype + "/") && key.ends_with("/a")) {
      std::string const name = key.substr(0, key.size() - 2);
      auto const first = name.find('/') + 1;
      auto const dash = name.find('-');
      cases.push_back({name, name.substr(first, dash - first),
                       name.substr(dash + 1, name.rfind('/') - dash - 1)});
    }
  }
  EXPECT_GE(cases.size(), 50U) << dtype;
  return cases;
}

template <class Space, class T> void expect_numpys_products() {
  auto const& answers = oracle::answers_of("linalg/matmul_cases.py");
  for (numpy_case const& c : cases_of(cm::dtype_name<T>())) {
    SCOPED_TRACE(c.name);
    auto a = answers.at(c.name + "/a").in<Space, T>();
    auto b = answers.at(c.name + "/b").in<Space, T>();
    auto const x = view_of(c.a_view, a);
    auto const y = view_of(c.b_view, b);
    cm::ndarray<T, Space> const product = cm::matmul(x, y);
    auto const got = typed_arrays::on_host(product);
    if constexpr (cm::fixed_integer<T> || cm::boolean<T>) {
      auto const expected = answers.at(c.name + "/c").as<T>();
      ASSERT_EQ(got.shape(), expected.shape());
      EXPECT_EQ(typed_arrays::values_of(got), typed_arrays::values_of(expected));
    } else {
      using Wide = std::conditional_t<cm::complex_floating<T>, cm::complex<double>, double>;
      expect_near_products(got, answers.at(c.name + "/c").as<Wide>(),
                           answers.at(c.name + "/bound").as<double>(), x.shape().back());
    }
  }
}

template <class Space> class Matmul : public typed_arrays::in_each_space<Space> {};
TYPED_TEST_SUITE(Matmul, typed_arrays::spaces);

template <class Space> struct numpys_products {
  template <class T> void operator()(std::type_identity<T>) const {
    expect_numpys_products<Space, T>();
  }
};

TYPED_TEST(Matmul, RealProductsAreNumpys) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  typed_arrays::for_each_type(typed_arrays::type_list<float, double>{},
                              numpys_products<TypeParam>{});
}
TYPED_TEST(Matmul, ComplexProductsAreNumpys) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  typed_arrays::for_each_type(typed_arrays::type_list<cm::complex<float>, cm::complex<double>>{},
                              numpys_products<TypeParam>{});
}
TYPED_TEST(Matmul, SixteenBitProductsAddInFloatAndRoundOnce) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  typed_arrays::for_each_type(typed_arrays::type_list<cm::float16, cm::bfloat16>{},
                              numpys_products<TypeParam>{});
}
TEST(MatmulOfIntegers, ProductsAreNumpys) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  typed_arrays::for_each_type(
      typed_arrays::type_list<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                              std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>{},
      numpys_products<cm::host>{});
}

// Sizes past 2^31 are cut into blocks; here a limit of 3 cuts everything.
template <class T> void expect_numpys_products_in_blocks(index_t limit) {
  auto const& answers = oracle::answers_of("linalg/matmul_cases.py");
  using Wide = std::conditional_t<cm::complex_floating<T>, cm::complex<double>, double>;
  int blocks = 0;
  for (numpy_case const& c : cases_of(cm::dtype_name<T>())) {
    SCOPED_TRACE(c.name);
    auto a = answers.at(c.name + "/a").as<T>();
    auto b = answers.at(c.name + "/b").as<T>();
    auto const x = view_of(c.a_view, a);
    auto const y = view_of(c.b_view, b);
    auto const plan =
        cm::plan_matmul({x.shape(), x.strides(), true}, {y.shape(), y.strides(), true});
    if (plan.a.copied || plan.b.copied || plan.what == cm::product::zeros ||
        plan.what == cm::product::empty) {
      continue;
    }
    cm::ndarray<T, cm::host> got(plan.result);
    cm::matmul_cblas<T>(plan, x.data(), y.data(), got.data(), limit);
    expect_near_products(got, answers.at(c.name + "/c").as<Wide>(),
                         answers.at(c.name + "/bound").as<double>(), plan.inner);
    ++blocks;
  }
  EXPECT_GE(blocks, 20);
}

TEST(MatmulInBlocks, ProductsAreNumpys) {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  for (index_t const limit : {1, 3, 4, 7}) {
    SCOPED_TRACE(limit);
    expect_numpys_products_in_blocks<float>(limit);
    expect_numpys_products_in_blocks<double>(limit);
    expect_numpys_products_in_blocks<cm::complex<float>>(limit);
    expect_numpys_products_in_blocks<cm::complex<double>>(limit);
  }
}

// By hand: [[1, 2], [3, 4]] @ [[5, 6], [7, 8]] = [[19, 22], [43, 50]].
TYPED_TEST(Matmul, TakesExpressionsAndMixedTypes) {
  using Space = TypeParam;
  auto const a = typed_arrays::array_of<Space, float>({2, 2}, {1, 2, 3, 4});
  auto const b = typed_arrays::array_of<Space, double>({2, 2}, {5, 6, 7, 8});
  auto const i = typed_arrays::array_of<Space, std::int32_t>({2, 2}, {5, 6, 7, 8});
  std::vector<double> const expected{19, 22, 43, 50};

  cm::ndarray const promoted = cm::matmul(a, b);
  static_assert(std::is_same_v<decltype(promoted), cm::ndarray<double, Space> const>);
  EXPECT_EQ(typed_arrays::values_of(promoted), expected);
  cm::ndarray const with_integers = cm::matmul(a, i);
  static_assert(std::is_same_v<decltype(with_integers), cm::ndarray<double, Space> const>);
  EXPECT_EQ(typed_arrays::values_of(with_integers), expected);

  EXPECT_EQ(typed_arrays::values_of(cm::matmul(a * 2.0f, b - 0.0)),
            (std::vector<double>{38, 44, 86, 100}));
  EXPECT_EQ(typed_arrays::values_of(cm::matmul(cm::transpose(a + 0.0f), a)),
            (std::vector<float>{10, 14, 14, 20}));
}

// A stack of one repeated integer matrix becomes double and meets three vectors.
TYPED_TEST(Matmul, ConvertsARepeatedMatrix) {
  using Space = TypeParam;
  auto const i = typed_arrays::array_of<Space, std::int64_t>({2, 2}, {1, 2, 3, 4});
  auto const b = typed_arrays::array_of<Space, double>({3, 2, 1}, {1, 0, 0, 1, 1, 1});
  EXPECT_EQ(typed_arrays::values_of(cm::matmul(cm::broadcast_to(i, {3, 2, 2}), b)),
            (std::vector<double>{1, 3, 2, 4, 3, 7}));
}

TYPED_TEST(Matmul, TwoVectorsGiveAnArrayWithoutAxes) {
  using Space = TypeParam;
  auto const a = typed_arrays::array_of<Space, double>({3}, {1, 2, 3});
  auto const product = cm::matmul(a, a);
  EXPECT_EQ(product.rank(), 0);
  EXPECT_EQ(product.item(), 14.0);
}

// The temporary array is gone when the view of it is multiplied; its storage is not.
TYPED_TEST(Matmul, ReadsViewsOfTemporaries) {
  using Space = TypeParam;
  auto const view = typed_arrays::counting<Space, double>({2, 3})(_, slice(1, 3));
  EXPECT_EQ(typed_arrays::values_of(cm::matmul(view, view)),
            (std::vector<double>{1 * 1 + 2 * 4, 1 * 2 + 2 * 5, 4 * 1 + 5 * 4, 4 * 2 + 5 * 5}));
}

// IEEE: NaN and 0 * inf reach every sum that they are part of, and only those.
TYPED_TEST(Matmul, PropagatesNanAndInfinity) {
  using Space = TypeParam;
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const inf = std::numeric_limits<double>::infinity();
  auto const a = typed_arrays::array_of<Space, double>({3, 2}, {nan, 0, inf, 1, 1, 1});
  auto const b = typed_arrays::array_of<Space, double>({2, 2}, {0, 1, 1, 1});
  auto const c = typed_arrays::values_of(cm::matmul(a, b));
  EXPECT_TRUE(std::isnan(c[0]) && std::isnan(c[1]));
  EXPECT_TRUE(std::isnan(c[2]));
  EXPECT_EQ(c[3], inf);
  EXPECT_EQ(c[4], 1.0);
  EXPECT_EQ(c[5], 2.0);
  auto const v = typed_arrays::values_of(cm::matmul(a, b(_, 1)));
  EXPECT_TRUE(std::isnan(v[0]));
  EXPECT_EQ(v[1], inf);
  EXPECT_EQ(v[2], 2.0);
}

// 2^11 terms of 1 and 2^11 of 2^-12: float16 sums would stop growing at 2048.
TYPED_TEST(Matmul, Float16SumsDoNotStall) {
  using Space = TypeParam;
  cm::ndarray<cm::float16, Space> const ones = cm::ones<cm::float16, Space>({1, 4096});
  auto const sum = typed_arrays::values_of(cm::matmul(ones, cm::transpose(ones)));
  EXPECT_EQ(static_cast<float>(sum.at(0)), 4096.0f);
}

TEST(MatmulInThreads, GivesEachThreadItsProduct) {
  cm::ndarray<double, cm::host> const a = cm::ones<double, cm::host>({40, 60});
  std::vector<double> sums(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < sums.size(); ++t) {
    threads.emplace_back([&a, &sums, t] {
      cm::ndarray<double, cm::host> const b =
          cm::full<double, cm::host>({60, 50}, static_cast<double>(t));
      auto const c = cm::matmul(a, b);
      for (double x : c) {
        sums[t] += x;
      }
    });
  }
  for (std::thread& t : threads) {
    t.join();
  }
  EXPECT_EQ(sums, (std::vector<double>{0, 120000, 240000, 360000}));
}

template <class F> std::string shape_error_of(F const& f) {
  try {
    f();
  } catch (cm::shape_error const& e) {
    return e.what();
  }
  return "no shape_error";
}

struct multiply_shapes {
  cm::shape a;
  cm::shape b;
  void operator()() const {
    cm::matmul(cm::ndarray<double, cm::host>(a), cm::ndarray<double, cm::host>(b));
  }
};

TEST(MatmulErrors, NameBothShapes) {
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_EQ(shape_error_of(multiply_shapes{{3, 4}, {5, 6}}),
            "matmul: expected (..., n, k) and (..., k, m) with the same k, got (3, 4) and (5, 6)");
  EXPECT_THAT(shape_error_of(multiply_shapes{{3}, {4}}),
              AllOf(HasSubstr("matmul: expected"), HasSubstr("got (3,) and (4,)")));
  EXPECT_THAT(shape_error_of(multiply_shapes{{1, 3}, {1, 3}}), HasSubstr("got (1, 3) and (1, 3)"));
  EXPECT_EQ(shape_error_of(multiply_shapes{{2, 3, 4}, {5, 4, 6}}),
            "matmul: expected leading axes that broadcast, got (2, 3, 4) and (5, 4, 6)");
  EXPECT_EQ(shape_error_of(multiply_shapes{{}, {3}}),
            "matmul: expected operands with at least one axis, got () and (3,)");
  EXPECT_EQ(shape_error_of(multiply_shapes{{3, 3}, {}}),
            "matmul: expected operands with at least one axis, got (3, 3) and ()");
  // 2^31 x 2^31 doubles have 2^65 bytes: refused before anything is allocated.
  cm::ndarray<double, cm::host> one(cm::shape{1, 1});
  auto const tall = cm::broadcast_to(one, {index_t{1} << 31, 1});
  auto const wide = cm::broadcast_to(one, {1, index_t{1} << 31});
  EXPECT_THROW(cm::matmul(tall, wide), cm::shape_error);
}

}  // namespace
