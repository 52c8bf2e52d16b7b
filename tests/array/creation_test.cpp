// SPDX-License-Identifier: Apache-2.0
// Creation: lazy sequences against NumPy's values (written out, by its documented formula, or from
// tests/array/creation_cases.py).

#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::shape;
using cm::slice;
using doubles = std::vector<double>;
using integers = std::vector<std::int64_t>;

template <class Space> void filled_arrays() {
  EXPECT_EQ(values_of(cm::zeros<double, Space>({2, 2})), (doubles{0, 0, 0, 0}));
  EXPECT_EQ(values_of(cm::ones<std::int64_t, Space>({3})), (integers{1, 1, 1}));
  EXPECT_EQ(values_of(cm::full<double, Space>({}, 2.5)), (doubles{2.5}));
  EXPECT_EQ(values_of(cm::full<double, Space>({0, 3}, 2.5)), doubles{});
  static_assert(std::is_same_v<cm::value_type_of<decltype(cm::zeros(shape{}))>, double>);
  auto const a = counting<Space, std::int64_t>(shape{2, 3});
  EXPECT_EQ(cm::zeros_like(a).shape(), (shape{2, 3}));
  EXPECT_EQ(values_of(cm::ones_like(a + a)), (integers{1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(values_of(cm::full_like(a(0), 7)), (integers{7, 7, 7}));
  EXPECT_EQ(cm::empty_like(a).shape(), (shape{2, 3}));
  EXPECT_THROW((cm::zeros<double, Space>({-1})), cm::shape_error);
  EXPECT_THROW((cm::empty<double, Space>({2, -1})), cm::shape_error);
}

template <class Space> void ranges() {
  EXPECT_EQ(values_of(cm::arange<std::int64_t, Space>(4)), (integers{0, 1, 2, 3}));
  EXPECT_EQ(values_of(cm::arange<std::int64_t, Space>(5, -2, -3)), (integers{5, 2, -1}));
  EXPECT_EQ(values_of(cm::arange<std::int64_t, Space>(3, 3)), integers{});
  EXPECT_EQ(values_of(cm::arange<std::int64_t, Space>(3, 0)), integers{});
  EXPECT_EQ(values_of(cm::arange<double, Space>(0.0, 1.0, 0.25)), (doubles{0, 0.25, 0.5, 0.75}));
  auto const tenths = values_of(cm::arange<double, Space>(1.0, 2.0, 0.1));
  ASSERT_EQ(tenths.size(), 10u);
  for (int i = 0; i < 10; ++i) {
    // NumPy steps by the distance of the first two; volatile: no multiply-add here either.
    double const volatile product = i * ((1.0 + 0.1) - 1.0);
    EXPECT_EQ(tenths[i], 1.0 + product);
  }
  std::int64_t const highest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(values_of(cm::arange<std::int64_t, Space>(highest - 2, highest)),
            (integers{highest - 2, highest - 1}));
  std::int64_t const lowest = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(values_of(cm::arange<std::int64_t, Space>(highest, lowest, lowest)),
            (integers{highest, -1}));
  EXPECT_EQ(values_of(cm::arange<std::uint8_t, Space>(250, 255, 2)),
            (std::vector<std::uint8_t>{250, 252, 254}));
  EXPECT_TRUE(std::signbit(values_of(cm::arange<double, Space>(-0.0, 2.0))[0]));
  EXPECT_THROW((cm::arange<double, Space>(index_t{1} << 62)), cm::shape_error);
  EXPECT_THROW((cm::arange<std::int64_t, Space>(lowest, highest)), cm::value_error);
  EXPECT_THROW((cm::arange<double, Space>(0, 1, 0)), cm::value_error);
  EXPECT_THROW((cm::arange<double, Space>(0, INFINITY)), cm::value_error);
  EXPECT_THROW((cm::arange<double, Space>(NAN, 1)), cm::value_error);
}

template <class Space> void spaced_points() {
  EXPECT_EQ(values_of(cm::linspace<double, Space>(0, 1, 5)), (doubles{0, 0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(values_of(cm::linspace<double, Space>(0, 1, 4, {.endpoint = false})),
            (doubles{0, 0.25, 0.5, 0.75}));
  EXPECT_EQ(values_of(cm::linspace<double, Space>(3, 9, 1)), (doubles{3}));
  EXPECT_EQ(values_of(cm::linspace<double, Space>(3, 9, 0)), doubles{});
  auto const thirds = values_of(cm::linspace<double, Space>(-1, 0.1, 34));
  for (int i = 0; i < 33; ++i) {
    double const volatile product = i * ((0.1 + 1) / 33);  // numpy.linspace's order of operations
    EXPECT_EQ(thirds[i], product - 1);
  }
  EXPECT_EQ(thirds[33], 0.1);
  EXPECT_EQ(values_of(cm::linspace<std::int64_t, Space>(0, 9, 4)), (integers{0, 3, 6, 9}));
  EXPECT_EQ(values_of(cm::linspace<std::int64_t, Space>(-2, 1, 5)), (integers{-2, -2, -1, 0, 1}));
  EXPECT_EQ(values_of(cm::linspace<bool, Space>(0, 1, 3)), (std::vector<unsigned char>{0, 1, 1}));
  EXPECT_THROW((cm::linspace<double, Space>(0, 1, -1)), cm::value_error);
}

template <class Space> void identities() {
  for (index_t const beyond : {std::numeric_limits<index_t>::min(), index_t{-2}, index_t{3},
                               std::numeric_limits<index_t>::max()}) {
    EXPECT_EQ(values_of(cm::eye<double, Space>(2, 3, beyond)), (doubles{0, 0, 0, 0, 0, 0}));
  }
  EXPECT_EQ(values_of(cm::eye<double, Space>(2, 3, -1)), (doubles{0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(values_of(cm::eye<std::int64_t, Space>(2)), (integers{1, 0, 0, 1}));
  EXPECT_EQ(values_of(cm::eye<std::int64_t, Space>(2, 3, 1)), (integers{0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(values_of(cm::eye<std::int64_t, Space>(3, 2, -1)), (integers{0, 0, 1, 0, 0, 1}));
  EXPECT_EQ(values_of(cm::eye<std::int64_t, Space>(2, 2, 5)), (integers{0, 0, 0, 0}));
}

/// Sequences fuse: they take part in arithmetic, and views of them are views.
template <class Space> void sequences_are_expressions() {
  auto const count = cm::arange<std::int64_t, Space>(6);
  EXPECT_EQ(values_of(count(slice(_, _, -2)) * 10 + 1), (integers{51, 31, 11}));
  EXPECT_EQ(values_of(cm::expand_dims(count(slice(2)), 1) + count(slice(3))),
            (integers{0, 1, 2, 1, 2, 3}));
  EXPECT_EQ(values_of(cm::transpose(cm::eye<std::int64_t, Space>(2, 3, 1))),
            (integers{0, 0, 1, 0, 0, 1}));
  EXPECT_EQ(values_of(cm::eye<std::int64_t, Space>(3)(1)), (integers{0, 1, 0}));
  EXPECT_EQ(values_of(count(-1)), (integers{5}));
}

/// numpy.arange and numpy.linspace, bit for bit, in the element types that this build tests.
template <class Space> void sequences_are_numpys() {
  CUMULUS_TEST_NEEDS(oracle::has_python_module("numpy"), "NumPy");
  oracle::answers const& answers = oracle::answers_of("array/creation_cases.py");
  for_each_type(every_dtype{}, [&]<class T>(std::type_identity<T>) {
    if constexpr (!cm::boolean<T> && !cm::complex_floating<T>) {
      std::string const name = cm::dtype_name<T>();
      auto const expect = [&](std::string const& what, auto const& got) {
        auto const expected = answers.at(what).template as<T>();
        ASSERT_EQ(got.shape(), expected.shape()) << what;
        auto const values = values_of(got);
        for (std::size_t i = 0; i < values.size(); ++i) {
          ASSERT_TRUE(same_bits(values[i], expected.data()[i]))
              << what << " at " << i << ": " << printed(values[i]) << ", NumPy gives "
              << printed(expected.data()[i]);
        }
      };
      auto const ranges = answers.at("arange/" + name).as<double>();
      for (index_t i = 0; i < ranges.shape()[0]; ++i) {
        double const* const row = ranges.data() + 3 * i;
        std::string const what = "arange/" + name + "/" + std::to_string(i);
        if constexpr (std::is_integral_v<T>) {
          expect(what, cm::arange<T, Space>(static_cast<int>(row[0]), static_cast<int>(row[1]),
                                            static_cast<int>(row[2])));
        } else {
          expect(what, cm::arange<T, Space>(row[0], row[1], row[2]));
        }
      }
      auto const spaces = answers.at("linspace/" + name).as<double>();
      for (index_t i = 0; i < spaces.shape()[0]; ++i) {
        double const* const row = spaces.data() + 4 * i;
        expect("linspace/" + name + "/" + std::to_string(i),
               cm::linspace<T, Space>(row[0], row[1], static_cast<index_t>(row[2]),
                                      {.endpoint = row[3] != 0}));
      }
    }
  });
}

/// The element type where none is named, and numbers that adapt to one that is.
template <class Space> void element_types_of_numbers() {
  using cm::value_type_of;
  static_assert(std::is_same_v<value_type_of<decltype(cm::arange(3))>, std::int64_t>);
  static_assert(std::is_same_v<value_type_of<decltype(cm::arange(0, 1, 0.25))>, double>);
  static_assert(std::is_same_v<value_type_of<decltype(cm::arange<float>(3))>, float>);
  static_assert(std::is_same_v<value_type_of<decltype(cm::full({2}, 7))>, std::int64_t>);
  static_assert(std::is_same_v<value_type_of<decltype(cm::full({2}, 7.5))>, double>);
  EXPECT_EQ(values_of(cm::full<void, Space>({2}, true)), (std::vector<unsigned char>{1, 1}));
  EXPECT_EQ(values_of(cm::arange<void, Space>(0, 1, 0.25)), (doubles{0, 0.25, 0.5, 0.75}));
  EXPECT_EQ(values_of(cm::arange<void, Space>(2.5)), (doubles{0, 1, 2}));
  auto const half = values_of(cm::full<cm::float16, Space>({2}, 1.5));
  EXPECT_EQ(static_cast<float>(half[1]), 1.5f);
  auto const a = array_of<Space, cm::bfloat16>({1}, {cm::bfloat16(1)});
  EXPECT_EQ(static_cast<float>(values_of(cm::full_like(a, 2.5))[0]), 2.5f);
  EXPECT_EQ(values_of(cm::full<std::int32_t, Space>({1}, 2.9)), (std::vector<std::int32_t>{2}));
  EXPECT_THROW((cm::full<std::uint8_t, Space>({1}, 256)), cm::value_error);
  EXPECT_THROW((cm::arange<std::uint8_t, Space>(250, 300, 10)), cm::value_error);
  EXPECT_THROW((cm::arange<std::uint8_t, Space>(-1, 3)), cm::value_error);
}

/// A number is a shape of one axis, as numpy.zeros(3).
template <class Space> void numbers_as_shapes() {
  index_t const n = 2;
  EXPECT_EQ((cm::zeros<float, Space>(3).shape()), (shape{3}));
  EXPECT_EQ((cm::ones<float, Space>(n).shape()), (shape{2}));
  EXPECT_EQ((cm::empty<float, Space>(3u).shape()), (shape{3}));
  EXPECT_EQ((cm::full<float, Space>(3, 4).shape()), (shape{3}));
  EXPECT_EQ((cm::zeros<float, Space>({}).shape()), (shape{}));
  EXPECT_EQ((cm::zeros<float, Space>({n}).shape()), (shape{2}));
  EXPECT_EQ(cm::reshape(cm::zeros<float, Space>({2, 3}), -1).shape(), (shape{6}));
  EXPECT_EQ(cm::broadcast_to(cm::zeros<float, Space>({1}), 4).shape(), (shape{4}));
  EXPECT_THROW((cm::zeros<float, Space>(-1)), cm::shape_error);
  EXPECT_THROW((cm::linspace<double, Space>(0, 1, std::numeric_limits<index_t>::max())),
               cm::shape_error);
  EXPECT_THROW((cm::eye<double, Space>(2, -1)), cm::shape_error);
  EXPECT_EQ(values_of(cm::from_vector<bool, Space>({true, false, true})),
            (std::vector<unsigned char>{1, 0, 1}));
}

template <class Space> class creation : public in_each_space<Space> {};
TYPED_TEST_SUITE(creation, spaces);
TYPED_TEST(creation, filled_arrays) { filled_arrays<TypeParam>(); }
TYPED_TEST(creation, ranges) { ranges<TypeParam>(); }
TYPED_TEST(creation, spaced_points) { spaced_points<TypeParam>(); }
TYPED_TEST(creation, sequences_are_numpys) { sequences_are_numpys<TypeParam>(); }
TYPED_TEST(creation, element_types_of_numbers) { element_types_of_numbers<TypeParam>(); }
TYPED_TEST(creation, numbers_as_shapes) { numbers_as_shapes<TypeParam>(); }
TYPED_TEST(creation, identities) { identities<TypeParam>(); }
TYPED_TEST(creation, sequences_are_expressions) { sequences_are_expressions<TypeParam>(); }

}  // namespace
