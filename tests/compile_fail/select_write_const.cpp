// expect: this view reads only; its elements are const
#include <cumulus/cumulus.hpp>

int main() {
  cumulus::ndarray<double> a{1, 2, 3};
  cumulus::ndarray<double> const& b = a;
  a(a > 1) = 0;
#ifdef MUST_FAIL
  b(b > 1) = 0;
#endif
}
