// SPDX-License-Identifier: Apache-2.0
// A time loop of short statements on a GPU, queued statement by statement and as a graph that is
// captured once: the same numbers, and less work for the host. `cuda_graph [STEPS]`.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "cumulus/cumulus.hpp"
#include "cumulus/memory/cuda_graph.hpp"

namespace cm = cumulus;
using cm::_;
using cm::slice;

namespace {

using field = cm::ndarray<float, cm::cuda>;

/// A membrane that swings: its height, its velocity, and the sum of its velocity squared. Every
/// statement writes elements of arrays that are there, as statements of a graph must.
struct membrane {
  field height;
  field velocity;
  field motion = cm::zeros<float, cm::cuda>({});

  explicit membrane(cm::index_t n) : velocity(cm::zeros<float, cm::cuda>({n, n})) {
    cm::ndarray<float, cm::host> const x = cm::linspace<float, cm::host>(-4, 4, n);
    cm::ndarray<float, cm::host> const bump =
        cm::exp(-cm::expand_dims(x * x, 0) - cm::expand_dims(x * x, 1));
    height = bump.to<cm::cuda>();
  }

  void step() {
    slice const inner(1, -1);
    slice const before(_, -2);
    slice const after(2, _);
    velocity(inner, inner) +=
        0.2f * (height(before, inner) + height(after, inner) + height(inner, before) +
                height(inner, after) - 4.0f * height(inner, inner));
    velocity *= 0.999f;
    height += velocity;
    motion.assign(cm::sum(velocity * velocity));
  }
};

/// Microseconds of a step, until the device has done the last one.
template <class Step> double microseconds(int steps, Step const& step) {
  cm::synchronize();
  auto const start = std::chrono::steady_clock::now();
  for (int k = 0; k < steps; ++k) {
    step();
  }
  cm::synchronize();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
             .count() /
         steps;
}

int run(int steps) {
  constexpr cm::index_t n = 256;
  cm::stream const stream;
  cm::stream_scope const scope(stream);  // the default stream cannot be captured

  membrane(n).step();  // loads the kernels
  membrane direct(n);
  double const direct_time = microseconds(steps, [&] { direct.step(); });

  membrane captured(n);
  cm::graph graph = cm::capture([&] { captured.step(); });
  double const graph_time = microseconds(steps, [&] { graph.launch(); });

  std::printf("%d steps of 4 statements on %lld x %lld cells\n", steps, static_cast<long long>(n),
              static_cast<long long>(n));
  std::printf("statement by statement  %8.2f us a step\n", direct_time);
  std::printf("as a graph              %8.2f us a step\n", graph_time);
  bool const same = cm::array_equal(direct.height.to<cm::host>(), captured.height.to<cm::host>()) &&
                    direct.motion.item() == captured.motion.item();
  std::printf("the results are %s; the sum of the velocity squared is %g\n",
              same ? "the same" : "DIFFERENT", static_cast<double>(captured.motion.item()));
  return same ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  int const steps = argc > 1 ? std::atoi(argv[1]) : 1000;
  if (argc > 2 || steps < 1) {
    std::fprintf(stderr, "usage: cuda_graph [STEPS], at least one\n");
    return 2;
  }
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::printf("cuda_graph: no GPU is here, so there is nothing to capture.\n");
    return 0;
  }
  try {
    return run(steps);
  } catch (std::exception const& e) {
    std::fprintf(stderr, "cuda_graph: %s\n", e.what());
    return 1;
  }
}
