// SPDX-License-Identifier: Apache-2.0
// Result types against NumPy's promote_types and its weak Python scalars.

#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;

oracle::answers const& answers() { return oracle::answers_of("core/core_answers.py", "promotion"); }

template <class T> std::string name() { return cm::dtype_name<T>(); }

template <class A, class B> void check_pair() {
  if constexpr (!std::is_same_v<A, cm::bfloat16> && !std::is_same_v<B, cm::bfloat16>) {
    EXPECT_EQ((name<cm::promote_t<A, B>>()), answers().at(name<A>() + "/" + name<B>()).dtype)
        << name<A>() << " with " << name<B>();
  }
  static_assert(std::is_same_v<cm::promote_t<A, B>, cm::promote_t<B, A>>);
}

template <class A, class... B> void check_row(type_list<B...>) { (check_pair<A, B>(), ...); }
template <class... A> void check_table(type_list<A...>) { (check_row<A>(every_dtype{}), ...); }

TEST(promotion, every_pair_as_numpy) { check_table(every_dtype{}); }

template <class A> void check_weak() {
  if constexpr (!std::is_same_v<A, cm::bfloat16>) {
    auto const expected = [](char const* scalar) {
      return answers().at(name<A>() + "/weak " + scalar).dtype;
    };
    using with_double = cm::promote_weak_t<A, double>;
    using with_complex = cm::promote_weak_t<A, cm::complex<double>>;
    EXPECT_EQ((name<cm::promote_weak_t<A, bool>>()), expected("bool")) << name<A>();
    EXPECT_EQ((name<cm::promote_weak_t<A, int>>()), expected("int")) << name<A>();
    EXPECT_EQ(name<with_double>(), expected("double")) << name<A>();
    EXPECT_EQ(name<with_complex>(), expected("complex")) << name<A>();
    // The width of a weak number does not count, only its kind.
    static_assert(std::is_same_v<with_double, cm::promote_weak_t<A, float>>);
    static_assert(std::is_same_v<cm::promote_weak_t<A, int>, cm::promote_weak_t<A, long long>>);
    static_assert(std::is_same_v<cm::promote_weak_t<A, int>, cm::promote_weak_t<A, char>>);
  }
}
template <class... A> void check_all_weak(type_list<A...>) { (check_weak<A>(), ...); }

TEST(promotion, weak_scalars_as_numpy) { check_all_weak(every_dtype{}); }

// No NumPy has bfloat16 of its own: what core/promotion.hpp documents.
static_assert(std::is_same_v<cm::promote_t<cm::bfloat16, cm::float16>, float>);
static_assert(std::is_same_v<cm::promote_t<cm::bfloat16, float>, float>);
static_assert(std::is_same_v<cm::promote_t<cm::bfloat16, bool>, cm::bfloat16>);
static_assert(std::is_same_v<cm::promote_t<cm::bfloat16, std::int8_t>, cm::bfloat16>);
static_assert(std::is_same_v<cm::promote_t<cm::bfloat16, std::int32_t>, double>);
static_assert(std::is_same_v<cm::promote_weak_t<cm::bfloat16, double>, cm::bfloat16>);

template <class T, class S> bool refused(S value) {
  try {
    static_cast<void>(cm::weak_cast<T>(value, "test"));
    return false;
  } catch (cm::value_error const& e) {
    return std::string(e.what()).find("test: expected an integer in the range of") == 0;
  }
}

// Oracle: the ranges of the types, which are all that fits.
TEST(promotion, weak_integers_out_of_range_are_refused) {
  EXPECT_TRUE(refused<std::uint8_t>(256));
  EXPECT_TRUE(refused<std::uint8_t>(-1));
  EXPECT_FALSE(refused<std::uint8_t>(255));
  EXPECT_TRUE(refused<std::int8_t>(128));
  EXPECT_TRUE(refused<std::int8_t>(-129));
  EXPECT_FALSE(refused<std::int8_t>(-128));
  EXPECT_TRUE(refused<std::int64_t>(std::uint64_t{1} << 63));
  EXPECT_FALSE(refused<std::int64_t>(std::numeric_limits<std::int64_t>::min()));
  EXPECT_TRUE(refused<std::uint64_t>(-1));
  EXPECT_FALSE(refused<std::uint64_t>(~std::uint64_t{0}));
  EXPECT_TRUE(refused<std::uint32_t>(std::int64_t{1} << 32));
}

}  // namespace
