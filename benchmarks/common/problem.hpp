// SPDX-License-Identifier: Apache-2.0
#pragma once
// The operands of one row: the same inputs for every program, room for the result, and the
// comparison of a result with that of the naive loop.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "common/buffer.hpp"

namespace bench {

using extents = std::vector<index>;

inline index product(extents const& shape) {
  index n = 1;
  for (index extent : shape) {
    n *= extent;
  }
  return n;
}

/// A number in [0, 1) with 24 random bits, a function of the seed alone.
inline double uniform(std::uint64_t seed) {
  std::uint64_t z = (seed + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((z ^ (z >> 31)) >> 40) * 0x1p-24;
}

/// Operation gives names and shapes (common/operations.hpp), T is the type of the inputs.
template <class Operation, class T> class problem {
 public:
  using operation = Operation;
  using value_type = T;
  using result_type = typename Operation::template result<T>;

  explicit problem(extents const& shape)
      : shape(shape),
        input_shapes(Operation::inputs(shape)),
        result_shape(Operation::outputs(shape)),
        out_(product(result_shape)) {
    for (std::size_t k = 0; k < input_shapes.size(); ++k) {
      index const n = product(input_shapes[k]);
      in_.emplace_back(n);
      T* const values = in_.back().data();
#pragma omp parallel for
      for (index i = 0; i < n; ++i) {
        std::uint64_t const seed = static_cast<std::uint64_t>(i) * 8 + k;
        values[i] = static_cast<T>(Operation::input(static_cast<int>(k), uniform(seed)));
      }
    }
    clear();
  }

  T const* in(int k) const { return in_[static_cast<std::size_t>(k)].data(); }
  result_type* out() const { return out_.data(); }
  index size() const { return product(shape); }

  /// The result as it is before the first run. An operation that updates its result has it as its
  /// last input as well.
  void clear() {
    index const n = product(result_shape);
    for (index i = 0; i < n; ++i) {
      out_.data()[i] =
          Operation::updates ? static_cast<result_type>(in_.back().data()[i]) : result_type(0);
    }
  }

  /// Takes a result that lies elsewhere; only while it is checked.
  template <class U> void give(U const* values, index n) {
    asm volatile("" : : "r"(values) : "memory");
    if (checking) {
      std::copy(values, values + n, out_.data());
    }
  }

  /// What is wrong with the result, in words; nothing if it is the naive loop's. `slack` times the
  /// operation's tolerance is allowed.
  std::string mistake(double slack) const {
    std::vector<double> want(static_cast<std::size_t>(product(result_shape)));
    Operation::naive(*this, want.data());
    bool const positions = !std::is_floating_point_v<result_type>;
    using coarser = std::conditional_t<sizeof(T) == 4 || sizeof(result_type) == 4, float, double>;
    double const epsilon = static_cast<double>(std::numeric_limits<coarser>::epsilon());
    // Sums of doubles in another order differ by much less than their number of roundings.
    double const order = 0.1 * static_cast<double>(Operation::summed(shape)) * 0x1p-52;
    double const tolerance = positions ? 0 : slack * (Operation::tolerance * epsilon + order);
    for (std::size_t i = 0; i < want.size(); ++i) {
      double const got = static_cast<double>(out_.data()[i]);
      if (!(std::abs(got - want[i]) <= tolerance * std::max(1.0, std::abs(want[i])))) {
        char text[160];
        std::snprintf(text, sizeof text, "wrong result: element %zu is %.17g instead of %.17g", i,
                      got, want[i]);
        return text;
      }
    }
    return {};
  }

  extents const shape;
  std::vector<extents> const input_shapes;
  extents const result_shape;
  bool checking = false;

 private:
  std::vector<buffer<T>> in_;
  buffer<result_type> out_;
};

}  // namespace bench
