// SPDX-License-Identifier: Apache-2.0
#pragma once
// The operands of a row as arrays of the library, and the two forms of a statement: into an old
// array and into a new one. Compiled as CUDA the rows are those of the GPU.

#include <cumulus/cumulus.hpp>

#if CUMULUS_HAS_CUDA
#  include "gpu/program.hpp"
#else
#  include "common/program.hpp"
#endif
#include "common/reductions.hpp"

namespace cumulus_rows {

namespace cm = cumulus;

inline cm::shape shape_of(bench::extents const& extents) {
  cm::shape s;
  for (bench::index n : extents) {
    s.push_back(n);
  }
  return s;
}

#if CUMULUS_HAS_CUDA
using space = cm::cuda;
#else
using space = cm::host;
#endif

template <class P> using input = cm::array_view<typename P::value_type const, space>;
template <class P> using output = cm::array_view<typename P::result_type, space>;

#if CUMULUS_HAS_CUDA

/// The inputs of a problem, in memory of the library.
template <class P> std::vector<input<P>> inputs_of(P const& p) {
  std::vector<input<P>> views;
  for (std::size_t k = 0; k < p.input_shapes.size(); ++k) {
    cm::ndarray<typename P::value_type, space> const array(shape_of(p.input_shapes[k]),
                                                           p.host_in(static_cast<int>(k)));
    views.push_back(array);
  }
  return views;
}

/// The result of a problem, in memory of the library, which the view keeps.
template <class P> output<P> output_of(P& p) {
  cm::ndarray<typename P::result_type, space> array(shape_of(p.result_shape));
  p.write_to(array.data());
  return array;
}

#else

/// Memory of a problem as an array; the problem keeps it.
template <class T> cm::array_view<T> view_of(T* data, bench::extents const& extents) {
  cm::shape const s = shape_of(extents);
  auto const free_nothing = [](void*, std::size_t, void*) noexcept {};
  cm::buffer memory(const_cast<std::remove_const_t<T>*>(data), sizeof(T) * bench::product(extents),
                    free_nothing);
  return cm::array_view<T>(std::move(memory), data, s, cm::row_major_strides(s));
}

/// The inputs of a problem.
template <class P> std::vector<input<P>> inputs_of(P const& p) {
  std::vector<input<P>> views;
  for (std::size_t k = 0; k < p.input_shapes.size(); ++k) {
    views.push_back(view_of(p.in(static_cast<int>(k)), p.input_shapes[k]));
  }
  return views;
}

/// The result of a problem.
template <class P> output<P> output_of(P& p) { return view_of(p.out(), p.result_shape); }

#endif

/// make(inputs) gives an expression: the row that assigns it to an old array, and the row that
/// makes a new one.
template <class Operation, class Make> void add_expression(Make const& make) {
  bench::add_row<Operation>([make](auto& p) {
    return [in = inputs_of(p), out = output_of(p), make]() mutable { out.assign(make(in)); };
  });
  bench::add_row<Operation>(
      [make](auto& p) {
        return [&p, in = inputs_of(p), make] {
          cm::ndarray const result = make(in);
          p.give(result.data(), result.size());
        };
      },
      "new");
}

/// evaluate(inputs) gives an array: what reductions do.
template <class Operation, class Evaluate> void add_result(Evaluate const& evaluate) {
  bench::add_row<Operation>([evaluate](auto& p) {
    return [&p, in = inputs_of(p), evaluate] {
      auto const result = evaluate(in);
      p.give(result.data(), result.size());
    };
  });
}

void add_elementwise_rows();
void add_broadcast_rows();
void add_statistics_rows();
void add_extreme_rows();
void add_group_rows();
void add_scan_rows();
void add_seawater_rows();

/// One reduction over all elements and over each axis; reduce(x) and reduce(x, axis).
template <class Statistic, class Reduce> void add_reduction(Reduce const& reduce) {
  bench::for_each_axis<Statistic>([reduce]<class Operation, int Axis>() {
    add_result<Operation>([reduce](auto const& in) {
      if constexpr (Axis == bench::all_axes) {
        return reduce(in[0]);
      } else {
        return reduce(in[0], Axis);
      }
    });
  });
}

}  // namespace cumulus_rows
