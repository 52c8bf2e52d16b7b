// expect: an index array holds integers; convert it with astype
#include <cumulus/cumulus.hpp>

int main() {
  cumulus::ndarray<double> const a{1, 2, 3};
  cumulus::ndarray const good = cumulus::take(a, {0, 2}, 0);
#ifdef MUST_FAIL
  cumulus::ndarray const bad = cumulus::take(a, a, 0);
#endif
}
