// SPDX-License-Identifier: Apache-2.0
#pragma once
// out = exp(-x*x) * sin(x). The file exp_sin.cpp is compiled with -ffast-math, with which the
// compiler calls the vector functions of the C library.

#include "common/buffer.hpp"

namespace limit {

void exp_sin(bench::index n, float* out, float const* x);
void exp_sin(bench::index n, double* out, double const* x);
/// The same past the caches: blocks of a few kilobytes are computed, then streamed.
void exp_sin_streamed(bench::index n, float* out, float const* x);
void exp_sin_streamed(bench::index n, double* out, double const* x);

}  // namespace limit
