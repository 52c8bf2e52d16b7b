// SPDX-License-Identifier: Apache-2.0
#pragma once
// A program of benchmarks on the GPU: add_row registers one operation for float and double, as
// common/program.hpp does on the host. The driver asks for measurements, one line each, and the
// process stays: making a CUDA context costs more than most measurements.
//     $ echo 'measure fma_sqrt/f32 16777216 0.05 1' | limit_gpu_benchmark
//     {"seconds": 7.1e-05}

#include <functional>
#include <map>

#include "gpu/device_problem.hpp"

namespace bench {

/// Registers the rows; each program defines it, and main is in program.cu.
void add_rows();

/// A row that is set up: its operands and the work, which is queued on the default stream.
struct device_row {
  std::shared_ptr<void> operands;
  std::function<void()> body;
  std::string mistake;
};

/// Sets a row up: a function of the shape and whether the result is checked.
using prepare_row = std::function<device_row(extents const&, bool)>;

std::map<std::string, prepare_row>& registered_rows();

template <class Operation, class T, class Make>
device_row prepare(extents const& shape, bool checked, Make const& make) {
  auto p = std::make_shared<device_problem<Operation, T>>(shape);
  device_row row{p, make(*p), {}};
  p->clear();
  if (checked) {
    p->checking = true;
    row.body();
    check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    p->checking = false;
    row.mistake = p->mistake();
  }
  p->forget_host();
  return row;
}

/// make(problem) gives a function of no arguments that queues the work once.
template <class Operation, class Make>
void add_row(Make const& make, std::string const& variant = "") {
  auto const name = [&variant](char const* type) {
    return Operation::name() + "/" + type + (variant.empty() ? "" : "/" + variant);
  };
  registered_rows()[name("f32")] = [make](extents const& shape, bool checked) {
    return prepare<Operation, float>(shape, checked, make);
  };
  registered_rows()[name("f64")] = [make](extents const& shape, bool checked) {
    return prepare<Operation, double>(shape, checked, make);
  };
}

}  // namespace bench
