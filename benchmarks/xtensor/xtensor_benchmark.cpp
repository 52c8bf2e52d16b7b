// SPDX-License-Identifier: Apache-2.0
// The peer xtensor with xsimd and OpenMP: reductions are evaluated at once, which is its fast form.

#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xsort.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include "common/program.hpp"
#include "common/reductions.hpp"

namespace {

using bench::index;
constexpr auto immediate = xt::evaluation_strategy::immediate;

/// Row-major memory as a tensor of the static rank N.
template <std::size_t N, class T> auto adapted(T* data, bench::extents const& extents) {
  std::array<std::size_t, N> shape;
  std::copy(extents.begin(), extents.end(), shape.begin());
  auto const size = static_cast<std::size_t>(bench::product(extents));
  return xt::adapt(data, size, xt::no_ownership(), shape);
}

template <std::size_t N, class P> auto output_of(P const& p) {
  return adapted<N>(p.out(), p.result_shape);
}

/// Adds the row that assigns make(problem) and the row that makes a new tensor of rank N; what make
/// gives is called for the expression.
template <class Operation, std::size_t N, class Make> void add_expression(Make const& make) {
  bench::add_row<Operation>([make](auto& p) {
    return [expression = make(p), out = output_of<N>(p)]() mutable {
      xt::noalias(out) = expression();
    };
  });
  bench::add_row<Operation>(
      [make](auto& p) {
        using R = typename std::remove_reference_t<decltype(p)>::result_type;
        return [&p, expression = make(p)] {
          xt::xtensor<R, N> const result = expression();
          p.give(result.data(), static_cast<index>(result.size()));
        };
      },
      "new");
}

template <class P> using element = typename std::remove_reference_t<P>::value_type;

void add_elementwise_rows() {
  add_expression<bench::copy, 1>([](auto& p) {
    return [a = adapted<1>(p.in(0), p.shape)] { return xt::cast<element<decltype(p)>>(a); };
  });
  add_expression<bench::triad, 1>([](auto& p) {
    return [a = adapted<1>(p.in(0), p.shape), b = adapted<1>(p.in(1), p.shape)] {
      return a + element<decltype(p)>(3) * b;
    };
  });
  add_expression<bench::fma_sqrt, 1>([](auto& p) {
    return [a = adapted<1>(p.in(0), p.shape), b = adapted<1>(p.in(1), p.shape),
            c = adapted<1>(p.in(2), p.shape)] {
      return a * b + element<decltype(p)>(2) * c - xt::sqrt(xt::abs(a));
    };
  });
  add_expression<bench::exp_sin, 1>([](auto& p) {
    return [x = adapted<1>(p.in(0), p.shape)] { return xt::exp(-x * x) * xt::sin(x); };
  });
  add_expression<bench::where, 1>([](auto& p) {
    return [x = adapted<1>(p.in(0), p.shape)] {
      return xt::where(x > element<decltype(p)>(0.5), x * x, -x);
    };
  });
  add_expression<bench::cast, 1>([](auto& p) {
    using R = typename std::remove_reference_t<decltype(p)>::result_type;
    return [x = adapted<1>(p.in(0), p.shape)] { return xt::cast<R>(x); };
  });
  bench::add_row<bench::axpy>([](auto& p) {
    return [x = adapted<1>(p.in(0), p.shape), out = output_of<1>(p)]() mutable {
      xt::noalias(out) += element<decltype(p)>(2.5) * x;
    };
  });
}

void add_broadcast_rows() {
  add_expression<bench::anom3, 3>([](auto& p) {
    return [x = adapted<3>(p.in(0), p.shape), m = adapted<2>(p.in(1), p.input_shapes[1])] {
      return x - m;
    };
  });
  add_expression<bench::weighted, 3>([](auto& p) {
    return [x = adapted<3>(p.in(0), p.shape), w = adapted<2>(p.in(1), p.input_shapes[1])] {
      return x * w;
    };
  });
  add_expression<bench::rowcol, 2>([](auto& p) {
    return [x = adapted<2>(p.in(0), p.shape), row = adapted<1>(p.in(1), p.input_shapes[1]),
            column = adapted<2>(p.in(2), p.input_shapes[2])] { return x + row + column; };
  });
  add_expression<bench::transadd, 2>([](auto& p) {
    return [a = adapted<2>(p.in(0), p.shape), b = adapted<2>(p.in(1), p.input_shapes[1])] {
      return a + xt::transpose(b);
    };
  });
}

/// reduce(x, axes...) gives a container; a tensor of more axes is one of two.
template <class Statistic, class Reduce> void add_reduction(Reduce const& reduce) {
  bench::for_each_axis<Statistic>([reduce]<class Operation, int Axis>() {
    bench::add_row<Operation>([reduce](auto& p) {
      bench::extents const shape = {p.shape[0], p.size() / p.shape[0]};
      return [&p, x = adapted<2>(p.in(0), shape), reduce] {
        if constexpr (Axis == bench::all_axes) {
          auto const result = reduce(x);
          auto const value = result();
          p.give(&value, 1);
        } else {
          auto const result = reduce(x, Axis);
          p.give(result.data(), static_cast<index>(result.size()));
        }
      };
    });
  });
}

using axes = std::array<std::size_t, 1>;
axes one(int axis) { return {static_cast<std::size_t>(axis)}; }

void add_reduction_rows() {
  add_reduction<bench::sum>(
      [](auto const& x, auto... axis) { return xt::sum(x, one(axis)..., immediate); });
  add_reduction<bench::mean>(
      [](auto const& x, auto... axis) { return xt::eval(xt::mean(x, one(axis)..., immediate)); });
  add_reduction<bench::var>([](auto const& x, auto... axis) {
    return xt::eval(xt::variance(x, one(axis)..., immediate));
  });
  add_reduction<bench::nanmean>([](auto const& x, auto... axis) {
    return xt::eval(xt::nanmean(x, one(axis)..., immediate));
  });
  add_reduction<bench::min>(
      [](auto const& x, auto... axis) { return xt::amin(x, one(axis)..., immediate); });
  add_reduction<bench::max>(
      [](auto const& x, auto... axis) { return xt::amax(x, one(axis)..., immediate); });
  add_reduction<bench::argmin>(
      [](auto const& x, auto... axis) { return xt::eval(xt::argmin(x, axis...)); });
  add_reduction<bench::argmax>(
      [](auto const& x, auto... axis) { return xt::eval(xt::argmax(x, axis...)); });
}

template <int Axis> void add_scan() {
  bench::add_row<bench::cumsum<Axis>>([](auto& p) {
    return [x = adapted<2>(p.in(0), p.shape), out = output_of<2>(p)]() mutable {
      xt::noalias(out) = xt::cumsum(x, Axis);
    };
  });
}

template <class X, class M> void means_of(X const& x, M& means) {
  using T = typename X::value_type;
  means.fill(T(0));
  index const times = static_cast<index>(x.shape(0));
  for (index i = 0; i < times; ++i) {
    xt::noalias(xt::view(means, bench::month_of(i), xt::all())) += xt::view(x, i, xt::all());
  }
  for (index g = 0; g < bench::months; ++g) {
    T const members = static_cast<T>((times - g + bench::months - 1) / bench::months);
    xt::noalias(xt::view(means, g, xt::all())) /= members;
  }
}
template <class X, class M, class Out> void anomalies_of(X const& x, M const& means, Out& out) {
  for (index i = 0; i < static_cast<index>(x.shape(0)); ++i) {
    xt::noalias(xt::view(out, i, xt::all())) =
        xt::view(x, i, xt::all()) - xt::view(means, bench::month_of(i), xt::all());
  }
}

void add_group_rows() {
  auto const flat = [](auto* data, bench::extents const& s) {
    return adapted<2>(data, {s[0], s[1] * s[2]});
  };
  bench::add_row<bench::group_mean>([flat](auto& p) {
    return [x = flat(p.in(0), p.shape), out = flat(p.out(), p.result_shape)]() mutable {
      means_of(x, out);
    };
  });
  bench::add_row<bench::group_anom>([flat](auto& p) {
    return [x = flat(p.in(0), p.shape), m = flat(p.in(1), p.input_shapes[1]),
            out = flat(p.out(), p.result_shape)]() mutable { anomalies_of(x, m, out); };
  });
  bench::add_row<bench::group_mean_anom>([flat](auto& p) {
    return [x = flat(p.in(0), p.shape), out = flat(p.out(), p.result_shape)]() mutable {
      xt::xtensor<element<decltype(p)>, 2> means({bench::months, x.shape(1)});
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
  add_scan<0>();
  add_scan<1>();
  add_group_rows();
}
