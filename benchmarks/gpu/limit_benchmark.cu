// SPDX-License-Identifier: Apache-2.0
// What kernels written by hand take for every row, and the copy of the CUDA runtime.

#include "common/reductions.hpp"
#include "gpu/limit_reductions.hpp"
#include "gpu/limit_scans.hpp"
#include "gpu/program.hpp"

namespace {

using bench::index;

template <class P> using value_type = typename std::remove_reference_t<P>::value_type;
template <class P> using result_type = typename std::remove_reference_t<P>::result_type;

/// Throws if the launch before it failed.
void launched() { bench::check(cudaGetLastError(), "the launch of a kernel"); }

template <class Operation, class F> void add_elementwise(F const& f) {
  bench::add_row<Operation>([f](auto& p) {
    using T = value_type<decltype(p)>;
    T const* in[3] = {};
    for (std::size_t k = 0; k < p.input_shapes.size(); ++k) {
      in[k] = p.in(static_cast<int>(k));
    }
    return [n = p.size(), f, out = p.out(), a = in[0], b = in[1], c = in[2]] {
      if constexpr (requires { f(T(1)); }) {
        limit_gpu::elementwise(n, f, out, a);
      } else if constexpr (requires { f(T(1), T(1)); }) {
        limit_gpu::elementwise(n, f, out, a, b);
      } else {
        limit_gpu::elementwise(n, f, out, a, b, c);
      }
      launched();
    };
  });
}

void add_elementwise_rows() {
  add_elementwise<bench::copy>(limit_gpu::copy_of{});
  add_elementwise<bench::triad>(limit_gpu::triad_of{});
  add_elementwise<bench::fma_sqrt>(limit_gpu::fma_sqrt_of{});
  add_elementwise<bench::exp_sin>(limit_gpu::exp_sin_of{});
  add_elementwise<bench::where>(limit_gpu::where_of{});
  add_elementwise<bench::eos_density>(cumulus::climate::seawater_density);
  add_elementwise<bench::eos_compress>(cumulus::climate::seawater_density_by_pressure);
  bench::add_row<bench::copy>(
      [](auto& p) {
        std::size_t const bytes = sizeof(*p.out()) * static_cast<std::size_t>(p.size());
        return [bytes, out = p.out(), in = p.in(0)] {
          bench::check(cudaMemcpyAsync(out, in, bytes, cudaMemcpyDeviceToDevice),
                       "cudaMemcpyAsync");
        };
      },
      "memcpy");
  bench::add_row<bench::fill>([](auto& p) {
    limit_gpu::filled<value_type<decltype(p)>> const f{1.5};
    return [n = p.size(), f, out = p.out()] {
      limit_gpu::elementwise(n, f, out);
      launched();
    };
  });
  bench::add_row<bench::axpy>([](auto& p) {
    return [n = p.size(), out = p.out(), in = p.in(0)] {
      limit_gpu::elementwise(n, limit_gpu::axpy_of{}, out, in, out);
      launched();
    };
  });
  bench::add_row<bench::cast>([](auto& p) {
    return [n = p.size(), out = p.out(), in = p.in(0)] {
      limit_gpu::elementwise(n, limit_gpu::converted<result_type<decltype(p)>>{}, out, in);
      launched();
    };
  });
}

void add_broadcast_rows() {
  bench::add_row<bench::anom3>([](auto& p) {
    index const inner = p.shape[1] * p.shape[2];
    return [times = p.shape[0], inner, out = p.out(), x = p.in(0), m = p.in(1)] {
      limit_gpu::anomaly(times, inner, 1, out, x, m);
      launched();
    };
  });
  bench::add_row<bench::group_anom>([](auto& p) {
    index const inner = p.shape[1] * p.shape[2];
    return [times = p.shape[0], inner, out = p.out(), x = p.in(0), m = p.in(1)] {
      limit_gpu::anomaly(times, inner, bench::months, out, x, m);
      launched();
    };
  });
  bench::add_row<bench::rowcol>([](auto& p) {
    return [s = p.shape, out = p.out(), x = p.in(0), row = p.in(1), column = p.in(2)] {
      limit_gpu::row_and_column(s[0], s[1], out, x, row, column);
      launched();
    };
  });
  bench::add_row<bench::transadd>([](auto& p) {
    return [s = p.shape, out = p.out(), a = p.in(0), b = p.in(1)] {
      limit_gpu::transposed_add(s[0], s[1], out, a, b);
      launched();
    };
  });
}

template <class Statistic, template <class> class State> void add_reduction() {
  bench::for_each_axis<Statistic>([&]<class Operation, int Axis>() {
    bench::add_row<Operation>([](auto& p) {
      using state = State<value_type<decltype(p)>>;
      bench::around_axis const s = bench::split(p.shape, Axis);
      constexpr bool columns = Axis == 0;
      index const count = columns ? limit_gpu::column_parts(s.along, s.inner) * s.inner
                                  : limit_gpu::row_parts(s.outer, s.along) * s.outer;
      auto const parts = std::make_shared<bench::device_buffer<state>>(count);
      return [s, parts, out = p.out(), x = p.in(0)] {
        if constexpr (columns) {
          limit_gpu::reduce_columns(s.along, s.inner, 0, out, x, parts->data());
        } else {
          limit_gpu::reduce_rows(s.outer, s.along, out, x, parts->data());
        }
        launched();
      };
    });
  });
}

void add_reduction_rows() {
  add_reduction<bench::sum, limit_gpu::sum_state>();
  add_reduction<bench::mean, limit_gpu::mean_state>();
  add_reduction<bench::var, limit_gpu::var_state>();
  add_reduction<bench::nanmean, limit_gpu::nanmean_state>();
  add_reduction<bench::min, limit_gpu::min_state>();
  add_reduction<bench::argmax, limit_gpu::argmax_state>();
}

template <class T> void group_means(index times, index inner, T* out, T const* x) {
  using state = limit_gpu::mean_state<T>;
  limit_gpu::reduce_columns<state>(times, inner, static_cast<int>(bench::months), out, x, nullptr);
  launched();
}

void add_group_rows() {
  bench::add_row<bench::group_mean>([](auto& p) {
    index const inner = p.shape[1] * p.shape[2];
    return [times = p.shape[0], inner, out = p.out(), x = p.in(0)] {
      group_means(times, inner, out, x);
    };
  });
  bench::add_row<bench::group_mean_anom>([](auto& p) {
    using T = value_type<decltype(p)>;
    index const inner = p.shape[1] * p.shape[2];
    auto const means = std::make_shared<bench::device_buffer<T>>(bench::months * inner);
    return [times = p.shape[0], inner, means, out = p.out(), x = p.in(0)] {
      group_means(times, inner, means->data(), x);
      limit_gpu::anomaly(times, inner, bench::months, out, x, static_cast<T const*>(means->data()));
      launched();
    };
  });
}

void add_scan_rows() {
  bench::add_row<bench::cumsum<0>>([](auto& p) {
    auto const sums =
        std::make_shared<bench::device_buffer<double>>(limit_gpu::scan_parts * p.shape[1]);
    return [s = p.shape, sums, out = p.out(), x = p.in(0)] {
      limit_gpu::cumulative_columns(s[0], s[1], out, x, sums->data());
      launched();
    };
  });
  bench::add_row<bench::cumsum<1>>([](auto& p) {
    return [s = p.shape, out = p.out(), x = p.in(0)] {
      limit_gpu::cumulative_rows(s[0], s[1], out, x);
      launched();
    };
  });
}

}  // namespace

void bench::add_rows() {
  add_elementwise_rows();
  add_broadcast_rows();
  add_reduction_rows();
  add_group_rows();
  add_scan_rows();
}
