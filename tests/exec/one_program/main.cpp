// SPDX-License-Identifier: Apache-2.0
// Arrays made here are read by code that other flags compiled, and each answers with the same bits.
#include <cstdio>
#include <cumulus/array/creation.hpp>
#include <cumulus/array/ndarray.hpp>

namespace cm = cumulus;
using array = cm::ndarray<float, cm::host>;

#define PART(name) extern "C" double name(array const*, array const*);
PARTS
#undef PART

int main() {
  array const a = cm::linspace<float, cm::host>(0, 1, 5003);
  array const b = cm::linspace<float, cm::host>(-3, 7, 5003);
  double first = 0;
  bool same = true;
#define PART(name)                                  \
  {                                                 \
    double const answer = name(&a, &b);             \
    std::printf("%s %.17g\n", #name, answer);       \
    same = same && (first == 0 || answer == first); \
    first = answer;                                 \
  }
  PARTS
#undef PART
  return same ? 0 : 1;
}
