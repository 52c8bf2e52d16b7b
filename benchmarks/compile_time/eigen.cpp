// SPDX-License-Identifier: Apache-2.0
// ten_expressions.cpp as far as Eigen has it: columns take the place of axis 0.
#include <Eigen/Dense>
#include <cmath>

using field = Eigen::ArrayXXf;
using series = Eigen::ArrayXXd;

void expressions(field& out, field const& a, field const& b, field const& c, series& d) {
  out = a + b;
  out = a * b + c;
  out = (a * a + b * b).sqrt();
  out = (-a).exp() * 2.0f;
  out = (a - b) / (a + b);
  out = (a > b).select(a, c);
  out = a.abs().max(b.min(c));
  out = (1.0f + a.abs()).log() - b.sin() * c.cos();
  out = (d * 0.5).cast<float>() + a;
  out = a.isNaN().select(0.0f, (a / 10.0f).floor());
}

void reductions(field const& a, field const& b, series& d) {
  d = a.cast<double>().colwise().sum();
  float volatile mean = a.mean();
  field const centre = a.colwise().mean();
  field deviation = (a.rowwise() - centre.row(0)).square().colwise().sum().sqrt();
  field largest = (a * b).rowwise().maxCoeff();
  float volatile total = (a - b).square().sum();
  static_cast<void>(mean);
  static_cast<void>(total);
}

void slices(field& out, field const& a) {
  out.bottomRows(out.rows() - 1) = a.topRows(a.rows() - 1);
  out(Eigen::all, Eigen::seq(0, Eigen::last, 2)) += 1.0f;
}
