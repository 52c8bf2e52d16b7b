// expect: elements are selected by arrays of integers or bool
#include <cumulus/cumulus.hpp>

int main() {
  cumulus::ndarray<double> const a{1, 2, 3};
  cumulus::ndarray<int> const i{0, 2};
  cumulus::ndarray const good = a(i);
#ifdef MUST_FAIL
  cumulus::ndarray<double> const x{0, 2};
  cumulus::ndarray const bad = a(x);
#endif
}
