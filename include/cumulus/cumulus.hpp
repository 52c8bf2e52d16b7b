// SPDX-License-Identifier: Apache-2.0
#pragma once
// The array library: everything that needs nothing but a C++20 compiler. Components with a
// dependency of their own (linalg, netcdf, figure) have their own headers.

#include "cumulus/array/creation.hpp"
#include "cumulus/array/ndarray.hpp"
#include "cumulus/array/nonzero.hpp"
#include "cumulus/array/print.hpp"
#include "cumulus/array/reshape.hpp"
#include "cumulus/array/selection.hpp"
#include "cumulus/io/npy.hpp"
#include "cumulus/ops/comparison.hpp"
#include "cumulus/ops/elementwise.hpp"
#include "cumulus/ops/group_reduce.hpp"
#include "cumulus/ops/map.hpp"
#include "cumulus/ops/reductions.hpp"
#include "cumulus/ops/scans.hpp"
#include "cumulus/ops/take.hpp"
