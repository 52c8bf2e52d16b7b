// SPDX-License-Identifier: Apache-2.0
// The equation of state against published values: `equation_of_state_check <file of values>`.

#include "equation_of_state.hpp"

#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace {

int failures = 0;

void expect_near(char const* what, double got, double want, double tolerance) {
  if (!(std::abs(got / want - 1) <= tolerance)) {
    std::printf("%s: expected %.17g, got %.17g\n", what, want, got);
    ++failures;
  }
}

template <class T> void check(double const (&x)[5]) {
  T const sa = static_cast<T>(x[0]);
  T const ct = static_cast<T>(x[1]);
  T const p = static_cast<T>(x[2]);
  // A difference of products of two numbers near 1000 loses three digits in the derivative.
  double const epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
  double const per_dbar = 1e4;
  expect_near("density", static_cast<double>(equation_of_state::density(sa, ct, p)), x[3],
              8 * epsilon);
  expect_near("density_by_pressure",
              static_cast<double>(equation_of_state::density_by_pressure(sa, ct, p)),
              x[4] * per_dbar, 100 * epsilon);
}

}  // namespace

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "");
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    double x[5];
    if (fields >> x[0] >> x[1] >> x[2] >> x[3] >> x[4]) {
      check<double>(x);
      check<float>(x);
      ++rows;
    }
  }
  if (rows < 5) {
    std::printf("expected a file of published values, got %d rows\n", rows);
    return 1;
  }
  std::printf("%d rows, %d failures\n", rows, failures);
  return failures == 0 ? 0 : 1;
}
