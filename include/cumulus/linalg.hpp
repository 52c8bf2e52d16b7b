// SPDX-License-Identifier: Apache-2.0
#pragma once
// Linear algebra through vendor libraries: CBLAS on the host, cuBLAS on the device. Programs that
// include this link the target cumulus::linalg.

#include "cumulus/linalg/matmul.hpp"
