// SPDX-License-Identifier: Apache-2.0
#pragma once
// The operands of one row on the GPU: those of common/problem.hpp, copied there when a program asks
// for them, and the result brought back for the comparison with the naive loop.

#include <cuda_runtime_api.h>

#include <memory>
#include <stdexcept>

#include "common/problem.hpp"

namespace bench {

/// A failure of the CUDA runtime, after which the process may be of no more use.
struct device_failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void check(cudaError_t status, char const* call) {
  if (status != cudaSuccess) {
    throw device_failure(std::string(call) + ": " + cudaGetErrorString(status));
  }
}

struct free_device_memory {
  // A failure has no one to tell: what broke the device is reported by the call that met it.
  void operator()(void* data) const { static_cast<void>(cudaFree(data)); }
};

/// `size` elements of device memory that are not initialised.
template <class T> class device_buffer {
 public:
  explicit device_buffer(index size) {
    void* data = nullptr;
    std::size_t const bytes = sizeof(T) * static_cast<std::size_t>(size > 0 ? size : 1);
    check(cudaMalloc(&data, bytes), "cudaMalloc");
    data_.reset(static_cast<T*>(data));
  }
  T* data() const { return data_.get(); }

 private:
  std::unique_ptr<T, free_device_memory> data_;
};

template <class Operation, class T> class device_problem {
 public:
  using operation = Operation;
  using value_type = T;
  using result_type = typename Operation::template result<T>;

  explicit device_problem(extents const& shape)
      : shape(shape),
        input_shapes(Operation::inputs(shape)),
        result_shape(Operation::outputs(shape)),
        in_(input_shapes.size()),
        host_(std::make_unique<problem<Operation, T>>(shape)) {}

  index size() const { return product(shape); }

  /// Input k on the host, for programs that make arrays of their own of it; only while a row is set
  /// up.
  T const* host_in(int k) const { return host_->in(k); }

  /// Input k on the device, copied there by the first call; call it while the row is set up.
  T const* in(int k) {
    auto& input = in_[static_cast<std::size_t>(k)];
    if (!input) {
      index const n = product(input_shapes[static_cast<std::size_t>(k)]);
      input = std::make_unique<device_buffer<T>>(n);
      check(cudaMemcpy(input->data(), host_->in(k), sizeof(T) * static_cast<std::size_t>(n),
                       cudaMemcpyHostToDevice),
            "cudaMemcpy of an input");
    }
    return input->data();
  }

  /// Where the result is written.
  result_type* out() {
    if (out_ == nullptr) {
      own_out_ = std::make_unique<device_buffer<result_type>>(product(result_shape));
      out_ = own_out_->data();
    }
    return out_;
  }

  /// The program has room for the result itself.
  void write_to(result_type* out) { out_ = out; }

  /// Takes a result that lies elsewhere on the device; only while it is checked.
  void give(result_type const* values, index n) {
    if (checking) {
      check(cudaMemcpy(out(), values, sizeof(result_type) * static_cast<std::size_t>(n),
                       cudaMemcpyDeviceToDevice),
            "cudaMemcpy of a result");
    }
  }

  /// The result as it is before the first run.
  void clear() {
    host_->clear();
    check(cudaMemcpy(out(), host_->out(), result_bytes(), cudaMemcpyHostToDevice),
          "cudaMemcpy of a result");
  }

  /// What is wrong with the result, in words; nothing if it is the naive loop's.
  std::string mistake() {
    check(cudaMemcpy(host_->out(), out(), result_bytes(), cudaMemcpyDeviceToHost),
          "cudaMemcpy of a result");
    return host_->mistake(1.0);
  }

  /// The row is set up and checked: what lies on the host is of no more use.
  void forget_host() { host_.reset(); }

  extents const shape;
  std::vector<extents> const input_shapes;
  extents const result_shape;
  bool checking = false;

 private:
  std::size_t result_bytes() const {
    return sizeof(result_type) * static_cast<std::size_t>(product(result_shape));
  }

  std::vector<std::unique_ptr<device_buffer<T>>> in_;
  std::unique_ptr<device_buffer<result_type>> own_out_;
  result_type* out_ = nullptr;
  std::unique_ptr<problem<Operation, T>> host_;
};

}  // namespace bench
