// SPDX-License-Identifier: Apache-2.0
// Ten fused expressions, five reductions and some slicing: an everyday analysis file.
#include <cumulus/cumulus.hpp>

namespace cm = cumulus;
using cm::_;
using cm::slice;

using field = cm::ndarray<float, CUMULUS_BENCHMARK_SPACE>;
using series = cm::ndarray<double, CUMULUS_BENCHMARK_SPACE>;

void expressions(field& out, field const& a, field const& b, field const& c, series& d) {
  out = a + b;
  out = a * b + c;
  out = cm::sqrt(a * a + b * b);
  out = cm::exp(-a) * 2.0f;
  out = (a - b) / (a + b);
  out = cm::where(a > b, a, c);
  out = cm::maximum(cm::abs(a), cm::minimum(b, c));
  out = cm::log(1.0f + cm::abs(a)) - cm::sin(b) * cm::cos(c);
  out = cm::astype<float>(d * 0.5) + a;
  out = cm::where(cm::isnan(a), 0.0f, cm::floor(a / 10.0f));
}

void reductions(field const& a, field const& b, series& d) {
  d = cm::astype<double>(cm::sum(a, 0));
  field mean = cm::mean(a, {0, 1}, {.keepdims = true});
  field deviation = cm::stddev(a, 0, {.ddof = 1});
  field largest = cm::max(a * b, -1);
  field total = cm::sum(cm::square(a - b));
}

void slices(field& out, field const& a) {
  out(slice(1, _), _) = a(slice(_, -1), _);
  out(_, slice(_, _, 2)) += 1.0f;
}
