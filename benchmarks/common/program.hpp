// SPDX-License-Identifier: Apache-2.0
#pragma once
// A program of benchmarks: add_row registers one operation for float and double. The driver
// (run.py) names the shape; every run may first be checked against the naive loop.
//     limit_benchmark --shape=4096x8192 --check --benchmark_filter='^sum_ax0/f32/real_time$'

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>

#include "common/problem.hpp"

namespace bench {

/// The command line.
struct settings {
  extents shape;       ///< empty: a small one of the operation's rank
  bool check = false;  ///< compare the first result with the naive loop's
  double slack = 1;    ///< of the comparison, for programs that promise less accuracy
};
settings& current_settings();

/// Registers the rows; each program defines it, and main is in program.cpp.
void add_rows();

/// A row that is set up, kept between the runs with which Google Benchmark finds its iterations.
struct prepared {
  std::string name;
  std::shared_ptr<void> operands;
  std::function<void()> body;
  std::string mistake;
};
prepared& current_row();

template <class Operation, class T, class Make>
void prepare(std::string const& name, Make const& make) {
  settings const& given = current_settings();
  current_row() = {};
  extents const small[] = {{}, {1 << 20}, {1024, 1024}, {48, 128, 128}};
  auto p = std::make_shared<problem<Operation, T>>(given.shape.empty() ? small[Operation::rank]
                                                                       : given.shape);
  prepared row{name, p, make(*p), {}};
  // Once without a clock: where the least time allows a single call, what a first one costs (memory
  // that is new, threads that start) would be the figure.
  p->checking = given.check;
  row.body();
  p->checking = false;
  if (given.check) {
    row.mistake = p->mistake(given.slack);
    p->clear();
  }
  current_row() = std::move(row);
}

/// make(problem) gives a function of no arguments that does the work once.
template <class Operation, class T, class Make>
void add_row_of(char const* type, Make const& make, std::string const& variant) {
  std::string const name = Operation::name() + "/" + type + (variant.empty() ? "" : "/" + variant);
  benchmark::RegisterBenchmark(name.c_str(), [name, make](benchmark::State& state) {
    if (current_row().name != name) {
      prepare<Operation, T>(name, make);
    }
    prepared const& row = current_row();
    if (!row.mistake.empty()) {
      state.SkipWithError(row.mistake.c_str());
      return;
    }
    for (auto _ : state) {
      row.body();
      benchmark::ClobberMemory();
    }
  })->UseRealTime();
}

template <class Operation, class Make>
void add_row(Make const& make, std::string const& variant = "") {
  add_row_of<Operation, float>("f32", make, variant);
  add_row_of<Operation, double>("f64", make, variant);
}

}  // namespace bench
