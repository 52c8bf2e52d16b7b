// SPDX-License-Identifier: Apache-2.0
// The peer Eigen: what its documentation suggests for each row. It has no cumulative sums.

#include <Eigen/Core>

#include "common/program.hpp"
#include "common/reductions.hpp"

namespace {

using bench::index;

template <class T> using array = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T> using input = Eigen::Map<array<T> const>;

/// Row-major extents as a matrix: the first axis by all others; one axis is one row.
template <class T> auto matrix(T* data, bench::extents const& shape) {
  index const rows = shape.size() > 1 ? shape[0] : 1;
  using Array = array<std::remove_const_t<T>>;
  using Map = Eigen::Map<std::conditional_t<std::is_const_v<T>, Array const, Array>>;
  return Map(data, rows, bench::product(shape) / rows);
}
template <class T> auto flat(T* data, bench::extents const& shape) {
  return matrix(data, {bench::product(shape)});
}

template <class P> std::vector<input<typename P::value_type>> inputs_of(P const& p) {
  std::vector<input<typename P::value_type>> maps;
  for (std::size_t k = 0; k < p.input_shapes.size(); ++k) {
    maps.push_back(matrix(p.in(static_cast<int>(k)), p.input_shapes[k]));
  }
  return maps;
}

/// make(inputs) gives an expression: the row that assigns it, and the row that makes a new array.
template <class Operation, class Make> void add_expression(Make const& make) {
  bench::add_row<Operation>([make](auto& p) {
    return [in = inputs_of(p), out = matrix(p.out(), p.result_shape), make]() mutable {
      out = make(in);
    };
  });
  bench::add_row<Operation>(
      [make](auto& p) {
        using R = typename std::remove_reference_t<decltype(p)>::result_type;
        return [&p, in = inputs_of(p), make] {
          array<R> const result = make(in);
          p.give(result.data(), result.size());
        };
      },
      "new");
}

template <class In> using element = typename std::remove_cvref_t<In>::value_type::Scalar;

void add_elementwise_rows() {
  add_expression<bench::copy>([](auto const& in) { return in[0]; });
  add_expression<bench::triad>(
      [](auto const& in) { return in[0] + element<decltype(in)>(3) * in[1]; });
  add_expression<bench::fma_sqrt>([](auto const& in) {
    return in[0] * in[1] + element<decltype(in)>(2) * in[2] - in[0].abs().sqrt();
  });
  add_expression<bench::exp_sin>(
      [](auto const& in) { return (-in[0] * in[0]).exp() * in[0].sin(); });
  add_expression<bench::where>([](auto const& in) {
    return (in[0] > element<decltype(in)>(0.5)).select(in[0] * in[0], -in[0]);
  });
  add_expression<bench::cast>([](auto const& in) {
    return in[0].template cast<bench::cast::result<element<decltype(in)>>>();
  });
  bench::add_row<bench::axpy>([](auto& p) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    return [in = inputs_of(p), out = matrix(p.out(), p.result_shape)]() mutable {
      out += T(2.5) * in[0];
    };
  });
}

void add_broadcast_rows() {
  bench::add_row<bench::anom3>([](auto& p) {
    return [x = matrix(p.in(0), p.shape), m = flat(p.in(1), p.input_shapes[1]),
            out = matrix(p.out(), p.shape)]() mutable { out = x.rowwise() - m.row(0); };
  });
  bench::add_row<bench::weighted>([](auto& p) {
    index const lines = p.shape[1];
    bench::extents const rows = {p.shape[0] * lines, p.shape[2]};
    return [times = p.shape[0], lines, x = matrix(p.in(0), rows), w = matrix(p.in(1), {lines, 1}),
            out = matrix(p.out(), rows)]() mutable {
      for (index t = 0; t < times; ++t) {
        out.middleRows(t * lines, lines) = x.middleRows(t * lines, lines).colwise() * w.col(0);
      }
    };
  });
  add_expression<bench::rowcol>(
      [](auto const& in) { return (in[0].rowwise() + in[1].row(0)).colwise() + in[2].col(0); });
  add_expression<bench::transadd>([](auto const& in) { return in[0] + in[1].transpose(); });
}

/// reduce(x) for a whole array, a row or a column.
template <class Statistic, class Reduce> void add_reduction(Reduce const& reduce) {
  bench::for_each_axis<Statistic>([reduce]<class Operation, int Axis>() {
    bench::add_row<Operation>([reduce](auto& p) {
      auto out = flat(p.out(), p.result_shape);
      if constexpr (Axis == bench::all_axes) {
        return [x = flat(p.in(0), p.shape), out, reduce]() mutable { out(0, 0) = reduce(x); };
      } else if constexpr (Axis == 0) {
        return [x = matrix(p.in(0), p.shape), out, reduce]() mutable { out = reduce(x.colwise()); };
      } else {
        return [x = matrix(p.in(0), p.shape), out, reduce]() mutable {
          out = reduce(x.rowwise()).transpose();
        };
      }
    });
  });
}

template <class Statistic, class Find> void add_position(Find const& find) {
  bench::add_row<bench::reduction<Statistic, bench::all_axes>>([find](auto& p) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    using Vector = Eigen::Array<T, Eigen::Dynamic, 1>;
    return [x = Eigen::Map<Vector const>(p.in(0), p.size()), out = p.out(), find] {
      Eigen::Index at = 0;
      find(x, &at);
      *out = at;
    };
  });
}

void add_reduction_rows() {
  add_reduction<bench::sum>([](auto const& x) { return x.sum(); });
  add_reduction<bench::mean>([](auto const& x) { return x.mean(); });
  add_reduction<bench::min>([](auto const& x) { return x.minCoeff(); });
  add_reduction<bench::max>([](auto const& x) { return x.maxCoeff(); });
  add_position<bench::argmin>([](auto const& x, auto* at) { x.minCoeff(at); });
  add_position<bench::argmax>([](auto const& x, auto* at) { x.maxCoeff(at); });
  bench::add_row<bench::reduction<bench::var, bench::all_axes>>([](auto& p) {
    return [x = flat(p.in(0), p.shape), out = p.out()] { *out = (x - x.mean()).square().mean(); };
  });
  bench::add_row<bench::reduction<bench::var, 0>>([](auto& p) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    return [x = matrix(p.in(0), p.shape), out = flat(p.out(), p.result_shape)]() mutable {
      Eigen::Array<T, 1, Eigen::Dynamic> const mean = x.colwise().mean();
      out = (x.rowwise() - mean).square().colwise().mean();
    };
  });
  bench::add_row<bench::reduction<bench::nanmean, bench::all_axes>>([](auto& p) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    return [x = flat(p.in(0), p.shape), out = p.out()] {
      *out = x.isNaN().select(T(0), x).sum() / static_cast<T>(x.size() - x.isNaN().count());
    };
  });
  bench::add_row<bench::reduction<bench::nanmean, 0>>([](auto& p) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    return [x = matrix(p.in(0), p.shape), out = flat(p.out(), p.result_shape)]() mutable {
      out = x.isNaN().select(T(0), x).colwise().sum() /
            (T(1) - x.isNaN().template cast<T>()).colwise().sum();
    };
  });
}

template <class X, class M> void means_of(X const& x, M&& means) {
  using T = typename X::Scalar;
  means.setZero();
  for (index i = 0; i < x.rows(); ++i) {
    means.row(bench::month_of(i)) += x.row(i);
  }
  for (index g = 0; g < bench::months; ++g) {
    means.row(g) /= static_cast<T>((x.rows() - g + bench::months - 1) / bench::months);
  }
}
template <class X, class M, class Out> void anomalies_of(X const& x, M const& means, Out& out) {
  for (index i = 0; i < x.rows(); ++i) {
    out.row(i) = x.row(i) - means.row(bench::month_of(i));
  }
}

void add_group_rows() {
  bench::add_row<bench::group_mean>([](auto& p) {
    return [x = matrix(p.in(0), p.shape), out = matrix(p.out(), p.result_shape)]() mutable {
      means_of(x, out);
    };
  });
  bench::add_row<bench::group_anom>([](auto& p) {
    return [x = matrix(p.in(0), p.shape), m = matrix(p.in(1), p.input_shapes[1]),
            out = matrix(p.out(), p.result_shape)]() mutable { anomalies_of(x, m, out); };
  });
  bench::add_row<bench::group_mean_anom>([](auto& p) {
    using T = typename std::remove_reference_t<decltype(p)>::value_type;
    return [x = matrix(p.in(0), p.shape), out = matrix(p.out(), p.result_shape)]() mutable {
      array<T> means(bench::months, x.cols());
      means_of(x, means);
      anomalies_of(x, means, out);
    };
  });
}

}  // namespace

void bench::add_rows() {
  add_elementwise_rows();
  add_broadcast_rows();
  add_reduction_rows();
  add_group_rows();
}
