// SPDX-License-Identifier: Apache-2.0
#pragma once
// The exceptions of the library. All derive from `error`, a std::runtime_error; messages read
// `function: expected …, got …` and name every shape, axis and type involved.

#include <stdexcept>
#include <string>

namespace cumulus::inline v1 {

struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct shape_error : error {
  using error::error;
};
struct axis_error : error {
  using error::error;
};
struct index_error : error {
  using error::error;
};
struct dtype_error : error {
  using error::error;
};
struct value_error : error {
  using error::error;
};
struct out_of_memory : error {
  using error::error;
};
struct cuda_error : error {
  using error::error;
};
/// A vendor library (BLAS, netCDF, …) reported a failure.
struct library_error : error {
  using error::error;
};
struct io_error : error {
  using error::error;
};

// Labelled arrays.
struct dim_error : error {
  using error::error;
};
struct coord_error : error {
  using error::error;
};
struct unit_error : error {
  using error::error;
};
struct calendar_error : error {
  using error::error;
};

}  // namespace cumulus::inline v1
