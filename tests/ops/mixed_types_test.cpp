// SPDX-License-Identifier: Apache-2.0
// Functions of arrays of two types, and of an array and a plain number, against NumPy; casts, and
// comparisons that no common type holds.

#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;
using cm::shape;

oracle::answers const& answers() { return oracle::answers_of("ops/mixed_types_answers.py"); }

template <class T> std::string name() { return cm::dtype_name<T>(); }

using types = type_list<bool, std::int8_t, std::int32_t, std::int64_t, std::uint8_t, std::uint32_t,
                        std::uint64_t, cm::float16, float, double, cm::complex<float>>;

template <class E> void expect_answer(std::string const& key, E const& expression) {
  using R = cm::value_type_of<E>;
  auto const& answer = answers().at(key);
  ASSERT_EQ(answer.dtype, name<R>()) << key;
  auto const expected = answer.template as<R>();
  auto const got = on_host(expression);
  for (index_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(same_bits(got.data()[i], expected.data()[i]))
        << key << ": expected " << printed(expected.data()[i]) << ", got "
        << printed(got.data()[i]);
  }
}

/// Every conversion from uint8 and to int64; core/promotion_test.cpp has the types of all pairs.
template <class Space, class A, class B> void check_pair() {
  if constexpr (std::is_same_v<A, std::uint8_t> || std::is_same_v<B, std::int64_t>) {
    auto const x = answers().at("in/" + name<A>() + "/x").template in<Space, A>();
    auto const y = answers().at("in/" + name<B>() + "/y").template in<Space, B>();
    std::string const pair = "/" + name<A>() + "/" + name<B>();
    expect_answer("add" + pair, x + y);
    expect_answer("less" + pair, x < y);
    using Quotient = cm::value_type_of<decltype(x / y)>;
    EXPECT_EQ(answers().at("divide" + pair).dtype, name<Quotient>()) << pair;
  }
}

template <class Space> void every_pair() {
  for_each_type(types{}, []<class A>(std::type_identity<A>) {
    for_each_type(types{}, []<class B>(std::type_identity<B>) { check_pair<Space, A, B>(); });
  });
}

template <class Space, class T> void check_numbers() {
  auto const x = answers().at("in/" + name<T>() + "/x").template in<Space, T>();
  std::string const type = "/" + name<T>() + "/";
  expect_answer("add" + type + "true", x + true);
  expect_answer("add" + type + "two", x + 2);
  expect_answer("add" + type + "half", x + 0.5);
  expect_answer("add" + type + "i", x + cm::complex<double>(0, 1));
  expect_answer("divide" + type + "two", x / 2);
  expect_answer("divide" + type + "half", x / 0.5f);
  expect_answer("less" + type + "two", x < 2);
  expect_answer("less" + type + "half", x < 0.5);
}

template <class Space> void every_type_with_numbers() {
  for_each_type(type_list<bool, std::int64_t, float, cm::complex<float>>{},
                []<class T>(std::type_identity<T>) { check_numbers<Space, T>(); });
}

template <class Space> void a_scalar_with_a_type_counts_as_an_array() {
  auto const x = counting<Space, float>(shape{2});
  static_assert(std::is_same_v<cm::value_type_of<decltype(x * cm::scalar<double>(2))>, double>);
  EXPECT_EQ(values_of(x + cm::scalar<double>(0.1)), (std::vector<double>{0.1, 1.1}));
  auto const zero_d = array_of<Space>(shape{}, std::vector<double>{0.1});
  static_assert(std::is_same_v<cm::value_type_of<decltype(x * zero_d)>, double>);
}

// Exact in mathematics, and so expected here, though no C++ type holds both sides.
template <class Space> void integers_compare_by_value() {
  auto const bytes = array_of<Space>(shape{3}, std::vector<std::uint8_t>{0, 100, 255});
  using flags = std::vector<unsigned char>;
  EXPECT_EQ(values_of(bytes < 300), (flags{1, 1, 1}));
  EXPECT_EQ(values_of(bytes > -1), (flags{1, 1, 1}));
  EXPECT_EQ(values_of(bytes == 256), (flags{0, 0, 0}));
  EXPECT_EQ(values_of(-5 >= bytes), (flags{0, 0, 0}));
  EXPECT_THROW(bytes + 256, cm::value_error);
  EXPECT_THROW(bytes * -1, cm::value_error);

  constexpr std::int64_t big = (std::int64_t{1} << 53) + 1;
  auto const i = array_of<Space>(
      shape{4}, std::vector<std::int64_t>{-1, big, std::numeric_limits<std::int64_t>::min(), big});
  auto const u = array_of<Space>(
      shape{4}, std::vector<std::uint64_t>{~0ull, std::uint64_t{big}, 1ull << 63, big - 1});
  EXPECT_EQ(values_of(i < u), (flags{1, 0, 1, 0}));
  EXPECT_EQ(values_of(i == u), (flags{0, 1, 0, 0}));
  EXPECT_EQ(values_of(u <= i), (flags{0, 1, 0, 1}));
  EXPECT_EQ(values_of(i > u), (flags{0, 0, 0, 1}));
  EXPECT_EQ(values_of(i != u), (flags{1, 0, 1, 1}));
}

template <class To> bool saturates(double from, To expected) {
  auto const x = array_of<cm::host>(shape{1}, std::vector<double>{from});
  auto const f = array_of<cm::host>(shape{1}, std::vector<float>{static_cast<float>(from)});
  return cm::ndarray(cm::astype<To>(x)).item() == expected &&
         cm::ndarray(cm::astype<To>(f)).item() == expected;
}
template <class To> void check_saturation() {
  using limits = std::numeric_limits<To>;
  EXPECT_TRUE(saturates<To>(NAN, 0));
  EXPECT_TRUE(saturates<To>(INFINITY, limits::max()));
  EXPECT_TRUE(saturates<To>(-INFINITY, limits::min()));
  EXPECT_TRUE(saturates<To>(1e30, limits::max()));
  EXPECT_TRUE(saturates<To>(-1e30, limits::min()));
  EXPECT_TRUE(saturates<To>(2.9, 2));
  EXPECT_TRUE(saturates<To>(-0.9, 0));
  EXPECT_TRUE(saturates<To>(std::ldexp(1.0, limits::digits), limits::max()));
  EXPECT_TRUE(saturates<To>(-2.5, limits::is_signed ? static_cast<To>(-2) : 0));
}
TEST(casts, floats_saturate_on_the_way_to_integers) {
  for_each_type(type_list<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                          std::uint16_t, std::uint32_t, std::uint64_t>{},
                []<class T>(std::type_identity<T>) { check_saturation<T>(); });
}

template <class Space> void casts_of_other_kinds() {
  auto const i = array_of<Space>(shape{3}, std::vector<std::int32_t>{300, -1, 0});
  EXPECT_EQ(values_of(cm::astype<std::uint8_t>(i)), (std::vector<std::uint8_t>{44, 255, 0}));
  EXPECT_EQ(values_of(cm::astype<bool>(i)), (std::vector<unsigned char>{1, 1, 0}));
  auto const z =
      array_of<Space>(shape{3}, std::vector<cm::complex<float>>{{1.5f, 2}, {0, 2}, {NAN, 0}});
  EXPECT_EQ(values_of(cm::astype<bool>(z)), (std::vector<unsigned char>{1, 1, 1}));
  EXPECT_EQ(values_of(cm::astype<std::int64_t>(z)), (std::vector<std::int64_t>{1, 0, 0}));
  auto const d = array_of<Space>(shape{2}, std::vector<double>{1e300, 65519.99});
  EXPECT_EQ(values_of(cm::astype<float>(d))[0], INFINITY);
  EXPECT_EQ(values_of(cm::astype<cm::float16>(d))[1].bits, 0x7bff);  // rounded once
  auto const f = array_of<Space>(shape{2}, std::vector<float>{NAN, -0.0f});
  EXPECT_EQ(values_of(cm::astype<bool>(f)), (std::vector<unsigned char>{1, 0}));
}

template <class Space> void signs_of_constants_survive() {
  auto const x = array_of<Space>(shape{5}, std::vector<double>{1, 1, 1, 1, 1});
  for (double v : values_of(x * -0.0)) {
    EXPECT_TRUE(std::signbit(v));
  }
  auto const filled = cm::full<float, Space>(shape{40}, -0.0f);
  for (float v : values_of(filled)) {
    EXPECT_TRUE(std::signbit(v));
  }
}

template <class Space> void where_and_clip() {
  auto const x = array_of<Space>(shape{4}, std::vector<float>{-2, NAN, 0.5, 7});
  auto const clipped = values_of(cm::clip(x, -1, 1));
  EXPECT_TRUE(same_bits(clipped[0], -1.0f) && is_nan(clipped[1]) && clipped[2] == 0.5f &&
              clipped[3] == 1);
  // A NaN condition is true, as any number that is not 0.
  EXPECT_EQ(values_of(cm::where(x, 1, 2)), (std::vector<int>{1, 1, 1, 1}));
  auto const column = array_of<Space>(shape{2, 1}, std::vector<bool>{true, false});
  EXPECT_EQ(values_of(cm::where(column, x(cm::slice(2, cm::_)), -3)),
            (std::vector<float>{0.5, 7, -3, -3}));
}

template <class Space> class mixed_types : public in_each_space<Space> {};
TYPED_TEST_SUITE(mixed_types, spaces);
TYPED_TEST(mixed_types, every_pair_as_numpy) { every_pair<TypeParam>(); }
TYPED_TEST(mixed_types, every_type_with_numbers_as_numpy) { every_type_with_numbers<TypeParam>(); }
TYPED_TEST(mixed_types, a_scalar_with_a_type_counts_as_an_array) {
  a_scalar_with_a_type_counts_as_an_array<TypeParam>();
}
TYPED_TEST(mixed_types, integers_compare_by_value) { integers_compare_by_value<TypeParam>(); }
TYPED_TEST(mixed_types, casts_of_other_kinds) { casts_of_other_kinds<TypeParam>(); }
TYPED_TEST(mixed_types, signs_of_constants_survive) { signs_of_constants_survive<TypeParam>(); }
TYPED_TEST(mixed_types, where_and_clip) { where_and_clip<TypeParam>(); }

}  // namespace
