// SPDX-License-Identifier: Apache-2.0
// The kernels whose machine code kernels.py looks at.

#include <cumulus/array/tie.hpp>
#include <cumulus/climate/seawater_density.hpp>
#include <cumulus/cumulus.hpp>
#include <cumulus/ops/statistics.hpp>

namespace cm = cumulus;
template <class T> using array = cm::ndarray<T, cm::cuda>;

void unary_float(array<float>& out, array<float> const& a) { out.assign(-a); }
void binary_double(array<double>& out, array<double> const& a, array<double> const& b) {
  out.assign(a * b);
}
void binary_int8(array<std::int8_t>& out, array<std::int8_t> const& a,
                 array<std::int8_t> const& b) {
  out.assign(a + b);
}

struct ten_inputs {
  CUMULUS_HD float operator()(float a, float b, float c, float d, float e, float f, float g,
                              float h, float i, float j) const {
    return a * b + c * d - e * f + g * h - i * j;
  }
};
void map_of_ten(array<float>& out, array<float> const& a) {
  out.assign(cm::map(ten_inputs{}, a, a, a, a, a, a, a, a, a, a));
}

template <class T>
void seawater(array<T>& out, array<T> const& sa, array<T> const& ct, array<T> const& p) {
  out.assign(cm::map(cm::climate::seawater_density, sa, ct, p));
  out.assign(cm::map(cm::climate::seawater_density_by_pressure, sa, ct, p));
}
template void seawater(array<float>&, array<float> const&, array<float> const&,
                       array<float> const&);
template void seawater(array<double>&, array<double> const&, array<double> const&,
                       array<double> const&);

array<float> mean_float(array<float> const& a) { return cm::mean(a, 0); }
array<double> sum_of_products(array<double> const& a, array<double> const& b) {
  return cm::sum(a * b, 0);
}
array<float> deviation_float(array<float> const& a) { return cm::stddev(a, 0); }
array<float> sums_down(array<float> const& a) { return cm::cumsum(a, 0); }
array<double> products_along(array<double> const& a, array<double> const& b) {
  return cm::cumprod(a + b, 1);
}

void together(array<float>& sum, array<float>& product, array<float> const& a,
              array<float> const& b) {
  cm::tie(sum, product) = cm::tuple(a + b, a * b);
}
void statistics_at_once(array<float>& mean, array<float>& deviation, array<float> const& a) {
  auto [m, d] = cm::reduce_all_of(a, 0, cm::statistics::mean, cm::statistics::stddev);
  mean = std::move(m);
  deviation = std::move(d);
}
