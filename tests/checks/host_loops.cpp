// SPDX-License-Identifier: Apache-2.0
// The loops of reductions whose machine code host_loops.py looks at.
#include <cumulus/cumulus.hpp>

namespace cm = cumulus;

template <class T> void loops(cm::ndarray<T>& out, cm::ndarray<T> const& a) {
  for (int axis : {0, 1}) {
    out = cm::sum(a, axis);
    out = cm::var(a, axis);
    out = cm::max(a, axis);
  }
}

template void loops(cm::ndarray<float>&, cm::ndarray<float> const&);
template void loops(cm::ndarray<double>&, cm::ndarray<double> const&);
