// SPDX-License-Identifier: Apache-2.0
// Each build writes files and reads them back, in the folder that the first argument names, and
// each answers with the same bits.
#include <cstdio>

#define PART(name) extern "C" double name(char const*);
PARTS
#undef PART

int main(int, char** arguments) {
  double first = 0;
  bool same = true;
#define PART(name)                                  \
  {                                                 \
    double const answer = name(arguments[1]);       \
    std::printf("%s %.17g\n", #name, answer);       \
    same = same && (first == 0 || answer == first); \
    first = answer;                                 \
  }
  PARTS
#undef PART
  return same && first != 0 ? 0 : 1;
}
