// SPDX-License-Identifier: Apache-2.0
// Fused expressions against NumPy, which evaluates step by step: the same bits, for inputs in
// random layouts (steps, flips, orders of axes, offsets) and shapes that broadcast.

#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;

constexpr int sets = 40;

oracle::answers const& answers() {
  return oracle::answers_of("expr/expression_trees.py", std::to_string(sets));
}

template <class Space> struct inputs {
  std::string prefix;
  mutable std::mt19937_64 random;

  template <class T> cm::array_view<T const, Space> get(char const* name) const {
    return scattered<Space>(answers().at(prefix + name).template as<T>(), random);
  }
};

template <class R> void expect_same(std::string const& name, cm::ndarray<R, cm::host> const& got) {
  auto const& answer = answers().at(name);
  ASSERT_EQ(answer.dtype, cm::dtype_name<R>()) << name;
  auto const expected = answer.as<R>();
  ASSERT_EQ(to_string(got.shape()), to_string(expected.shape())) << name;
  for (index_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(same_bits(got.data()[i], expected.data()[i]))
        << name << " element " << i << ": expected " << printed(expected.data()[i]) << ", got "
        << printed(got.data()[i]);
  }
}

template <class Space> void every_tree() {
  using namespace cumulus;  // NOLINT: the expressions are unqualified, as Python's are
  for (int n = 0; n < sets; ++n) {
    for (int layout = 0; layout < 3; ++layout) {
      std::string const prefix = std::to_string(n) + "/";
      inputs<Space> const in{prefix, std::mt19937_64(static_cast<unsigned>(3 * n + layout))};
      auto const f = in.template get<float>("f");
      auto const f2 = in.template get<float>("f2");
      auto const g = in.template get<double>("g");
      auto const g2 = in.template get<double>("g2");
      auto const h = in.template get<float16>("h");
      auto const i = in.template get<std::int32_t>("i");
      auto const i2 = in.template get<std::int32_t>("i2");
      auto const j = in.template get<std::int64_t>("j");
      auto const u = in.template get<std::uint8_t>("u");
      auto const u2 = in.template get<std::uint8_t>("u2");
      auto const b = in.template get<bool>("b");
      auto const z = in.template get<cm::complex<float>>("z");
#define CUMULUS_TREE(name, expression) expect_same(prefix + #name, on_host(expression));
#include "tests/expr/expression_trees.def"
    }
  }
}

template <class Space> class expression_trees : public in_each_space<Space> {};
TYPED_TEST_SUITE(expression_trees, spaces);
TYPED_TEST(expression_trees, fused_equals_step_by_step) { every_tree<TypeParam>(); }

}  // namespace
