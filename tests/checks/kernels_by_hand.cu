// SPDX-License-Identifier: Apache-2.0
// The ten expressions of benchmarks/compile_time/ten_expressions.cpp as one would write their
// kernels by hand, with the same roundings: kernels.py compares instruction counts with these.

/// Four elements, which a thread loads and stores 16 bytes at a time.
template <class T> struct alignas(16) quad {
  T v[4];
};

/// InFlight quads of a thread are loaded before the first one is stored.
template <class Formula, int InFlight, class... In>
__global__ void __launch_bounds__(256)
    by_hand(long long quads, quad<float>* out, quad<In> const*... in) {
  long long const step = static_cast<long long>(gridDim.x) * blockDim.x * InFlight;
  long long first = static_cast<long long>(blockIdx.x) * blockDim.x * InFlight + threadIdx.x;
#pragma unroll 1
  for (; first < quads; first += step) {
    quad<float> result[InFlight];
#pragma unroll
    for (int u = 0; u < InFlight; ++u) {
      long long const i = first + u * static_cast<long long>(blockDim.x);
      if (u == 0 || i < quads) {
        [&](quad<In> const... x) {
#pragma unroll
          for (int k = 0; k < 4; ++k) {
            result[u].v[k] = Formula::of(x.v[k]...);
          }
        }(in[i]...);
      }
    }
#pragma unroll
    for (int u = 0; u < InFlight; ++u) {
      long long const i = first + u * static_cast<long long>(blockDim.x);
      if (u == 0 || i < quads) {
        out[i] = result[u];
      }
    }
  }
}

// The formulas, in the order of ten_expressions.cpp; NumPy's maximum keeps a NaN of either side.

struct add {
  static __device__ float of(float a, float b) { return a + b; }
};
struct multiply_add {
  static __device__ float of(float a, float b, float c) { return __fadd_rn(__fmul_rn(a, b), c); }
};
struct length {
  static __device__ float of(float a, float b) {
    return sqrtf(__fadd_rn(__fmul_rn(a, a), __fmul_rn(b, b)));
  }
};
struct exponential {
  static __device__ float of(float a) { return expf(-a) * 2.0f; }
};
struct ratio {
  static __device__ float of(float a, float b) { return (a - b) / (a + b); }
};
struct choice {
  static __device__ float of(float a, float b, float c) { return a > b ? a : c; }
};
struct clamp {
  static __device__ float of(float a, float b, float c) {
    float const x = fabsf(a);
    float const y = b <= c || b != b ? b : c;
    return x >= y || x != x ? x : y;
  }
};
struct functions {
  static __device__ float of(float a, float b, float c) {
    return __fadd_rn(logf(1.0f + fabsf(a)), -__fmul_rn(sinf(b), cosf(c)));
  }
};
struct mixed {
  static __device__ float of(double d, float a) { return static_cast<float>(d * 0.5) + a; }
};
struct cleaned {
  static __device__ float of(float a) { return a != a ? 0.0f : floorf(a / 10.0f); }
};

using floats = quad<float>;
using doubles = quad<double>;
template __global__ void by_hand<add, 2>(long long, floats*, floats const*, floats const*);
template __global__ void by_hand<multiply_add, 1>(long long, floats*, floats const*, floats const*,
                                                  floats const*);
template __global__ void by_hand<length, 1>(long long, floats*, floats const*, floats const*);
template __global__ void by_hand<exponential, 2>(long long, floats*, floats const*);
template __global__ void by_hand<ratio, 1>(long long, floats*, floats const*, floats const*);
template __global__ void by_hand<choice, 1>(long long, floats*, floats const*, floats const*,
                                            floats const*);
template __global__ void by_hand<clamp, 1>(long long, floats*, floats const*, floats const*,
                                           floats const*);
template __global__ void by_hand<functions, 1>(long long, floats*, floats const*, floats const*,
                                               floats const*);
template __global__ void by_hand<mixed, 1>(long long, floats*, doubles const*, floats const*);
template __global__ void by_hand<cleaned, 1>(long long, floats*, floats const*);
