// SPDX-License-Identifier: Apache-2.0
// ten_expressions.cpp in xtensor.
#include <xtensor/xarray.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

using field = xt::xarray<float>;
using series = xt::xarray<double>;

void expressions(field& out, field const& a, field const& b, field const& c, series& d) {
  out = a + b;
  out = a * b + c;
  out = xt::sqrt(a * a + b * b);
  out = xt::exp(-a) * 2.0f;
  out = (a - b) / (a + b);
  out = xt::where(a > b, a, c);
  out = xt::maximum(xt::abs(a), xt::minimum(b, c));
  out = xt::log(1.0f + xt::abs(a)) - xt::sin(b) * xt::cos(c);
  out = xt::cast<float>(d * 0.5) + a;
  out = xt::where(xt::isnan(a), 0.0f, xt::floor(a / 10.0f));
}

void reductions(field const& a, field const& b, series& d) {
  d = xt::cast<double>(xt::sum(a, {0}));
  field mean = xt::mean(a, {0, 1}, xt::keep_dims);
  field deviation = xt::stddev(a, {0});
  field largest = xt::amax(a * b, {1});
  field total = xt::sum(xt::square(a - b));
}

void slices(field& out, field const& a) {
  xt::view(out, xt::range(1, xt::placeholders::_), xt::all()) =
      xt::view(a, xt::range(xt::placeholders::_, -1), xt::all());
  xt::view(out, xt::all(), xt::range(xt::placeholders::_, xt::placeholders::_, 2)) += 1.0f;
}
